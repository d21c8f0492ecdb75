"""From text to an intent: hassil matches the templates of `sentences/<language>.yaml` against the normalised words.

Courtesy at both ends is cut off first. A match that needed free words is dropped where a template of `refused` matches.
"""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import accumulate
from typing import Any

from intents.courtesy import Phrases, phrases, readings, texts, without_lead
from intents.model import Intent, Question
from intents.normalize import Word, cut, words
from intents.tables import table

LANGUAGES = ("en", "ru")

LONGEST_TEXT = 20_000
"""Characters of a text that are looked at."""
LONGEST_MATCHED = 400
"""Characters that are matched; a slot that reaches their end runs on to the end of the text."""
LONGEST_WORD = 40
"""Characters of one word that are matched."""
LONGEST_STYLE = 3
"""Words that may stand between "a" and "picture"."""
LOUDEST = 100

_FREE, _EXACT = 0.8, 1.0


def recognize(text: str, language: str) -> Intent:
    """Return what `text` asks for, name None when it is nothing that we do. Never raises for any text.

    Raises ValueError for a language that is not in LANGUAGES.
    """
    return _recognize(text, words(text[:LONGEST_TEXT]), _grammar(language))


def answer(question: Question, text: str, language: str) -> Intent:
    """Return what the reply to "draw what?" asks for: an intent (cancel, stop ...), or the question's with this prompt.

    "Nothing" and "I don't know" are a cancel; a reply without words is no intent. What was to be deleted is deleted for
    a yes only; any other reply is what it would be without the question, or leaves it. Raises as `recognize` does.
    """
    grammar = _grammar(language)
    found = words(text[:LONGEST_TEXT])
    runs = list(readings(found, grammar.lead, grammar.tail))
    if question.kind == "delete" and any(texts(run) in grammar.answer_yes for run in [found, *runs]):
        return Intent("delete", {"artifact": question.artifact}, text, language, _EXACT)
    intent = _recognize(text, found, grammar)
    if intent.name is not None:
        return intent
    if question.kind == "delete":
        return Intent("stays", {}, text, language, _EXACT) if found else intent
    if any(texts(run) in grammar.answer_no for run in runs):
        return Intent("cancel", {}, text, language, _EXACT)
    if not runs:
        return intent
    prompt = cut(text, without_lead(runs[0], grammar.answer_lead) or runs[0])
    several = {"several": question.count} if question.count > 1 else {}
    return Intent(question.kind, several | {"prompt": prompt}, text, language, _FREE)


@dataclass(frozen=True)
class _Grammar:
    language: str
    asked: Any
    """The templates of what we do, a hassil.Intents."""
    refused: Any
    """The templates of what only looks like it."""
    lead: Phrases
    tail: Phrases
    answer_lead: Phrases
    answer_no: Phrases
    answer_yes: Phrases

    def match(self, joined: str) -> Any:
        """Return hassil's best result for normalised text, or None."""
        from hassil import recognize_best

        found = recognize_best(joined, self.asked, language=self.language)
        if found is None or not _is_free(found):
            return found
        style = found.entities.get("style")
        wordy = style is not None and len(style.text.split()) > LONGEST_STYLE
        return None if wordy or recognize_best(joined, self.refused, language=self.language) else found


@cache
def _grammar(language: str) -> _Grammar:
    from hassil import Intents

    if language not in LANGUAGES:
        raise ValueError(language)
    data = table(f"sentences/{language}")
    shared = {"language": language, "lists": data["lists"], "expansion_rules": data["expansion_rules"]}
    return _Grammar(
        language=language,
        asked=Intents.from_dict({**shared, "intents": data["intents"]}),
        refused=Intents.from_dict({**shared, "intents": {"refused": {"data": [{"sentences": data["refused"]}]}}}),
        lead=phrases(data["courtesy"]["lead"]),
        tail=phrases(data["courtesy"]["tail"]),
        answer_lead=phrases(data["answer"]["lead"]),
        answer_no=phrases(data["answer"]["no"]),
        answer_yes=phrases(data["answer"]["yes"]),
    )


def _recognize(text: str, found: Sequence[Word], grammar: _Grammar) -> Intent:
    for number, run in enumerate([found, *readings(found, grammar.lead, grammar.tail)]):
        head = _head(run)
        match = grammar.match(" ".join(head)) if head else None
        free = match is not None and _is_free(match)
        if match is None or (number == 0 and free):  # the whole counts first where no free words are needed
            continue
        return Intent(
            match.intent.name, _slots(match, text, run, head), text, grammar.language, _FREE if free else _EXACT
        )
    return Intent(None, {}, text, grammar.language, 0.0)


def _head(run: Sequence[Word]) -> list[str]:
    """Return the words that are matched: hassil's wildcards take too long on more."""
    short = [word.text[:LONGEST_WORD] for word in run[:LONGEST_MATCHED]]
    ends = list(accumulate(len(word) + 1 for word in short))
    return short[: bisect_right(ends, LONGEST_MATCHED)]


def _is_free(match: Any) -> bool:
    return any(entity.is_wildcard for entity in match.entities_list)


def _slots(match: Any, text: str, run: Sequence[Word], head: Sequence[str]) -> dict[str, Any]:
    """Return the slots of a match: numbers, and free words as they stand in the original text."""
    joined = " ".join(head)
    begins = list(accumulate((len(word) + 1 for word in head), initial=0))
    style = match.entities.get("style")  # "watercolour" in "a watercolour picture of a boat" belongs to the prompt
    slots: dict[str, Any] = {}
    for entity in match.entities_list:
        if entity.is_wildcard and entity is not style:
            begin = entity.text_span[0]
            if not joined.startswith(entity.text, begin):  # hassil 3.12 counts a spoken number twice
                begin = joined.rfind(entity.text)
            first = bisect_right(begins, style.text_span[0] if style else begin) - 1
            last = bisect_right(begins, begin + len(entity.text) - 1) - 1
            slots[entity.name] = cut(text, run[first:] if last == len(head) - 1 else run[first : last + 1])
        elif entity.name in ("level", "by"):
            slots[entity.name] = min(int(entity.value), LOUDEST)
        elif entity.name == "several":
            slots[entity.name] = int(entity.value)
        elif entity.name == "kind":
            slots[entity.name] = str(entity.value)
    return slots
