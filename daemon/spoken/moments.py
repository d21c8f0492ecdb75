"""The time and the date as people write them; `speakable` says them as people do."""

from datetime import date as Date  # noqa: N812 - `date` is our own word here
from datetime import datetime


def clock(moment: datetime, language: str) -> str:
    """Return "2:05 PM", «14:05»."""
    from babel.dates import format_time

    return str(format_time(moment, "short", locale=language)).replace("\u202f", " ")


def date(day: Date, language: str) -> str:
    """Return "Monday, November 23, 2026", «понедельник, 23 ноября 2026 года»."""
    from babel.dates import format_date

    return str(format_date(day, "full", locale=language)).replace("\u202fг.", " года")
