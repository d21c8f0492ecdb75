"""The models that come along, through the engine of daily use: in voices they have never heard, and at other speech."""

from itertools import islice
from pathlib import Path

import numpy as np
import pytest

from daemon import paths
from daemon.ears.pcm import FRAME
from daemon.ears.wake import Detector
from daemon.engines.wake.openwakeword import Engine, Word, shipped
from daemon.types import RATE
from daemon.wakewords import air
from daemon.wakewords.card import Card, read
from daemon.wakewords.sentences import lines
from daemon.wakewords.speech import Line, speak
from daemon.wakewords.voices import voices
from intents.normalize import strip_wake

WORDS = {"kombain_ru": "ru", "hey_kombain": "en"}
SPEECHLIKE = ("klatt", "ed", "edward", "belinda", "boris", "grandma", "miguel", "anika")
"""Makes of the test's voices."""


def card_of(name: str) -> Card:
    card = read(paths.data("models") / "wake" / f"{name}.onnx")
    assert card is not None
    return card


def engine(name: str) -> Engine:
    wake = Engine(Engine.Options(words={name: Word()}), models=Path())
    wake.load()
    return wake


def hits(wake: Engine, sound: air.Sound) -> int:
    """Return how often the word is heard in a recording."""
    wake.reset()
    detector = Detector(wake.words)
    pcm = (sound.clip(-1, 1) * 32767).astype("<i2")
    heard = (detector.hear(wake.score(pcm[at : at + FRAME].tobytes()), at + FRAME) for at in _frames(pcm))
    return sum(hit is not None for hit in heard)


def _frames(pcm: np.ndarray) -> range:
    return range(0, len(pcm) - FRAME + 1, FRAME)


def room(*sounds: air.Sound) -> air.Sound:
    """Return sounds one after another with pauses, in a room that is not quite silent."""
    quiet = np.zeros(RATE, np.float32)
    whole = np.concatenate([part for sound in sounds for part in (quiet, sound * 0.5)] + [quiet])
    return whole + np.random.default_rng(1).normal(0, 5e-4, len(whole)).astype(np.float32)


def test_they_are_the_ones_of_the_documentation() -> None:
    assert set(shipped()) == set(WORDS)


@pytest.mark.parametrize("name", WORDS)
def test_a_model_is_small_and_has_a_card(name: str) -> None:
    folder = paths.data("models") / "wake"
    assert (folder / f"{name}.onnx").stat().st_size < 4_000_000
    card = card_of(name)
    assert card.language == WORDS[name]
    assert card.test is not None
    assert card.test.hours >= 5
    assert strip_wake(f"{card.phrases[0]}, нарисуй кота", name, card.spellings) == "нарисуй кота"


@pytest.mark.slow
@pytest.mark.parametrize("name", WORDS)
def test_a_model_wakes_in_voices_it_has_never_heard(name: str) -> None:
    card, wake = card_of(name), engine(name)
    strangers = [
        voice
        for voice in voices(WORDS[name], "test")
        if voice.name.partition("+")[2].rstrip("0123456789") in SPEECHLIKE
    ]
    assert not {voice.name for voice in strangers} & set(card.voices)
    ways = len(card.phrases)
    said = [Line(card.phrases[at % ways], voice, 150 + 5 * (at % 5)) for at, voice in enumerate(strangers[:24])]
    spoken = speak(said)
    woken = [hits(wake, room(one.sound)) for one in spoken]
    assert sum(map(bool, woken)) >= 0.7 * len(woken), woken  # a floor; how well they do stands in their cards


@pytest.mark.slow
@pytest.mark.parametrize("name", WORDS)
def test_a_model_does_not_wake_at_other_speech(name: str) -> None:
    wake, language = engine(name), WORDS[name]
    speakers = voices(language, "test")[:20]
    said = [Line(text, speakers[at % 20]) for at, text in enumerate(islice(lines(language, "test", 99_991), 20))]
    assert hits(wake, room(*(one.sound for one in speak(said)))) == 0
    assert hits(wake, air.noise(20 * RATE, np.random.default_rng(3)) * 0.1) == 0
    assert hits(wake, np.zeros(10 * RATE, np.float32)) == 0
