"""The embedded stand-in hears what it was trained on: espeak-ng's requests."""

from pathlib import Path

import numpy as np
import pytest

from daemon.engines.stt.mini import Engine
from daemon.errors import EngineError
from daemon.types import RATE
from tests.transcription.test_voicing import SILENT, espeak

pytestmark = pytest.mark.slow

VOICES = ["en-us", "en-gb", "en-us+f2", "en-gb+m3"]
REQUESTS = [
    "draw a picture of a red fox in the snow",
    "make a clip of a dog on the beach",
    "what time is it",
    "draw a green dragon over a castle",
    "stop",
    "turn it up",
    "say good morning",
    "what is the date today",
    "cancel that",
    "repeat that",
    "help",
    "mute",
    "quieter",
    "make a video of a rocket and the moon",
]


@pytest.fixture(scope="module")
def engine() -> Engine:
    made = Engine(Engine.Options(), models=Path("/nonexistent"))
    made.load()
    return made


def quiet(seconds: float) -> np.ndarray:
    return np.zeros(round(seconds * RATE), np.float32)


def hear(engine: Engine, sound: np.ndarray, lead: float = 0.0) -> str:
    session = engine.session("t", None, lead)
    session.feed((sound.clip(-1, 1) * 32767).astype("<i2").tobytes())
    return session.finish().text


@pytest.mark.parametrize("voice", VOICES)
def test_everyday_requests_are_heard_word_for_word(engine, voice):
    heard = {text: hear(engine, np.concatenate([quiet(0.3), espeak(text, voice), quiet(0.6)])) for text in REQUESTS}
    assert sum(heard[text] == text for text in REQUESTS) >= len(REQUESTS) - 1, heard


@pytest.mark.parametrize("voice", VOICES)
def test_the_end_of_the_wake_phrase_before_a_pause_is_left_out(engine, voice):
    wake = espeak("hey jarvis", voice)[-round(0.25 * RATE) :]
    for text in REQUESTS[:3]:
        sound = np.concatenate([wake, quiet(0.3), espeak(text, voice), quiet(0.6)])
        assert hear(engine, sound, lead=0.3) == text


@pytest.mark.parametrize("voice", VOICES[1:3])
def test_most_requests_in_one_breath_with_the_wake_phrase_are_heard(engine, voice):
    right = 0
    for text in REQUESTS[:6]:
        sound = espeak(f"hey jarvis {text}", voice)
        end = len(sound) - len(espeak(text, voice))
        right += hear(engine, np.concatenate([sound[end - round(0.4 * RATE) :], quiet(0.6)]), lead=0.8) == text
    assert right >= 4


def test_speech_longer_than_its_window_is_heard_in_pieces(engine):
    scene = "a red fox in the snow and a green dragon over a river with a big yellow moon and a small house"
    sound = np.concatenate([quiet(0.3), espeak(f"draw a picture of {scene}"), quiet(0.6)])
    assert len(sound) > 5.5 * RATE
    heard = hear(engine, sound)
    assert heard.startswith("draw a picture of a red fox in the snow")
    assert len(set(heard.split()) & set(scene.split())) >= 11, heard


@pytest.mark.parametrize("name", SILENT)
def test_it_makes_no_words_of_what_is_no_voice(engine, name):
    assert hear(engine, SILENT[name]) == ""


def test_it_does_not_pretend_to_know_russian(engine):
    assert (engine.languages, engine.stand_in) == (("en",), True)
    with pytest.raises(EngineError) as caught:
        engine.session("t", "ru", 0.0)
    assert caught.value.code == "stt.language"
