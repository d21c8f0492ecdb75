"""What people say, in both languages, and what it must be understood as."""

from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
import yaml

from intents import LANGUAGES, recognize

HERE = Path(__file__).parent
SLOTS = {"draw": "prompt", "clip": "prompt", "say": "text", "volume_set": "level"}


def examples(language: str) -> list[tuple[str, str, str | None, dict[str, Any]]]:
    """Return (language, sentence, intent, slots) of every example."""
    found = []
    for name, lines in yaml.safe_load((HERE / f"examples_{language}.yaml").read_text("utf-8")).items():
        for line in lines:
            said, slots = line, {}
            if name in SLOTS and lines[line] is not None:
                slots = {SLOTS[name]: lines[line]}
            elif line.startswith("by "):
                number, said = line.removeprefix("by ").split(": ")
                slots = {"by": int(number)}
            found.append((language, said, None if name == "nothing" else name, slots))
    return found


EXAMPLES = [example for language in LANGUAGES for example in examples(language)]


@pytest.mark.parametrize(("language", "said", "name", "slots"), EXAMPLES, ids=lambda value: str(value)[:60])
def test_example(language: str, said: str, name: str | None, slots: dict[str, Any]) -> None:
    intent = recognize(said, language)
    assert (intent.name, intent.slots) == (name, slots)
    assert (intent.text, intent.language) == (said, language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_there_are_enough_examples(language: str) -> None:
    mine = [example for example in EXAMPLES if example[0] == language]
    assert len({said for _, said, _, _ in mine}) >= 300
    assert sum(name is None for _, _, name, _ in mine) >= 50


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_intent_has_examples(language: str) -> None:
    grammar = yaml.safe_load(files("intents").joinpath(f"sentences/{language}.yaml").read_text("utf-8"))
    assert set(grammar["intents"]) == {name for code, _, name, _ in EXAMPLES if code == language and name}
