import pytest

from daemon.errors import EngineError
from daemon.messages import LANGUAGES
from daemon.transcription import weights
from tests.transcription.tiny_whisper import build


@pytest.fixture(autouse=True)
def no_hub_cache(tmp_path, monkeypatch):
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path / "cache"))


def test_our_names_are_faster_whispers_names():
    from faster_whisper.utils import _MODELS

    assert _MODELS == weights.REPOSITORIES


def test_a_model_is_found_by_folder_by_name_and_in_the_hub_cache(tmp_path):
    models = tmp_path / "models"
    assert weights.find("small", models) is None
    for folder in (models / "small", models / "faster-whisper-tiny", models / "owner--name", tmp_path / "else"):
        folder.mkdir(parents=True)
        (folder / "model.bin").touch()
    assert weights.find("small", models) == models / "small"
    assert weights.find("tiny", models) == models / "faster-whisper-tiny"
    assert weights.find("owner/name", models) == models / "owner--name"
    assert weights.find(str(tmp_path / "else"), models) == tmp_path / "else"
    assert weights.find(str(tmp_path / "nothing"), models) is None
    cached = tmp_path / "cache" / "models--Systran--faster-whisper-base"
    snapshot = cached / "snapshots" / "c0ffee"
    snapshot.mkdir(parents=True)
    (snapshot / "model.bin").touch()
    (cached / "refs").mkdir()
    (cached / "refs" / "main").write_text("c0ffee")
    assert weights.find("base", models) == snapshot


@pytest.mark.parametrize("name", ["config.json", "model.bin", "tokenizer.json", "vocabulary.json"])
def test_a_missing_file_is_named(tmp_path, name):
    folder = build(tmp_path / "model", "stop")
    weights.check(folder)
    (folder / name).unlink()
    with pytest.raises(EngineError) as caught:
        weights.check(folder)
    assert caught.value.code == "stt.incomplete"
    assert all(
        name in caught.value.text(language) and str(folder) in caught.value.text(language) for language in LANGUAGES
    )
