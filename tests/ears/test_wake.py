from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daemon.ears.pcm import FRAME, HOP
from daemon.ears.wake import REFRACTORY, Detector, Hit, SelfHits, WordRule, phrase_end
from daemon.types import RATE


def hits(detector: Detector, scores: list[float], word: str = "hey_jarvis") -> list[int]:
    """Return the numbers of the frames at which the word was heard."""
    return [n for n, score in enumerate(scores) if detector.hear({word: score}, (n + 1) * FRAME) is not None]


def test_one_phrase_is_one_hit() -> None:
    assert hits(Detector({"hey_jarvis": WordRule(0.5)}), [0.0, 0.4, 0.5, 0.9, 0.9, 0.6, 0.1]) == [2]


def test_patience_counts_frames_in_a_row() -> None:
    assert hits(Detector({"hey_jarvis": WordRule(0.5, patience=3)}), [0.9, 0.9, 0.1, 0.9, 0.9, 0.9, 0.9]) == [5]


def test_a_second_phrase_within_two_seconds_is_not_heard_a_later_one_is() -> None:
    detector = Detector({"hey_jarvis": WordRule()})
    assert hits(detector, [0.9, 0.0] + [0.0] * 10 + [0.9] + [0.0] * 20 + [0.9]) == [0, 33]


def test_after_a_turn_the_next_frame_may_be_a_hit_but_not_of_the_same_phrase() -> None:
    detector = Detector({"hey_jarvis": WordRule()})
    assert hits(detector, [0.9, 0.9]) == [0]
    detector.ready()
    assert hits(detector, [0.9, 0.9]) == []
    assert hits(detector, [0.0, 0.9]) == [1]


def test_the_best_of_several_words_is_told_and_each_has_its_threshold() -> None:
    detector = Detector({"alexa": WordRule(0.9), "hey_jarvis": WordRule(0.5), "okay_nabu": WordRule(0.5)})
    assert detector.hear({"alexa": 0.8, "hey_jarvis": 0.6, "okay_nabu": 0.7}, FRAME) == Hit("okay_nabu", 0.7, FRAME)


@pytest.mark.slow
@given(st.lists(st.floats(0, 1), max_size=200))
def test_hits_are_two_seconds_apart(scores: list[float]) -> None:
    found = hits(Detector({"hey_jarvis": WordRule()}), scores)
    assert all(scores[n] >= 0.5 for n in found)
    assert all((b - a) * FRAME >= REFRACTORY for a, b in pairwise(found))


def levels(*parts: tuple[float, float]) -> list[float]:
    """Levels of hops: (seconds, dB) after one another."""
    return [db for seconds, db in parts for _ in range(round(seconds * RATE) // HOP)]


def test_a_pause_tells_where_the_phrase_ended() -> None:
    heard = levels((0.5, -70), (0.6, -20), (0.2, -65), (0.3, -20))
    end = phrase_end(round(1.6 * RATE), heard, round(1.6 * RATE))
    assert end.likely == pytest.approx(1.1 * RATE, abs=HOP)
    assert end.first < end.likely < end.last < 1.16 * RATE


def test_the_silence_after_the_phrase_is_such_a_pause() -> None:
    end = phrase_end(2 * RATE, levels((0.5, -70), (1.2, -20), (0.3, -65)), 2 * RATE)
    assert end.likely == pytest.approx(1.7 * RATE, abs=HOP)


def test_a_pause_before_the_phrase_is_none_and_without_one_the_average_must_do() -> None:
    before = phrase_end(2 * RATE, levels((1.0, -70), (1.0, -20)), 2 * RATE)
    assert before == phrase_end(2 * RATE, levels((2.0, -20)), 2 * RATE)
    assert before.first < before.likely < 2 * RATE < before.last


@pytest.mark.slow
@given(st.lists(st.floats(-100, 0), max_size=120), st.integers(0, 20))
def test_the_estimate_is_in_order_and_near(heard: list[float], ago: int) -> None:
    until = 10 * RATE
    hit = until - ago * FRAME
    end = phrase_end(hit, heard, until)
    assert end.first < end.likely < end.last
    assert hit - RATE < end.likely <= until


def test_a_hit_near_a_played_one_is_our_own_voice() -> None:
    own = SelfHits({"hey_jarvis": WordRule(0.5)})
    own.played({"hey_jarvis": 0.3, "alexa": 0.0}, 10 * RATE)
    assert own.ours(Hit("hey_jarvis", 0.9, round(10.3 * RATE)))
    assert own.ours(Hit("hey_jarvis", 0.9, round(9.7 * RATE)))
    assert not own.ours(Hit("hey_jarvis", 0.9, 12 * RATE))
    assert not own.ours(Hit("alexa", 0.9, round(10.3 * RATE)))


def test_another_reply_hides_no_wake_word() -> None:
    own = SelfHits({"hey_jarvis": WordRule(0.5)})
    for n in range(100):
        own.played({"hey_jarvis": 0.2}, n * FRAME)
    assert not own.ours(Hit("hey_jarvis", 0.9, 50 * FRAME))
