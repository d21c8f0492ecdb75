import pytest

from daemon.errors import EngineError
from daemon.messages import LANGUAGES, text
from daemon.transcription.choice import Choice, choose, loaded
from tests.transcription.tiny_whisper import build


@pytest.fixture(autouse=True)
def no_hub_cache(tmp_path, monkeypatch):
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path / "cache"))


def said(choice: Choice) -> list[str]:
    return [text(choice.why, language, **choice.values) for language in LANGUAGES]


def test_a_real_whisper_is_chosen_where_there_is_one(tmp_path):
    (tmp_path / "small").mkdir()
    (tmp_path / "small" / "model.bin").touch()
    choice = choose({"engine": "auto"}, tmp_path)
    assert choice == Choice("faster_whisper", "stt.best", {"engine": "faster_whisper"})
    assert all("faster_whisper" in sentence for sentence in said(choice))


def test_without_one_the_stand_in_is_chosen_and_the_reason_told(tmp_path):
    choice = choose({}, tmp_path)
    assert choice == Choice("mini", "errors.stt.no_model")
    assert all("models/" in sentence for sentence in said(choice))


def test_the_engine_that_the_config_names_is_taken(tmp_path):
    choice = choose({"engine": "mini"}, tmp_path)
    assert choice == Choice("mini", "stt.named", {"engine": "mini"})
    assert all("mini" in sentence for sentence in said(choice))
    with pytest.raises(EngineError) as caught:
        choose({"engine": "whisperr"}, tmp_path)
    assert caught.value.code == "engine.unknown"


@pytest.mark.slow
def test_a_damaged_whisper_gives_way_to_the_stand_in_and_the_damage_is_told(tmp_path):
    folder = build(tmp_path / "small", "stop")
    (folder / "model.bin").write_bytes(b"damaged")
    engine, choice = loaded({"engine": "auto"}, tmp_path)
    assert (engine.stand_in, choice.engine, choice.why) == (True, "mini", "errors.stt.damaged")
    assert all(str(folder) in sentence for sentence in said(choice))
    with pytest.raises(EngineError):
        loaded({"engine": "faster_whisper"}, tmp_path)
