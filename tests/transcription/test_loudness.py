import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from daemon.transcription.loudness import levels, percentile, resumed, samples
from daemon.types import RATE


def noise(seconds: float, amplitude: float, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(0, amplitude, int(seconds * RATE)).astype(np.float32)


def talk(room: float) -> np.ndarray:
    return np.concatenate([noise(0.3, room), noise(1.0, 0.1), noise(0.16, room)])


def test_levels_are_decibels_of_full_scale():
    assert levels(np.full(RATE, 0.1, np.float32)) == pytest.approx(-20, abs=0.01)
    assert levels(np.zeros(170, np.float32)).tolist() == [-90]
    assert len(levels(np.zeros(150, np.float32))) == 0


def test_an_odd_byte_is_left_out():
    assert samples(b"\x00\x40\x01").tolist() == [0.5]


@pytest.mark.parametrize("room", [0.0, 0.0003, 0.003])
def test_the_room_alone_is_no_new_speech(room):
    assert not resumed(talk(room), noise(0.44, room, 1))


@pytest.mark.parametrize("room", [0.0, 0.0003, 0.003])
@pytest.mark.parametrize("voice", [0.1, 0.02])
def test_a_word_after_the_pause_is_new_speech_also_when_it_is_soft(room, voice):
    after = np.concatenate([noise(0.2, room, 1), noise(0.1, voice), noise(0.1, room, 2)])
    assert resumed(talk(room), after)


def test_a_click_is_no_new_speech():
    after = noise(0.4, 0.001, 1)
    after[2000:2200] = 0.5
    assert not resumed(talk(0.001), after)


def test_nothing_known_counts_as_speech():
    assert resumed(np.zeros(0, np.float32), noise(0.1, 0.1))
    assert not resumed(talk(0.001), np.zeros(0, np.float32))


@given(st.lists(st.floats(-90, 0, width=32), min_size=1, max_size=80), st.sampled_from([5, 10, 90, 95]))
def test_percentile_is_numpys(values, share):
    given_values = np.array(values, np.float32)
    assert percentile(given_values, share) == pytest.approx(float(np.percentile(given_values, share)), abs=1e-3)
