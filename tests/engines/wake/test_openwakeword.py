import os
from pathlib import Path

import numpy as np
import pytest
from pydantic import ValidationError

from daemon.ears.wake import WordRule
from daemon.engines.load import find, names
from daemon.engines.wake.fake import spoken
from daemon.engines.wake.openwakeword import BUILT_IN, Engine, Word
from daemon.errors import EngineError
from daemon.wakewords.card import Card
from daemon.wakewords.network import Layer, Network
from daemon.wakewords.onnx import encoded

FRAME = 1280


def engine(models: Path = Path(), **words: Word) -> Engine:
    found = Engine(Engine.Options(words=words) if words else Engine.Options(), models=models)
    found.load()
    return found


def library() -> Path:
    import pyopen_wakeword

    return Path(pyopen_wakeword.__file__).parent / "models"


def frames(count: int, seed: int = 1) -> list[bytes]:
    sound = np.random.default_rng(seed).normal(0, 2000, count * FRAME).astype("<i2")
    return [sound[at : at + FRAME].tobytes() for at in range(0, len(sound), FRAME)]


@pytest.mark.slow
@pytest.mark.parametrize("name", [*names("wake"), "fake"])
def test_every_engine_scores_its_words_from_the_first_frame_and_forgets(name: str) -> None:
    kind = find("wake", name)
    assert kind.missing(kind.Options(), models=Path()) is None
    wake = kind(kind.Options(), models=Path())
    wake.load()
    first = [wake.score(frame) for frame in frames(12)]
    assert all(set(scores) == set(wake.words) and all(0 <= score <= 1 for score in scores.values()) for scores in first)
    wake.reset()
    assert [wake.score(frame) for frame in frames(12)] == first
    with pytest.raises(ValueError, match="1280"):
        wake.score(bytes(100))


@pytest.mark.slow
def test_several_words_share_one_stream() -> None:
    wake = engine(**{name: Word() for name in BUILT_IN})
    alone = engine(hey_jarvis=Word(threshold=0.7, patience=2))
    for frame in frames(20):
        scores = wake.score(frame)
        assert set(scores) == set(BUILT_IN)
        assert scores["hey_jarvis"] == pytest.approx(alone.score(frame)["hey_jarvis"], abs=1e-6)
    assert (alone.words["hey_jarvis"].threshold, alone.words["hey_jarvis"].patience) == (0.7, 2)


@pytest.mark.slow
def test_scores_are_those_of_the_library_alone() -> None:
    """XNNPACK and the short buffers change nothing: the library, started on the same sample, says the same."""
    from pyopen_wakeword import Model, OpenWakeWord, OpenWakeWordFeatures

    features, word = OpenWakeWordFeatures.from_builtin(), OpenWakeWord.from_builtin(Model.HEY_JARVIS)
    features.new_audio_samples, features.new_mels = 480, 68
    for _ in range(30):
        [list(word.process_streaming(embedding)) for embedding in features.process_streaming(bytes(FRAME * 2))]
    ours = engine()
    for frame in frames(40):
        (embedding,) = features.process_streaming(frame)
        (theirs,) = word.process_streaming(embedding)
        assert ours.score(frame)["hey_jarvis"] == pytest.approx(theirs, abs=1e-4)


@pytest.mark.slow
def test_a_model_of_ones_own_by_path_and_by_name(tmp_path: Path) -> None:
    (tmp_path / "wake").mkdir()
    model = tmp_path / "wake" / "computer.tflite"
    model.write_bytes((library() / "alexa.tflite").read_bytes())
    wake = engine(tmp_path, computer=Word(), by_path=Word(path=model), alexa=Word())
    for frame in frames(10):
        scores = wake.score(frame)
        assert scores["computer"] == scores["by_path"] == scores["alexa"]


def classifier(weight: float = 0.01) -> bytes:
    """Return an .onnx classifier whose score grows with the embedding."""
    layers = [
        Layer(np.full((span * rows, columns), weight, np.float32), np.zeros(columns, np.float32), span)
        for span, rows, columns in ((12, 96, 4), (1, 4, 1))
    ]
    return encoded(Network((tuple(layers),)))


@pytest.fixture
def trained(tmp_path: Path) -> Path:
    """A state's models with a word of its own, and its card."""
    folder = tmp_path / "wake"
    folder.mkdir()
    (folder / "robot.onnx").write_bytes(classifier())
    card = Card(phrases=("эй, робот",), language="ru", threshold=0.7, patience=2, spellings=("эй робот", "robot"))
    (folder / "robot.json").write_text(card.model_dump_json(), "utf-8")
    return tmp_path


