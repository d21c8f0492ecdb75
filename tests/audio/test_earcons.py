from typing import get_args

import numpy as np
import pytest

from daemon.audio.earcons import NOTES, PEAK, Name, earcon

NAMES = get_args(Name)


def samples(name, rate=48_000):
    return np.frombuffer(earcon(name, rate).pcm, "<i2").astype(float) / 32768


def pitch(sound, rate=48_000):
    """The strongest frequency."""
    spectrum = np.abs(np.fft.rfft(sound * np.hanning(len(sound)), 1 << 16))
    return np.argmax(spectrum) * rate / (1 << 16)


@pytest.mark.parametrize("rate", [44_100, 48_000])
@pytest.mark.parametrize("name", NAMES)
def test_short_and_never_louder_than_a_voice(name, rate):
    sound = samples(name, rate)
    assert 0.08 <= len(sound) / rate <= 0.25
    assert np.abs(sound).max() == pytest.approx(PEAK, rel=0.01)  # -12 dBFS
    assert abs(sound.mean()) < 0.002


@pytest.mark.parametrize("name", NAMES)
def test_soft_at_both_ends(name):
    sound = samples(name)
    assert np.abs(sound[:24]).max() < 0.01
    assert np.abs(sound[-24:]).max() < 0.01
    assert np.abs(np.diff(sound)).max() < 0.07, "a click is a jump"


@pytest.mark.parametrize("name", NAMES)
def test_it_dies_away(name):
    thirds = np.array_split(samples(name), 3)
    assert np.abs(thirds[2]).mean() < np.abs(thirds[1]).mean()


@pytest.mark.parametrize(
    ("name", "rises"), [("wake", True), ("done", True), ("error", False), ("muted", False), ("unmuted", True)]
)
def test_two_notes_that_rise_or_fall(name, rises):
    sound = samples(name)
    second = round(NOTES[name][1][1] * 48_000)
    first, last = pitch(sound[: second + 480]), pitch(sound[-len(sound) // 3 :])
    assert (last > first) == rises
    assert pitch(sound[-len(sound) // 3 :]) == pytest.approx(NOTES[name][1][0], rel=0.03)


def test_all_differ_and_are_made_once():
    assert len({earcon(name).pcm for name in NAMES}) == len(NAMES)
    assert earcon("wake", 48_000) is earcon("wake", 48_000)
