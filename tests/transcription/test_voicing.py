import subprocess
import wave
from io import BytesIO

import numpy as np
import pytest

from daemon.transcription.loudness import samples
from daemon.transcription.voicing import speech, spoken
from daemon.types import RATE

SECONDS = np.arange(2 * RATE) / RATE


def espeak(text: str, voice: str = "en-us") -> np.ndarray:
    """espeak-ng's speech at 16 kHz, -1 to 1, without the silence around it."""
    import soxr

    done = subprocess.run(["espeak-ng", "-v", voice, "--stdout", text], capture_output=True, check=True)
    with wave.open(BytesIO(done.stdout)) as file:
        rate = file.getframerate()
    sound = soxr.resample(samples(done.stdout[44:]), rate, RATE)
    loud = np.flatnonzero(np.abs(sound) > 0.003)
    return sound[loud[0] : loud[-1]]


def coloured(slope: float, level: float) -> np.ndarray:
    random = np.random.default_rng(0)
    hertz = np.maximum(np.fft.rfftfreq(len(SECONDS), 1 / RATE), 1)
    sound = np.fft.irfft((random.normal(size=len(hertz)) + 1j * random.normal(size=len(hertz))) / hertz**slope)
    return (sound / sound.std() * level).astype(np.float32)


def knocks() -> np.ndarray:
    sound = coloured(0.5, 0.001)
    for at in (4000, 9000, 14000):
        sound[at : at + 1600] += np.random.default_rng(at).normal(size=1600) * np.exp(-np.arange(1600) / 200) * 0.5
    return sound


def melody() -> np.ndarray:
    notes = [np.sin(2 * np.pi * hertz * SECONDS[:5000]) * np.exp(-SECONDS[:5000] * 5) for hertz in (262, 330, 392, 523)]
    return (0.3 * np.concatenate(notes)).astype(np.float32)


SILENT = {
    "nothing": np.zeros(0, np.float32),
    "digital silence": np.zeros(2 * RATE, np.float32),
    "white": coloured(0, 0.1),
    "soft white": coloured(0, 0.003),
    "pink": coloured(0.5, 0.1),
    "rumble": coloured(1, 0.1),
    "breath": coloured(0.5, 0.2) * np.exp(-(((SECONDS - 1) / 0.3) ** 2)).astype(np.float32),
    "hum": (0.1 * np.sin(2 * np.pi * 50 * SECONDS)).astype(np.float32),
    "beep": np.where((SECONDS > 0.5) & (SECONDS < 0.7), 0.3 * np.sin(2 * np.pi * 1000 * SECONDS), 0).astype(np.float32),
    "knocks": knocks(),
    "melody": melody(),
}


@pytest.mark.parametrize("name", SILENT)
def test_what_is_no_voice_is_kept_out(name):
    assert not spoken(SILENT[name])
    assert speech(SILENT[name]) == (0, 0)


@pytest.mark.parametrize("voice", ["en-us", "en-gb", "en-us+f2", "en-gb+m3"])
@pytest.mark.parametrize("text", ["stop", "help", "mute", "what time is it", "draw a picture of a red fox in the snow"])
def test_speech_is_let_through_and_its_edges_are_found(text, voice):
    said = espeak(text, voice)
    sound = np.concatenate([np.zeros(RATE // 2), said, np.zeros(RATE)]).astype(np.float32)
    first, last = speech(sound)
    assert RATE // 2 - 0.08 * RATE < first <= RATE // 2 + 0.02 * RATE
    assert abs(last - RATE // 2 - len(said)) < 0.08 * RATE


def test_speech_in_a_living_room_is_let_through():
    said = espeak("draw a picture of a red fox")
    sound = np.concatenate([np.zeros(RATE // 2, np.float32), said, np.zeros(RATE, np.float32)])
    noise = np.random.default_rng(0).normal(0, 0.1 * said.std(), len(sound))  # 20 dB below it
    assert spoken((sound + noise).astype(np.float32))
