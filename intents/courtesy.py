"""Politeness at either end of a request: "could you please ...", "... если не трудно"."""

from collections.abc import Iterable, Iterator, Sequence

from intents.normalize import Word, words

Phrases = frozenset[tuple[str, ...]]
"""Phrases as tuples of normalised words."""

_LONGEST = 8
"""Words of the longest phrase."""


def phrases(lines: Iterable[str]) -> Phrases:
    """Return lines of text as phrases."""
    return frozenset(texts(words(line)) for line in lines)


def texts(run: Sequence[Word]) -> tuple[str, ...]:
    """Return the normalised texts of a run of words."""
    return tuple(word.text for word in run)


def readings(run: Sequence[Word], lead: Phrases, tail: Phrases) -> Iterator[Sequence[Word]]:
    """Yield the run without courtesy first, then with some and all of it, for it may be meant ("say thank you")."""
    for begin in _begins(run, lead):
        for end in _ends(run, tail):
            if begin < end:
                yield run[begin:end]


def without_lead(run: Sequence[Word], lead: Phrases) -> Sequence[Word]:
    """Return the run without the phrases it begins with."""
    return run[_begins(run, lead)[0] :]


def _begins(run: Sequence[Word], lead: Phrases) -> list[int]:
    """Return where the run may begin: after all opening courtesy, before its last two phrases, at its start."""
    begins = [0]
    while True:
        begin = begins[-1]
        length = next((size for size in _sizes(len(run) - begin) if texts(run[begin : begin + size]) in lead), 0)
        if not length:
            return sorted({begins[0], *begins[-3:]}, reverse=True)
        begins.append(begin + length)


def _ends(run: Sequence[Word], tail: Phrases) -> list[int]:
    """Return where the run may end: before all closing courtesy and emoji in it, before its last phrase, after it."""
    ends = [len(run)]
    while True:
        end = ends[-1]
        while end and not run[end - 1].text[0].isalnum():
            end -= 1
        length = next((size for size in _sizes(end) if texts(run[end - size : end]) in tail), 0)
        if not length:
            return sorted({ends[0], *ends[-2:]})
        ends.append(end - length)


def _sizes(most: int) -> range:
    return range(min(most, _LONGEST), 0, -1)
