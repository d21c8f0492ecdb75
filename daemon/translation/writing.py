"""In which language a prompt is written, and what of a request an engine is given. Pure."""

import re
from collections.abc import Collection
from typing import Any

from daemon.errors import EngineError

CYRILLIC = re.compile("[а-яё]", re.IGNORECASE)
TRANSLATION = "translation"
"""The key of a request that holds its prompt in English, where that was needed."""


def written_in(prompt: str) -> str:
    """Return "ru" for a prompt with a Russian letter in it, else "en"."""
    return "ru" if CYRILLIC.search(prompt) else "en"


def is_read(prompt: str, reads: Collection[str]) -> bool:
    """Say whether an engine that reads these languages (none named: all) understands a prompt."""
    return not reads or written_in(prompt) in reads


def readable(request: dict[str, Any], reads: Collection[str]) -> dict[str, Any]:
    """Return a request as an engine gets it: with the prompt as given, or its translation where it can't read that.

    Raises EngineError `translate.unread` where there is none: the request was meant for another engine.
    """
    plain = {name: value for name, value in request.items() if name != TRANSLATION}
    if is_read(str(request.get("prompt", "")), reads):
        return plain
    english = str(request.get(TRANSLATION) or "")
    if not english or not is_read(english, reads):
        raise EngineError("translate.unread")
    return {**plain, "prompt": english, "language": "en"}
