from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from daemon.transcription.loudness import quietest
from daemon.transcription.window import FULL, STEP, cuts, frames, ladder
from daemon.types import RATE


def speech(*parts: tuple[float, float]) -> np.ndarray:
    """Noise of (seconds, amplitude) parts."""
    random = np.random.default_rng(0)
    return np.concatenate([random.normal(0, loud, int(seconds * RATE)).astype(np.float32) for seconds, loud in parts])


@given(st.floats(0, 40), st.integers(200, 3000), st.integers(32, 1000))
def test_a_window_holds_the_audio_and_its_margin_up_to_whispers_own(seconds, least, margin):
    window = frames(seconds, least, margin)
    assert window % STEP == 0
    assert window <= FULL
    assert window >= min(FULL, int(100 * seconds) + margin)
    assert window >= least


def test_the_usual_request_costs_a_third_of_the_full_window():
    assert frames(3.0, 1000, 200) == 1000
    assert ladder(3.0, 1000, 200) == [1000, 3000]
    assert ladder(3.0, 500, 128) == [500, 1000, 3000]
    assert ladder(12.0, 1000, 200) == [1400, 3000]
    assert ladder(27.5, 1000, 200) == [2950]


@given(st.floats(0, 40), st.integers(200, 3000), st.integers(32, 1000))
def test_the_windows_to_try_grow_up_to_the_full_one(seconds, least, margin):
    rungs = ladder(seconds, least, margin)
    assert rungs == sorted(set(rungs))
    assert rungs[-1] * 1.2 >= FULL


def test_a_cut_is_made_in_the_pause():
    sound = speech((3.5, 0.1), (0.3, 0.001), (3.0, 0.1))
    (_, first), (second, end) = cuts(sound, 4.7)
    assert first == second
    assert 3.5 * RATE < first < 3.8 * RATE
    assert end == len(sound)


def test_a_real_pause_a_little_earlier_is_better_than_the_quietest_sound_later():
    sound = speech((2.4, 0.1), (0.3, 0.001), (1.0, 0.1), (0.1, 0.05), (3.0, 0.1))
    assert 2.4 * RATE < cuts(sound, 4.7)[0][1] < 2.7 * RATE


@given(st.floats(0.1, 20), st.floats(1, 6))
def test_the_pieces_cover_everything_once_and_none_is_too_long(seconds, longest):
    sound = np.zeros(int(seconds * RATE), np.float32)
    pieces = cuts(sound, longest)
    assert pieces[0][0] == 0
    assert pieces[-1][1] == len(sound)
    assert all(before[1] == after[0] for before, after in pairwise(pieces))
    assert all(last - first <= longest * RATE for first, last in pieces)


def test_later_audio_does_not_move_a_cut():
    sound = speech((3.0, 0.1), (0.2, 0.01), (4.0, 0.1), (0.2, 0.01), (6.0, 0.1))
    whole = cuts(sound, 4.7)
    for seconds in (5, 7, 9, 11):
        early = cuts(sound[: seconds * RATE], 4.7)
        assert early[:-1] == whole[: len(early) - 1]


def test_the_quietest_place_of_a_stretch_too_short_to_tell_is_its_middle():
    assert quietest(speech((1.0, 0.1)), 100, 300) == (200, 0.0)
