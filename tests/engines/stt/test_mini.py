"""The embedded stand-in hears what it was trained on: espeak-ng's requests, English and Russian."""

from pathlib import Path

import numpy as np
import pytest

from daemon.engines.stt.mini import Engine
from daemon.errors import EngineError
from daemon.types import RATE, Transcript
from daemon.wakewords.misses import distance
from tests.transcription.test_voicing import SILENT, espeak

pytestmark = pytest.mark.slow

VOICES = {"en": ["en-us", "en-gb", "en-us+f2", "en-gb+m3"], "ru": ["ru", "ru+f2", "ru+m3", "ru-lv"]}
REQUESTS = {
    "en": [
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
    ],
    "ru": [
        "нарисуй рыжую лису в снегу",
        "сними ролик про собаку на пляже",
        "который час",
        "нарисуй зеленого дракона над замком",
        "стоп",
        "сделай громче",
        "скажи доброе утро",
        "какое сегодня число",
        "отмени это",
        "повтори",
        "помощь",
        "выключи микрофон",
        "тише",
        "сделай видео про ракету и луну",
    ],
}
SPEAKERS = [(language, voice) for language, voices in VOICES.items() for voice in voices]
WAKE = {"en": "hey jarvis", "ru": "эй, комбайн"}


@pytest.fixture(scope="module")
def engine() -> Engine:
    made = Engine(Engine.Options(), models=Path("/nonexistent"))
    made.load()
    return made


def quiet(seconds: float) -> np.ndarray:
    return np.zeros(round(seconds * RATE), np.float32)


def transcript(engine: Engine, sound: np.ndarray, lead: float = 0.0) -> Transcript:
    session = engine.session("t", None, lead)
    session.feed((sound.clip(-1, 1) * 32767).astype("<i2").tobytes())
    return session.finish()


def hear(engine: Engine, sound: np.ndarray, lead: float = 0.0) -> str:
    return transcript(engine, sound, lead).text


@pytest.mark.parametrize(("language", "voice"), SPEAKERS)
def test_everyday_requests_are_heard_word_for_word_and_in_their_language(engine, language, voice):
    texts = REQUESTS[language]
    heard = {text: transcript(engine, np.concatenate([quiet(0.3), espeak(text, voice), quiet(0.6)])) for text in texts}
    assert sum(heard[text].text == text for text in texts) >= len(texts) - 1, heard
    assert {one.language for one in heard.values()} == {language}


@pytest.mark.parametrize(("language", "voice"), SPEAKERS)
def test_the_end_of_the_wake_phrase_before_a_pause_is_left_out(engine, language, voice):
    wake = espeak(WAKE[language], voice)[-round(0.25 * RATE) :]
    right = 0
    for text in REQUESTS[language][:6]:
        sound = np.concatenate([wake, quiet(0.3), espeak(text, voice), quiet(0.6)])
        right += hear(engine, sound, lead=0.3) == text
    assert right >= 5


@pytest.mark.parametrize(("language", "voice"), [SPEAKERS[1], SPEAKERS[2], SPEAKERS[5], SPEAKERS[6]])
def test_most_requests_in_one_breath_with_the_wake_phrase_are_heard(engine, language, voice):
    right = 0
    for text in REQUESTS[language][:6]:
        sound = espeak(f"{WAKE[language]} {text}", voice)
        end = len(sound) - len(espeak(text, voice))
        right += hear(engine, np.concatenate([sound[end - round(0.4 * RATE) :], quiet(0.6)]), lead=0.8) == text
    assert right >= 4


def test_speech_longer_than_its_window_is_heard_in_pieces(engine):
    scene = (
        "a red fox in the snow and a green dragon over a river with a big yellow moon and a small house on a hill"
        " and two white birds on a tree"
    )
    sound = np.concatenate([quiet(0.3), espeak(f"draw a picture of {scene}"), quiet(0.6)])
    assert len(sound) > (engine.longest + 0.5) * RATE
    heard = hear(engine, sound)
    assert heard.startswith("draw a picture of a red fox in the snow")
    assert len(set(heard.split()) & set(scene.split())) >= 11, heard


@pytest.mark.parametrize("name", SILENT)
def test_it_makes_no_words_of_what_is_no_voice(engine, name):
    assert hear(engine, SILENT[name]) == ""


@pytest.mark.parametrize(("language", "voice"), [("en", "en-us"), ("ru", "ru")])
def test_an_unmodified_faster_whisper_transcribes_detects_and_times_its_words(engine, language, voice):
    from faster_whisper import WhisperModel

    model = WhisperModel(str(engine.folder), compute_type="int8", local_files_only=True)
    wrong = spoken = 0
    for text in REQUESTS[language][:5]:
        sound = espeak(text, voice)
        window = np.concatenate([quiet(1.0), sound, quiet(1.0)])
        heard, info = model.transcribe(window, temperature=0.0, word_timestamps=True)
        words = [word for segment in heard for word in segment.words]
        assert info.language == language
        wrong += distance(text.split(), [word.word.strip() for word in words])
        spoken += len(text.split())
        ends = [word.end for word in words]
        assert ends == sorted(ends)
        assert 1.0 < ends[0] < 1.6  # the start of a first word after silence is often 0, as with other Whispers
        assert ends[-1] < 1.2 + len(sound) / RATE
    assert wrong <= 0.25 * spoken  # it has seen few windows of 30 s


def test_a_language_that_is_asked_for_is_not_detected(engine):
    session = engine.session("t", "ru", 0.0)
    session.feed((espeak(REQUESTS["en"][0]) * 32767).astype("<i2").tobytes())
    assert session.finish().language == "ru"


def test_it_does_not_pretend_to_know_german(engine):
    assert (engine.languages, engine.stand_in) == (("en", "ru"), True)
    with pytest.raises(EngineError) as caught:
        engine.session("t", "de", 0.0)
    assert caught.value.code == "stt.language"