@pytest.mark.slow
def test_an_onnx_model_by_name_and_by_path_beside_built_in_ones(trained: Path) -> None:
    other = trained / "other.onnx"
    other.write_bytes(classifier(-0.01))
    wake = engine(trained, robot=Word(), by_path=Word(path=other), alexa=Word(threshold=0.6))
    first = [wake.score(frame) for frame in frames(12)]
    assert {round(scores["robot"] + scores["by_path"], 5) for scores in first} != {0.0}
    assert all(set(scores) == {"robot", "by_path", "alexa"} for scores in first)
    wake.reset()
    assert [wake.score(frame) for frame in frames(12)] == first
    alone = engine(alexa=Word())
    assert [alone.score(frame)["alexa"] for frame in frames(12)] == [scores["alexa"] for scores in first]


def test_the_card_tells_threshold_patience_and_spellings_unless_the_config_does(trained: Path) -> None:
    def rule(word: Word) -> WordRule:
        return Engine(Engine.Options(words={"robot": word}), models=trained).words["robot"]

    assert rule(Word()) == WordRule(0.7, 2, ("эй робот", "robot"))
    assert rule(Word(threshold=0.3)) == WordRule(0.3, 2, ("эй робот", "robot"))
    assert rule(Word(patience=1, path=trained / "wake" / "robot.onnx")) == WordRule(0.7, 1, ("эй робот", "robot"))
    (trained / "wake" / "robot.json").unlink()
    assert rule(Word()) == WordRule(0.4, 1)


@pytest.mark.parametrize(
    "content", ["", "{", "[]", '{"format": 2}', '{"phrases": ["x"], "language": "ru", "threshold": 7}']
)
def test_a_damaged_card_is_a_sentence(trained: Path, content: str) -> None:
    (trained / "wake" / "robot.json").write_text(content)
    with pytest.raises(EngineError) as caught:
        Engine(Engine.Options(words={"robot": Word()}), models=trained)
    assert caught.value.code == "wake.damaged_card"


@pytest.mark.slow
@pytest.mark.parametrize("damage", ["cut", "garbage", "empty", "another model"])
def test_a_damaged_onnx_model_is_a_sentence_and_no_crash(tmp_path: Path, damage: str) -> None:
    whole = classifier()
    content = {
        "cut": whole[: len(whole) // 2],
        "garbage": np.random.default_rng(1).bytes(5000),
        "empty": b"",
        "another model": whole.replace(b"\x08\x60", b"\x08\x61"),
    }
    path = tmp_path / "x.onnx"
    path.write_bytes(content[damage])
    with pytest.raises(EngineError) as caught:
        engine(computer=Word(path=path))
    assert caught.value.code == "wake.damaged_model"
    assert str(path) in caught.value.text("ru")


@pytest.mark.slow
@pytest.mark.parametrize("damage", ["cut", "garbage", "empty", "another model"])
def test_a_damaged_model_is_a_sentence_and_no_crash(tmp_path: Path, damage: str) -> None:
    whole = (library() / "alexa.tflite").read_bytes()
    content = {
        "cut": whole[: len(whole) // 2],
        "garbage": np.random.default_rng(1).bytes(5000),
        "empty": b"",
        "another model": (library() / "embedding_model.tflite").read_bytes(),
    }
    path = tmp_path / "x.tflite"
    path.write_bytes(content[damage])
    with pytest.raises(EngineError) as caught:
        engine(computer=Word(path=path))
    assert caught.value.code == "wake.damaged_model"
    assert str(path) in caught.value.text("en")


def test_a_model_that_is_not_there(tmp_path: Path) -> None:
    options = Engine.Options(words={"computer": Word()})
    assert Engine.missing(options, models=tmp_path) == "wake.no_model"
    with pytest.raises(EngineError) as caught:
        Engine(options, models=tmp_path).load()
    assert caught.value.code == "wake.no_model"
    assert str(tmp_path / "wake" / "computer.onnx") in caught.value.text("ru")


def test_options_are_checked() -> None:
    for wrong in (
        {"words": {}},
        {"words": {"alexa": {"threshold": 1.5}}},
        {"words": {"alexa": {"patience": 0}}},
        {"x": 1},
    ):
        with pytest.raises(ValidationError):
            Engine.Options.model_validate(wrong)


@pytest.mark.slow
def test_loading_says_nothing_on_stderr(capfd: pytest.CaptureFixture[str]) -> None:
    engine()
    os.write(2, b"still here")
    assert capfd.readouterr().err == "still here"


def test_the_fake_reads_its_scores_from_the_sound() -> None:
    kind = find("wake", "fake")
    wake = kind(kind.Options(word="alexa"), models=Path())
    assert [wake.score(frame)["alexa"] for frame in (spoken(0.9), bytes(FRAME * 2), spoken(0.0))] == [0.9, 0.0, 0.0]
