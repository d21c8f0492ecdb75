import sys

import numpy as np
import pytest

from daemon.ears.cleaning import Cleaner
from daemon.ears.pcm import FRAME
from daemon.errors import EngineError
from daemon.types import RATE

HISS = np.random.default_rng(0).normal(0, 300, 4 * RATE // FRAME * FRAME).astype("<i2")


def cleaned(sound, **wanted):
    clean = Cleaner(**wanted)
    frames = [clean(frame.tobytes()) for frame in sound.reshape(-1, FRAME)]
    assert {len(frame) for frame in frames} == {2 * FRAME}
    return np.frombuffer(b"".join(frames), "<i2").astype(float)


def level(sound):
    return 20 * np.log10(np.sqrt(np.mean(sound[-RATE:] ** 2)) + 1e-9)


def test_noise_gets_softer_the_more_is_asked():
    found = [level(cleaned(HISS, gain=0, suppression=much)) for much in (1, 4)]
    assert level(HISS.astype(float)) > found[0] + 3 > found[1] + 3


def test_a_soft_voice_gets_louder():
    at = np.arange(len(HISS))
    voice = (300 * np.sin(at * 2 * np.pi * 150 / RATE) * (1 + np.sin(at * 2 * np.pi * 4 / RATE))).astype("<i2")
    assert level(cleaned(voice, gain=20, suppression=0)) > level(voice.astype(float)) + 6


def test_without_the_package_it_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "webrtc_noise_gain", None)
    with pytest.raises(EngineError, match="webrtc-noise-gain"):
        Cleaner(10, 0)
