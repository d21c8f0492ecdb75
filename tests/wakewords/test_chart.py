import re

import pytest

from daemon.wakewords.chart import LEFT, NONE_AT, drawn
from daemon.wakewords.judgement import Point

POINTS = [Point(0.5, 2, 0.0, 10, 5.0, 0.0), Point(0.9, 2, 0.02, 0, 5.0, 0.1), Point(0.99, 2, 0.9, 0, 5.0, 1.0)]
WORDS = {key: key for key in ("title", "below", "rejects", "accepts", "none", "chosen", "bar", "validation", "test")}


@pytest.mark.parametrize(("language", "tick"), [("en", "0.1"), ("ru", "0,1")])
def test_its_numbers_are_written_as_in_the_language(language: str, tick: str) -> None:
    texts = re.findall(r">([^<]+)</text>", drawn({"test": POINTS}, POINTS[1], WORDS, language))
    assert tick in texts
    assert "4%" in texts


def test_the_threshold_that_was_taken_is_marked_at_the_place_of_no_false_accept() -> None:
    marks = re.findall(r'<circle cx="([\d.]+)" cy="[\d.]+" r="7"', drawn({"test": POINTS}, POINTS[1], WORDS, "en"))
    assert float(marks[0]) == LEFT + NONE_AT / 2


def test_points_above_the_picture_are_left_out() -> None:
    titles = re.findall("<title>(.+?)</title>", drawn({"test": POINTS}, POINTS[1], WORDS, "en"))
    assert titles == ["test: 0.5", "test: 0.9"]
