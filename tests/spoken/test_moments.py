from datetime import date as Date  # noqa: N812
from datetime import datetime, timedelta

import pytest

from daemon.spoken import clock, date, speakable


@pytest.mark.parametrize(
    ("hour", "minute", "english", "russian"),
    [
        (14, 5, "two oh five P M", "четырнадцать часов пять минут"),
        (9, 0, "nine A M", "девять часов"),
        (21, 21, "nine twenty-one P M", "двадцать один час двадцать одна минута"),
        (1, 1, "one oh one A M", "один час одна минута"),
        (0, 0, "twelve A M", "ноль часов"),
        (12, 0, "twelve P M", "двенадцать часов"),
        (0, 15, "twelve fifteen A M", "ноль часов пятнадцать минут"),
        (12, 30, "twelve thirty P M", "двенадцать часов тридцать минут"),
        (22, 42, "ten forty-two P M", "двадцать два часа сорок две минуты"),
    ],
)
def test_clock(hour, minute, english, russian):
    moment = datetime(2026, 11, 23, hour, minute)  # noqa: DTZ001 - a time of day on the wall
    assert speakable(clock(moment, "en"), "en") == f"{english}."
    assert speakable(clock(moment, "ru"), "ru") == f"{russian}."


@pytest.mark.parametrize(
    ("day", "english", "russian"),
    [
        (
            Date(2026, 11, 23),
            "Monday, November twenty-third, twenty twenty-six",
            "понедельник, двадцать третье ноября две тысячи двадцать шестого года",
        ),
        (
            Date(2000, 2, 29),
            "Tuesday, February twenty-ninth, two thousand",
            "вторник, двадцать девятое февраля двухтысячного года",
        ),
        (Date(2005, 5, 1), "Sunday, May first, two thousand five", "воскресенье, первое мая две тысячи пятого года"),
    ],
)
def test_date(day, english, russian):
    assert speakable(date(day, "en"), "en") == f"{english}."
    assert speakable(date(day, "ru"), "ru") == f"{russian}."


def test_as_written():
    moment = datetime(2026, 11, 23, 14, 5)  # noqa: DTZ001
    assert [clock(moment, language) for language in ("en", "ru")] == ["2:05 PM", "14:05"]
    assert date(moment, "en") == "Monday, November 23, 2026"
    assert date(moment, "ru") == "понедельник, 23 ноября 2026 года"


def test_every_minute_is_said_differently_and_speakably():
    moments = [datetime(2026, 1, 1) + timedelta(minutes=7 * count) for count in range(205)]  # noqa: DTZ001
    for language in ("en", "ru"):
        said = [speakable(clock(moment, language), language) for moment in moments]
        assert len(set(said)) == len(moments)
        assert not any(sign.isdigit() for each in said for sign in each)
