import pytest

from daemon.ears.wake import WordRule
from daemon.wakewords.judgement import THRESHOLDS, Point, Scored, choose, curve, hits, point, woken

QUIET = (0.01,) * 30
PHRASE = Scored((*QUIET, 0.6, 0.99, 0.99, 0.2, *QUIET), (20, 30), "espeak-ng: x")
OTHER = Scored((*QUIET, 0.7, 0.1, *QUIET))


def test_a_phrase_wakes_once_and_only_with_patience() -> None:
    assert hits(PHRASE.scores, WordRule(0.5, 1)) == [30]
    assert hits(PHRASE.scores, WordRule(0.9, 2)) == [32]
    assert hits(PHRASE.scores, WordRule(0.9, 3)) == []
    assert woken(PHRASE, WordRule(0.9, 2))


def test_a_hit_far_from_the_phrase_is_none_of_its() -> None:
    early = Scored((0.99, *QUIET, *QUIET), (40, 50))
    assert hits(early.scores, WordRule(0.9)) == [0]
    assert not woken(early, WordRule(0.9))


def test_a_point_counts_what_is_missed_and_what_is_wrong() -> None:
    judged = point([PHRASE, Scored(QUIET, (10, 20))], [PHRASE], [OTHER, OTHER], WordRule(0.65))
    assert (judged.false_rejects, judged.in_noise, judged.false_accepts) == (0.5, 0.0, 2)
    assert judged.hours == pytest.approx(2 * 62 * 0.08 / 3600)
    assert judged.per_hour == pytest.approx(2 / judged.hours)


def test_a_higher_threshold_never_hears_more_phrases() -> None:
    points = curve([PHRASE, Scored((*QUIET, 0.8, *QUIET), (20, 30))], [], [OTHER], 1)
    rejects = [one.false_rejects for one in points]
    assert rejects == sorted(rejects)
    assert [one.threshold for one in points] == list(THRESHOLDS) == sorted(THRESHOLDS)


def made(*points: tuple[float, int, float], patience: int = 1) -> list[Point]:
    """Points from their false rejects, false accepts and the share that is missed in noise."""
    return [Point(at / 100, patience, one[0], one[1], 1.0, one[2]) for at, one in enumerate(points, 1)]


def test_a_false_accept_and_false_rejects_are_weighed() -> None:
    points = made((0.0, 9, 0.2), (0.05, 4, 0.3), (0.10, 2, 0.4), (0.12, 1, 0.5), (0.40, 0, 0.6), (0.9, 0, 0.9))
    assert choose([points]).threshold == 0.04


def test_one_outlier_does_not_make_the_word_deaf() -> None:
    assert choose([made((0.1, 1, 0.3), (0.4, 0, 0.6))]).false_rejects == 0.1


def test_where_noise_leaves_room_it_is_stricter_than_the_weighing_asks_for() -> None:
    points = made((0.0, 2, 0.02), (0.0, 0, 0.05), (0.01, 0, 0.15), (0.02, 0, 0.16))
    assert choose([points]) == points[2]


def test_where_noise_leaves_none_the_weighing_decides() -> None:
    points = made((0.0, 2, 0.3), (0.05, 0, 0.4), (0.05, 0, 0.4), (0.06, 0, 0.5))
    assert choose([points]) == points[2]


def test_of_the_strictest_the_one_with_fewest_false_accepts_is_taken() -> None:
    one, two = made((0.0, 1, 0.1), (0.01, 1, 0.2)), made((0.0, 2, 0.1), (0.02, 0, 0.14), patience=2)
    assert choose([one, two]) == two[1]


def test_as_quiet_the_one_that_misses_less_is_taken() -> None:
    one, two = made((0.03, 0, 0.1), (0.04, 0, 0.2)), made((0.01, 0, 0.1), (0.02, 0, 0.14), patience=2)
    assert choose([one, two]) == two[1]
