"""The language of the command line."""

import os

from daemon.messages import LANGUAGES


def system_language() -> str:
    """Return the language of the user's locale when we speak it, else English."""
    for variable in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if value := os.environ.get(variable):
            return value[:2].lower() if value[:2].lower() in LANGUAGES else "en"
    return "en"


def language_of(text: str) -> str:
    """Guess the language of a typed text by its script."""
    return "ru" if any("а" <= sign <= "я" or sign == "ё" for sign in text.lower()) else "en"
