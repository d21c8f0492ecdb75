"""The language of the command line."""

import os

from daemon.errors import ConfigError
from daemon.messages import LANGUAGES


def system_language() -> str:
    """Return the language of the user's locale when we speak it, else English."""
    for variable in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if value := os.environ.get(variable):
            return value[:2].lower() if value[:2].lower() in LANGUAGES else "en"
    return "en"


def checked(given: str | None, text: str) -> str:
    """Return the language that was given, else that of the text. Raises ConfigError for one that isn't ours."""
    language = given or language_of(text)
    if language not in LANGUAGES:
        raise ConfigError("cli.language", language=language, known=", ".join(LANGUAGES))
    return language


def language_of(text: str) -> str:
    """Guess the language of a typed text by its script."""
    return "ru" if any("а" <= sign <= "я" or sign == "ё" for sign in text.lower()) else "en"
