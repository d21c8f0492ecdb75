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
        (0, 0, "midnight", "полночь"),
        (12, 0, "noon", "полдень"),
        (0, 15, "twelve fifteen A M", "ноль часов пятнадцать минут"),
        (12, 30, "twelve thirty P M", "двенадцать часов тридцать минут"),
        (22, 42, "ten forty-two P M", "двадцать два часа сорок две минуты"),
    ],
)
def test_clock(hour, minute, english, russian):
    moment = datetime(2026, 11, 23, hour, minute)  # noqa: DTZ001 - a time of day on the wall
    assert clock(moment, "en") == english
    assert clock(moment, "ru") == russian


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
    assert date(day, "en") == english
    assert date(day, "ru") == russian


def test_every_minute_is_said_differently_and_speakably():
    moments = [datetime(2026, 1, 1) + timedelta(minutes=7 * count) for count in range(205)]  # noqa: DTZ001
    for language in ("en", "ru"):
        said = [clock(moment, language) for moment in moments]
        assert len(set(said)) == len(moments)
        assert all(speakable(each, language).rstrip(".") == each for each in said)
