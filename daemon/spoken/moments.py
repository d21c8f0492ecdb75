"""How people say what time and what day it is."""

from datetime import date as Date  # noqa: N812 - `date` is our own word here
from datetime import datetime

from daemon.spoken import english, russian

WEEKDAYS = {
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
    "ru": ("понедельник", "вторник", "среда", "четверг", "пятница", "суббота", "воскресенье"),
}
NOON = 12


def clock(moment: datetime, language: str) -> str:
    """Return "two oh five P M", "noon", «четырнадцать часов пять минут», «полдень»."""
    on_the_dot = moment.minute == 0 and moment.hour % NOON == 0
    if language == "ru":
        if on_the_dot:
            return "полдень" if moment.hour else "полночь"
        return russian.hour(moment.hour, moment.minute)
    if on_the_dot:
        return "noon" if moment.hour else "midnight"
    return english.hour(moment.hour, moment.minute, "A" if moment.hour < NOON else "P")


def date(moment: Date, language: str) -> str:
    """Return "Monday, November twenty-third, twenty twenty-six", the same in Russian."""
    module = russian if language == "ru" else english
    weekday = WEEKDAYS["ru" if language == "ru" else "en"][moment.weekday()]
    return f"{weekday}, {module.day(moment.day, moment.month, moment.year)}"
