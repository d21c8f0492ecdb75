"""What every text-to-speech engine keeps to, the fake too."""

import numpy as np
import pytest

from daemon.engines import load
from daemon.errors import EngineError
from daemon.messages import LANGUAGES

TEXTS = {"en": "The light is on.", "ru": "Свет включён."}
pytestmark = pytest.mark.slow


@pytest.fixture(params=[*load.names("tts"), "fake"])
def kind(request):
    return load.find("tts", request.param)


@pytest.fixture
def engine(kind, models):
    one = kind(kind.Options(), models=models)
    assert kind.missing(kind.Options(), models=models) is None
    one.load()
    return one


def sound(engine, text, language):
    pieces = list(engine.speak(text, language))
    assert len({piece.rate for piece in pieces}) <= 1
    assert all(piece.pcm and len(piece.pcm) % 2 == 0 for piece in pieces)
    return np.frombuffer(b"".join(piece.pcm for piece in pieces), "<i2").astype(float), [*pieces, None][0]


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_speaks_both_languages(engine, language):
    assert language in engine.languages
    samples, first = sound(engine, TEXTS[language], language)
    assert 8000 <= first.rate <= 48_000
    assert 0.1 < len(samples) / first.rate < 10
    assert np.sqrt(np.mean(samples**2)) > 300


def test_other_words_sound_different(engine):
    one, _ = sound(engine, "The light is on.", "en")
    other, _ = sound(engine, "Nothing could be drawn.", "en")
    assert len(one) != len(other) or not np.allclose(one, other)


def test_the_same_engine_serves_again_after_it_was_left_early(engine):
    whole, _ = sound(engine, TEXTS["en"], "en")
    speaking = engine.speak("One. Two. Three. Four. Five.", "en")
    assert next(speaking).pcm
    speaking.close()
    assert len(sound(engine, TEXTS["en"], "en")[0]) == len(whole)


def test_nothing_gives_nothing(engine):
    assert list(engine.speak("", "en")) == []
    assert list(engine.speak("   ", "en")) == []


@pytest.mark.parametrize(
    "text", ["[[h@l'oU]] there", "a" * 3000, "--version", "\x00\ud800 x", "<speak>hi</speak>", "…"]
)
def test_odd_text_does_no_harm(engine, text):
    for piece in engine.speak(text, "en"):
        assert piece.rate
        break


def test_a_language_without_a_voice_is_one_sentence(engine):
    with pytest.raises(EngineError) as caught:
        list(engine.speak("Guten Tag.", "de"))
    assert caught.value.code == "engine.no_voice"
    assert "de" in str(caught.value)


def test_its_needs_are_declared(kind):
    assert kind.memory_mb > 0
    assert isinstance(kind.requires, tuple)
    assert all(field.description for field in kind.Options.model_fields.values())
