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
    judged = point([PHRASE, Scored(QUIET, (10, 20))], [OTHER, OTHER], WordRule(0.65))
    assert (judged.false_rejects, judged.false_accepts) == (0.5, 2)
    assert judged.hours == pytest.approx(2 * 62 * 0.08 / 3600)
    assert judged.per_hour == pytest.approx(2 / judged.hours)


def test_a_higher_threshold_never_hears_more_phrases() -> None:
    points = curve([PHRASE, Scored((*QUIET, 0.8, *QUIET), (20, 30))], [OTHER], 1)
    rejects = [one.false_rejects for one in points]
    assert rejects == sorted(rejects)
    assert [one.threshold for one in points] == list(THRESHOLDS) == sorted(THRESHOLDS)


def made(*pairs: tuple[float, int], patience: int = 1) -> list[Point]:
    return [Point(at / 100, patience, rejects, accepts, 1.0) for at, (rejects, accepts) in enumerate(pairs, 1)]


def test_a_false_accept_and_false_rejects_are_weighed() -> None:
    points = made((0.0, 9), (0.05, 4), (0.10, 2), (0.12, 1), (0.40, 0), (0.9, 0))
    assert choose([points]).threshold == 0.04


def test_one_outlier_does_not_make_the_word_deaf() -> None:
    assert choose([made((0.1, 1), (0.4, 0))]).false_rejects == 0.1


def test_of_points_that_are_as_good_the_middle_is_taken() -> None:
    assert choose([made((0.0, 2), (0.0, 0), (0.005, 0), (0.02, 0), (0.3, 0))]).threshold == 0.03


def test_of_patiences_that_are_as_good_the_one_with_most_room_is_taken() -> None:
    narrow = made((0.0, 2), (0.01, 0), (0.2, 0))
    wide = made((0.0, 1), (0.01, 0), (0.01, 0), (0.02, 0), patience=3)
    assert choose([narrow, wide]) == wide[2]


def test_the_patience_with_fewer_trouble_is_taken() -> None:
    one, two = made((0.0, 2), (0.2, 0)), made((0.0, 1), (0.1, 0), patience=2)
    assert choose([one, two]).patience == 2
