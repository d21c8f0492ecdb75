import shutil
from pathlib import Path

import numpy as np
import pytest

from daemon.engines.stt.faster_whisper import Engine
from daemon.errors import EngineError
from daemon.messages import LANGUAGES
from daemon.transcription.decoding import Decoding
from daemon.types import RATE
from tests.transcription.tiny_whisper import build

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def russian(tmp_path_factory) -> Path:
    return build(tmp_path_factory.mktemp("models") / "tiny", "рисуй", "ru")


def loaded(folder: Path, **options) -> Engine:
    engine = Engine(Engine.Options(model=str(folder), **options), models=folder.parent)
    engine.load()
    return engine


def noise(seconds: float) -> np.ndarray:
    return np.random.default_rng(0).normal(0, 0.1, int(seconds * RATE)).astype(np.float32)


def refusal(folder: Path, **options) -> EngineError:
    with pytest.raises(EngineError) as caught:
        loaded(folder, **options)
    assert all(caught.value.text(language) for language in LANGUAGES)
    return caught.value


def test_it_detects_the_language_among_those_allowed(russian):
    assert loaded(russian).decode(noise(2), None, final=True) == Decoding(
        "рисуй", "ru", pytest.approx(0, abs=1e-3), pytest.approx(0, abs=1e-3), ended=True
    )
    assert loaded(russian, languages=("en", "de")).decode(noise(2), None, final=True).language != "ru"
    assert loaded(russian, languages=("ru", "ur")).languages == ("ru",)


def test_a_session_gives_the_text_and_the_language(russian):
    session = loaded(russian).session("t", None, 0.0)
    pcm = (noise(2) * 32767).astype("<i2").tobytes()
    partials = [session.feed(pcm[start : start + 16000]) for start in range(0, len(pcm), 16000)]
    assert [(partial.text, partial.guess) for partial in partials if partial] == [("", "рисуй"), ("рисуй", "")]
    final = session.finish()
    assert (final.text, final.language) == ("рисуй", "ru")
    assert final.score > 0.99


class Recorded:
    """Stands where the model does: scripted decodings, and a record of the windows and beams asked for."""

    def __init__(self, *script: Decoding) -> None:
        self.asked: list[tuple[int, int]] = []
        self._script = list(script)
        self._window = 0

    def encode(self, sound, window):
        self._window = window

    def detect(self, encoding, allowed):
        return allowed[0]

    def generate(self, encoding, language, *, room, beam, vocabulary):
        self.asked.append((self._window, beam))
        return self._script.pop(0)


GOOD = Decoding("draw a cat", "en", -0.2)
LOOP = Decoding("a cat " * 30, "en", -0.1, ended=False)


def scripted(*script: Decoding, **options) -> tuple[Engine, Recorded]:
    engine = Engine(Engine.Options(**options), models=Path("/nonexistent"))
    engine.languages = ("en",)
    engine._whisper = recorded = Recorded(*script)
    return engine, recorded


def test_a_good_decoding_costs_one_short_window():
    engine, recorded = scripted(GOOD)
    assert engine.decode(noise(3), "en", final=True) == GOOD
    assert recorded.asked == [(1000, 1)]


def test_a_dubious_final_is_tried_again_longer_and_wider():
    engine, recorded = scripted(LOOP, Decoding("draw", "en", -1.5), GOOD, shortest_window=500, window_margin=128)
    assert engine.decode(noise(3), "en", final=True) == GOOD
    assert recorded.asked == [(500, 1), (1000, 5), (3000, 5)]


def test_a_dubious_partial_is_left_at_that():
    engine, recorded = scripted(LOOP)
    assert engine.decode(noise(3), "en", final=False) == LOOP
    assert recorded.asked == [(1000, 1)]


def test_the_tries_end_with_the_full_window():
    engine, recorded = scripted(LOOP, LOOP)
    assert engine.decode(noise(3), "en", final=True) == LOOP
    assert recorded.asked == [(1000, 1), (3000, 5)]


def test_the_vocabulary_goes_into_the_prompt_and_the_length_stays_bounded(russian):
    engine = loaded(russian, vocabulary="Kombain, Marvin")
    found = engine.decode(noise(2), "ru", final=False)
    assert len(found.text) < 16 + 2 * 10


def test_a_damaged_model_is_one_sentence(russian, tmp_path):
    for name, data in (
        ("model.bin", b"\x00" * 1000),
        ("model.bin", b""),
        ("tokenizer.json", b"{"),
        ("config.json", b""),
    ):
        folder = tmp_path / f"{name}{len(data)}"
        shutil.copytree(russian, folder)
        (folder / name).write_bytes(data)
        error = refusal(folder)
        assert error.code == "stt.damaged", name
        assert str(folder) in str(error)


def test_a_truncated_model_is_one_sentence(russian, tmp_path):
    folder = tmp_path / "cut"
    shutil.copytree(russian, folder)
    whole = (folder / "model.bin").read_bytes()
    (folder / "model.bin").write_bytes(whole[: len(whole) // 2])
    assert refusal(folder).code == "stt.damaged"


def test_a_model_that_is_not_here_is_one_sentence(tmp_path):
    error = refusal(tmp_path / "nothing")
    assert error.code == "stt.model_missing"
    assert "nothing" in str(error)


def test_a_device_that_is_not_here_is_one_sentence(russian):
    assert refusal(russian, device="cpu", compute_type="int99").code == "stt.device"


def test_a_model_that_knows_none_of_the_languages_is_one_sentence(russian):
    assert refusal(russian, languages=("ur",)).code == "stt.languages"


@pytest.mark.parametrize(
    "bad", [{"model": ""}, {"languages": ()}, {"languages": ("english",)}, {"threads": -1}, {"bem": 1}]
)
def test_options_that_make_no_sense_are_refused(bad):
    with pytest.raises(ValueError):
        Engine.Options(**bad)


def test_it_translates_what_was_said(russian, tmp_path):
    """The tiny model says one text whatever its task, so the task is looked for in what it is told."""
    pcm = (noise(2) * 32767).astype("<i2").tobytes()
    for text, expected in (("a fox", "a fox"), ("лиса", None)):
        engine = loaded(build(tmp_path / text, text, "ru"))
        session = engine.session("t", None, 0.0)
        session.feed(pcm)
        session.finish()
        assert session.translation() == expected, "a model that never learnt it gives the words as they were"
    whisper = loaded(russian)._whisper
    named = [whisper._tokenizer.id_to_token(one) for one in whisper._prompt("ru", "", "translate")]
    assert named == ["<|startoftranscript|>", "<|ru|>", "<|translate|>", "<|notimestamps|>"]
    assert loaded(russian).translate(noise(1), "ru") is not None
    engine._whisper.multilingual = False
    assert engine.translate(noise(1), "en") is None
