import pytest

from daemon.engines.tts.piper import Engine, found
from daemon.errors import EngineError
from tests.tiny_piper import RATE, make_voice

pytestmark = pytest.mark.slow


def seconds(engine, text):
    return sum(len(piece.pcm) for piece in engine.speak(text, "en")) / 2 / RATE


def loaded(models, **options):
    engine = Engine(Engine.Options(**options), models=models)
    engine.load()
    return engine


def test_without_a_voice_it_says_how_to_get_one(tmp_path):
    assert Engine.missing(Engine.Options(), models=tmp_path) == "engine.no_piper_voice"
    with pytest.raises(EngineError, match="models pull piper"):
        Engine(Engine.Options(), models=tmp_path).load()


def test_the_first_voice_of_a_language_is_taken_unless_one_is_named(models, tmp_path):
    (tmp_path / "piper").mkdir()
    for name in ("en_US-b", "en_US-a", "ru_RU-c"):
        (tmp_path / "piper" / f"{name}.onnx").touch()
        (tmp_path / "piper" / f"{name}.onnx.json").touch()
    (tmp_path / "piper" / "en_GB-0.onnx").touch()  # without its .json it is no voice
    other = models / "piper" / "en_US-tiny-low.onnx"

    def names(**voices):
        return {language: path.name for language, path in found(Engine.Options(voices=voices), tmp_path).items()}

    assert names() == {"en": "en_US-a.onnx", "ru": "ru_RU-c.onnx"}
    assert names(en="en_US-b") == {"en": "en_US-b.onnx", "ru": "ru_RU-c.onnx"}
    assert names(en=str(other)) == {"en": other.name, "ru": "ru_RU-c.onnx"}
    assert names(en="nobody") == {"ru": "ru_RU-c.onnx"}


def test_it_streams_by_sentence(models):
    speaking = loaded(models).speak("One. Two. Three.", "en")
    assert 0 < len(next(speaking).pcm) <= RATE * 2 // 10
    assert len(list(speaking)) > 5


def test_length_scale_is_heard(models):
    assert seconds(loaded(models, length_scale=2.0), "Hello.") == pytest.approx(
        2 * seconds(loaded(models), "Hello."), rel=0.05
    )


@pytest.mark.parametrize("damage", ["onnx", "json", "empty"])
def test_a_damaged_voice_is_named(tmp_path, damage):
    path = make_voice(tmp_path / "piper" / "en_US-x.onnx")
    match damage:
        case "onnx":
            path.write_bytes(path.read_bytes()[:1000])
        case "json":
            path.with_name(path.name + ".json").write_text("{")
        case "empty":
            path.write_bytes(b"")
    with pytest.raises(EngineError, match="en_US-x") as caught:
        loaded(tmp_path)
    assert caught.value.code == "engine.piper_broken"


def test_a_voice_that_fails_while_it_speaks_is_reported(models):
    engine = loaded(models)
    engine._voices["en"].config.phoneme_id_map = {}
    engine._voices["en"].phonemes_to_ids = lambda _phonemes: [[5]]  # a shape that the model does not take
    with pytest.raises(EngineError) as caught:
        list(engine.speak("Hello.", "en"))
    assert caught.value.code == "engine.piper_failed"


def test_threads_are_what_was_asked_for_and_do_not_spin(models):
    settings = loaded(models, threads=1)._voices["en"].session.get_session_options()
    assert settings.intra_op_num_threads == 1
    assert settings.get_session_config_entry("session.intra_op.allow_spinning") == "0"
