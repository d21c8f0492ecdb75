"""From text to an intent: hassil matches the templates of `sentences/<language>.yaml` against the normalised words.

Courtesy at both ends is cut off first. What matches only with free words is dropped where a template of `refused` matches too.
"""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import accumulate
from typing import Any

from intents.model import Intent, Question
from intents.normalize import Word, cut, words
from intents.tables import table

LANGUAGES = ("en", "ru")

LONGEST_TEXT = 20_000
"""Characters of a text that are looked at."""
LONGEST_MATCHED = 400
"""Characters that are matched; a slot that reaches their end runs on to the end of the text."""
LONGEST_WORD = 40

_FREE, _EXACT = 0.8, 1.0

Phrases = frozenset[tuple[str, ...]]


def recognize(text: str, language: str) -> Intent:
    """Return what `text` asks for, name None when it is nothing that we do. Never raises for any text.

    Raises ValueError for a language that is not in LANGUAGES.
    """
    return _recognize(text, words(text[:LONGEST_TEXT]), language)


def answer(question: Question, text: str, language: str) -> Intent:
    """Return what the reply to "draw what?" asks for: another intent (cancel, stop ...), or the question's with its slot."""
    grammar = _grammar(language)
    found = words(text[:LONGEST_TEXT])
    intent = _recognize(text, found, language)
    if intent.name is not None:
        return intent
    bare = _without(found, grammar.lead, grammar.tail) or found
    if _texts(bare) in grammar.answer_no:
        return Intent("cancel", {}, text, language, _EXACT)
    prompt = cut(text, _without_lead(bare, grammar.answer_lead) or bare)
    if not prompt:
        return intent
    return Intent(question.kind, {"prompt": prompt}, text, language, _FREE)


def _recognize(text: str, found: Sequence[Word], language: str) -> Intent:
    grammar = _grammar(language)
    for run in _candidates(found, grammar):
        head = _head(run)
        joined = " ".join(_texts(head))
        if (match := grammar.match(joined)) is None:
            continue
        if _is_free(match) and grammar.refuses(joined):
            break
        whole = (*head, *run[len(head) :])
        slots = {name: _slot(text, value, whole, len(head)) for name, value in _entities(match).items()}
        return Intent(match.intent.name, slots, text, language, _FREE if _is_free(match) else _EXACT)
    return Intent(None, {}, text, language, 0.0)


@dataclass(frozen=True)
class _Grammar:
    language: str
    asked: Any
    """The templates of what we do, as hassil.Intents."""
    refused: Any
    """The templates of what only looks like it."""
    lead: Phrases
    tail: Phrases
    answer_lead: Phrases
    answer_no: Phrases

    def match(self, joined: str) -> Any:
        from hassil import recognize_best

        return recognize_best(joined, self.asked, language=self.language)

    def refuses(self, joined: str) -> bool:
        from hassil import recognize_best

        return recognize_best(joined, self.refused, language=self.language) is not None


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
        lead=_phrases(data["courtesy"]["lead"]),
        tail=_phrases(data["courtesy"]["tail"]),
        answer_lead=_phrases(data["answer"]["lead"]),
        answer_no=_phrases(data["answer"]["no"]),
    )


def _phrases(lines: Sequence[str]) -> Phrases:
    return frozenset(_texts(words(line)) for line in lines)


def _texts(run: Sequence[Word]) -> tuple[str, ...]:
    return tuple(word.text for word in run)


def _candidates(found: Sequence[Word], grammar: _Grammar) -> Iterator[Sequence[Word]]:
    """Yield the words without courtesy first, then with more and more of it ("say thank you")."""
    seen: set[tuple[int, int]] = set()
    for lead in (grammar.lead, frozenset[tuple[str, ...]]()):
        inner = _without_lead(found, lead)
        for end in _ends(inner, grammar.tail):
            begin = len(found) - len(inner)
            if end > 0 and (begin, begin + end) not in seen:
                seen.add((begin, begin + end))
                yield inner[:end]


def _ends(run: Sequence[Word], tail: Phrases) -> list[int]:
    """Return the possible ends of a run, the one without any courtesy first; emoji before nothing but courtesy go too."""
    ends = [len(run)]
    while True:
        end = ends[-1]
        while end and not run[end - 1].text[0].isalnum():
            end -= 1
        length = _longest(tail, lambda size, end=end: _texts(run[max(end - size, 0) : end]))
        if length == 0:
            return ends[:-4:-1] if len(ends) > 3 else ends[::-1]
        ends.append(end - length)


def _without(run: Sequence[Word], lead: Phrases, tail: Phrases) -> Sequence[Word]:
    inner = _without_lead(run, lead)
    return inner[: _ends(inner, tail)[0]]


def _without_lead(run: Sequence[Word], lead: Phrases) -> Sequence[Word]:
    begin = 0
    while length := _longest(lead, lambda size, begin=begin: _texts(run[begin : begin + size])):
        begin += length
    return run[begin:]


def _longest(phrases: Phrases, piece: Any) -> int:
    """Return the length of the longest of `phrases` that `piece(length)` is, 0 for none."""
    return next((size for size in range(8, 0, -1) if len(said := piece(size)) == size and said in phrases), 0)


def _head(run: Sequence[Word]) -> list[Word]:
    short = [Word(word.text[:LONGEST_WORD], word.start, word.end) for word in run[:LONGEST_MATCHED]]
    ends = list(accumulate(len(word.text) + 1 for word in short))
    return short[: bisect_right(ends, LONGEST_MATCHED)]


def _is_free(match: Any) -> bool:
    return any(entity.is_wildcard for entity in match.entities_list)


def _entities(match: Any) -> dict[str, Any]:
    """Return slot name -> (first, last) character of the matched text for free words, or a number."""
    found: dict[str, Any] = {}
    for entity in match.entities_list:
        if entity.is_wildcard:
            begin, end = entity.text_span
            style = match.entities.get("style")
            found[entity.name] = (style.text_span[0] if style else begin, end)
        elif entity.name in ("level", "by"):
            found[entity.name] = min(int(entity.value), 100)
    return found


def _slot(text: str, value: Any, run: Sequence[Word], matched: int) -> Any:
    if isinstance(value, int):
        return value
    begins = list(accumulate((len(word.text) + 1 for word in run[:matched]), initial=0))
    first, last = bisect_right(begins, value[0]) - 1, bisect_right(begins, value[1] - 1) - 1
    if last == matched - 1:
        last = len(run) - 1
    return cut(text, run[first : last + 1])
