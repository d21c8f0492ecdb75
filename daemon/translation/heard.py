"""The prompt in what speech to text heard in English: the same request, so the same grammar finds it. Pure."""

import re

import intents
from intents.model import Question
from intents.normalize import words

BEFORE = 6
"""Words in front of a request that are passed over: a greeting, a wake phrase that was translated too."""
_COMMAND = re.compile(
    r"^(?:please\s+)?(?:draw|paint|sketch|make|create|show|film|shoot|generate)\b[\s,]*(?:me|us)?\s*"
    r"(?:an?\s+(?:picture|drawing|image|video|clip|film|movie)\s+(?:of|about)\s+)?",
    re.IGNORECASE,
)


def prompt_of(english: str, question: Question | None) -> str:
    """Return what is to be made: the grammar's prompt, else the whole without its first command words."""
    if question is not None:
        return str(intents.answer(question, english, "en").slots.get("prompt") or "")
    for word in words(english)[:BEFORE]:
        found = intents.recognize(english[word.start :], "en")
        if found.name in {"draw", "clip"} and found.slots.get("prompt"):
            return str(found.slots["prompt"])
    return _COMMAND.sub("", english.strip()).strip(" .,!?")
