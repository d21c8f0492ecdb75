"""What holds for every engine that turns speech into text; a new file in `daemon/engines/stt` is tested unasked."""

import threading
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from daemon.engines import base, load
from daemon.errors import EngineError
from daemon.messages import LANGUAGES, text
from daemon.types import RATE
from tests.transcription.tiny_whisper import build

pytestmark = pytest.mark.slow
NAMES = [*load.names("stt"), "fake"]


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A state folder's `models/` with what the engines need."""
    folder = tmp_path_factory.mktemp("models")
    build(folder / "small", "stop it")
    return folder


@pytest.fixture(scope="module", params=NAMES)
def kind(request) -> type:
    return load.find("stt", request.param)


@pytest.fixture(scope="module")
def engine(kind, models):
    made = kind(kind.Options(), models=models)
    made.load()
    return made


def noise(seconds: float) -> bytes:
    return np.random.default_rng(0).normal(0, 3000, int(seconds * RATE)).astype("<i2").tobytes()


def test_it_declares_what_it_needs(kind, models):
    assert issubclass(kind.Options, base.Options)
    assert all(field.description for field in kind.Options.model_fields.values())
    assert kind.Options.model_config["extra"] == "forbid"
    assert isinstance(kind.requires, tuple)
    assert kind.memory_mb > 0
    assert kind.missing(kind.Options(), models=models) is None


def test_it_tells_its_languages_and_whether_it_is_a_stand_in(engine):
    assert engine.languages
    assert set(engine.languages) <= {"en", "ru"}
    assert isinstance(engine.stand_in, bool)


def test_an_utterance_gives_partials_and_one_final(engine):
    session = engine.session("turn-1", None, 0.0)
    partials = [
        partial for start in range(0, 3 * RATE * 2, 2560) if (partial := session.feed(noise(3)[start : start + 2560]))
    ]
    session.pause()
    final = session.finish()
    assert final.final
    assert final.turn == "turn-1"
    assert final.language in engine.languages
    assert 0 <= final.score <= 1
    assert all(not partial.final and partial.turn == "turn-1" for partial in partials)
    for before, after in pairwise(partials):
        assert after.text.startswith(before.text)


@pytest.mark.parametrize("pcm", [b"", bytes(2), bytes(RATE * 4)], ids=["nothing", "one sample", "digital silence"])
@pytest.mark.parametrize("lead", [0.0, 0.8])
def test_too_little_audio_breaks_nothing(engine, pcm, lead):
    session = engine.session("t", None, lead)
    session.feed(pcm)
    session.pause()
    assert session.finish().final


def test_a_language_it_does_not_know_is_refused_in_a_sentence(engine):
    with pytest.raises(EngineError) as caught:
        engine.session("t", "xx", 0.0)
    assert caught.value.code == "stt.language"
    assert all("xx" in caught.value.text(language) for language in LANGUAGES)


def test_one_warm_model_serves_utterances_at_the_same_time(engine):
    def final(seconds: float) -> str:
        session = engine.session("t", None, 0.0)
        session.feed(noise(seconds))
        return session.finish().text

    alone = [final(1.0), final(3.0)]
    found: dict[int, str] = {}
    threads = [threading.Thread(target=lambda n=n: found.update({n: final((1.0, 3.0)[n])})) for n in (0, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [found[0], found[1]] == alone


@pytest.mark.parametrize("name", NAMES)
def test_what_is_missing_is_a_code_with_a_sentence(name, tmp_path, monkeypatch):
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))
    kind = load.find("stt", name)
    code = kind.missing(kind.Options(), models=tmp_path / "nowhere")
    assert code in {None, "stt.no_model"}
    if code:
        assert all(text(f"errors.{code}", language) for language in LANGUAGES)
