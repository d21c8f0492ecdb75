"""Every sentence a user hears or reads, by key, in each language. Plural forms follow CLDR through Babel."""

from collections.abc import Iterator
from functools import cache
from string import Formatter
from typing import Any

from intents.tables import read

LANGUAGES = ("en", "ru")


def text(key: str, language: str, /, **values: object) -> str:
    """Return the sentence `key` (dotted path) in `language`, English where that language is not ours.

    A message that is a mapping of CLDR plural categories (one, few, many, other) is chosen by the value `n`.
    Raises KeyError for a key that does not exist: a programmer's mistake, caught by a test.
    """
    language = language if language in LANGUAGES else "en"
    found = _lookup(key, language)
    if isinstance(found, dict):
        form = _plural_rule(language)(values["n"])
        found = found.get(form) or found["other"]
    return _formatter(language).vformat(str(found), (), values) if values else str(found)


def number(value: float, form: str, language: str) -> str:
    """Return a number in a format of Python's, as it is written in the language."""
    return str(_formatter(language).format_field(value, form))


def every(language: str) -> Iterator[str]:
    """Yield every sentence of a language, with its {fields}."""
    waiting: list[Any] = [_table(language)]
    while waiting:
        node = waiting.pop()
        if isinstance(node, dict):
            waiting += node.values()
        else:
            yield str(node)


class _Commas(Formatter):
    """Fills in numbers with a decimal comma, but leaves those without a format as one would type them."""

    def format_field(self, value: Any, format_spec: str) -> Any:
        filled = super().format_field(value, format_spec)
        return filled.replace(".", ",") if format_spec and isinstance(value, float) else filled


def _formatter(language: str) -> Formatter:
    return _Commas() if language == "ru" else Formatter()


def _lookup(key: str, language: str) -> Any:
    node: Any = _table(language)
    for part in key.split("."):
        node = node[part]
    return node


@cache
def _table(language: str) -> dict[str, Any]:
    return read(__name__, language)


@cache
def _plural_rule(language: str) -> Any:
    from babel import Locale

    return Locale(language).plural_form
