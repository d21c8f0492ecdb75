"""A clause put into the order of English: who first, then what they do, then where and when. Pure.

«Ночью под деревом спит лиса» is a fox sleeping under a tree at night. Cases say who does it, not the order.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from daemon.translation.english import with_article
from daemon.translation.group import ALL, BEFORE, Group, agrees, read, write
from daemon.translation.words import Word, listed, own

GOVERNS = {
    "с": "ablt gent", "со": "ablt gent", "в": "loct accs", "во": "loct accs", "на": "loct accs", "под": "ablt accs",
    "за": "ablt accs", "над": "ablt", "перед": "ablt", "между": "ablt gent", "к": "datv", "ко": "datv", "по": "datv",
    "о": "loct", "об": "loct", "при": "loct", "через": "accs", "сквозь": "accs", "про": "accs",
}  # fmt: skip
"""The cases that prepositions want, likeliest first; all others want the genitive."""
MOVING = {("в", "accs"): "into", ("на", "accs"): "onto", ("с", "gent"): "from", ("со", "gent"): "from"}
PLAIN = {"conjunction": "and", "phrase": "where", "which": "which"}
CLOSE = {"with", "without", "made of", "from"}
"""What these begin belongs to the noun before it, not to the deed."""


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a clause: its kind (who, where, does, and, which, else), its English, and what it was made of."""

    kind: str
    text: str
    group: Group | None = None
    full: bool = False
    """A deed that has its preposition already, as "looking at"."""

    @property
    def may_act(self) -> bool:
        """Tell whether it can be the subject."""
        return self.kind == "who" and self.group is not None and "nomn" in self.group.cases


def english(words: Sequence[Word]) -> str | None:
    """Return a clause in English; None where it is beyond these rules."""
    parts = _parts(words)
    if parts is None:
        return None
    which = next((at for at, part in enumerate(parts) if part.kind == "which"), len(parts))
    arranged = [*_arranged(parts[:which]), *_given(parts[which:])]
    return " ".join(part.text for part in arranged if part.text)


def _parts(words: Sequence[Word]) -> list[Part] | None:
    found: list[Part] = []
    at = 0
    while at < len(words):
        word = words[at]
        done: tuple[Part, int] | None
        if word.kind == "preposition":
            done = _where(words, at)
            if done is None:
                return None
        elif (group := read(words, at)) is not None:
            done = _who(_likeliest(group[0], found), found), group[1]
        elif word.participle and not any(part.kind == "who" for part in found):
            return _moved(words, at, found)
        elif word.kind in {"verb", "past"}:
            done = _does(words, at)
        else:
            done = Part(PLAIN.get(word.kind, "else"), word.text), at + 1
        part, at = done
        found.append(part)
    return found


def _likeliest(group: Group, found: Sequence[Part]) -> Group:
    """Return a noun as what it likeliest is here: a doer, or behind a deed whose doer was named whom it is done to."""
    if not (found and found[-1].kind == "does" and any(part.may_act or part.kind == "which" for part in found)):
        return group.among(frozenset({"nomn"}))
    done_to = group.among(frozenset({"accs"}))
    return done_to if done_to.cases == {"accs"} else group.among(ALL - {"nomn", "gent"})


def _who(group: Group, found: Sequence[Part]) -> Part:
    """Read a noun without a preposition: a doer, whom it is done to, what it is done with, to whom, when."""
    before = found[-1] if found else None
    text = write(group, there=before is not None and before.full)
    if group.cases <= {"ablt"}:
        if group.noun.text in listed("times"):
            return Part("where", "on " + with_article(write(group), "", (), ()))
        if before and not before.full and before.text not in listed("transitive"):
            return Part("where", f"with {text}", group)
    if before and group.cases <= {"datv", "loct"} and before.text not in listed("transitive") and not before.full:
        return Part("to", f"to {text}", group)
    return Part("who", text, group)


def _where(words: Sequence[Word], at: int) -> tuple[Part, int] | None:
    """Read a preposition and its noun; more than one where "and" joins them."""
    word = words[at]
    cases = frozenset(GOVERNS.get(word.russian, "gent").split())
    done = read(words, at + 1, cases)
    if done is None:
        alone = word.text.endswith(" of") or word.text in listed("alone")
        return (Part("where", word.text.removesuffix(" of")), at + 1) if alone else None
    group, end = done
    ranked = [case for case in GOVERNS.get(word.russian, "gent").split() if case in group.cases]
    case = ranked[0] if ranked else ""
    group = group.among(frozenset({case})) if case else group
    text = f"{_preposition(word, case, group)} {write(group, there=True)}"
    while end < len(words) and words[end].kind == "conjunction":
        more = read(words, end + 1, frozenset({case}))
        if more is None or case not in more[0].cases or "nomn" in more[0].cases:
            break
        text, end = f"{text} {words[end].text} {write(more[0])}", more[1]
    return Part("where", text, group), end


def _preposition(word: Word, case: str, group: Group) -> str:
    """Return the preposition that this noun wants: in the sky, along the street, at a table."""
    noun = group.noun.text
    plain = MOVING.get((word.russian, case), word.text)
    for better, rows in own()["instead"].items():
        if noun in {name.strip() for name in rows.get(word.russian, "").split(",")}:
            return str(better)
    if plain == "from" and word.russian == "из":
        return "made of" if noun in listed("mass") and noun not in listed("the") else "from"
    return plain


def _does(words: Sequence[Word], at: int) -> tuple[Part, int]:
    word = words[at]
    follows = read(words, at + 1)
    text = word.text
    if word.kind == "past" and not (follows and "ablt" in follows[0].cases):
        text = text.removesuffix(" with").removesuffix(" by")
    if word.kind == "past" and follows and "ablt" in follows[0].cases:
        preposition = "" if text.endswith((" with", " by")) else " with"
        group = follows[0].among(frozenset({"ablt"}))
        return Part("does", f"{text}{preposition} {write(group)}", None), follows[1]
    return Part("does", text, full=" " in word.russian), at + 1


def _moved(words: Sequence[Word], at: int, before: Sequence[Part]) -> list[Part] | None:
    """Put «сидящий на ветке» behind the noun that it describes: the next one that agrees with it."""
    participle = words[at]
    start = next((end for end in range(at + 1, len(words)) if agrees(words[end], participle)), len(words))
    while start > at + 1 and words[start - 1].kind in BEFORE:
        start -= 1
    deed, end = _does(words[:start], at)
    group, inner = read(words, start, described=participle), _parts(words[end:start])
    if inner is None or group is None:
        return None if inner is None else [*before, deed, *inner]
    rest = _parts(words[group[1] :])
    return None if rest is None else [*before, Part("who", write(group[0]), group[0]), deed, *inner, *rest]


def _arranged(parts: Sequence[Part]) -> list[Part]:
    """Put the subject first and what was said before it behind what it does."""
    subject = next((at for at, part in enumerate(parts) if part.may_act), None)
    if subject is None or not any(part.kind in {"where", "does", "who"} for part in parts[:subject]):
        return _given(parts)
    lead, end = list(parts[:subject]), subject + 1
    named = any(part.kind == "who" for part in lead) and not any(part.kind == "does" for part in lead)
    if named or any(part.kind in {"and", "else"} for part in lead):
        return _given(parts)
    while end < len(parts) and (_joined(parts, end) or _close(parts[end])):
        end += 2 if parts[end].kind == "and" else 1
    deeds = sorted((part for part in lead if part.kind != "where"), key=lambda part: part.kind != "does")
    places = sorted((part for part in lead if part.kind == "where"), key=lambda part: part.group is None)
    return _given([*parts[subject:end], *deeds, *parts[end:], *places])


def _joined(parts: Sequence[Part], at: int) -> bool:
    return parts[at].kind == "and" and at + 1 < len(parts) and parts[at + 1].may_act


def _close(part: Part) -> bool:
    return part.kind == "where" and part.text.startswith(tuple(f"{word} " for word in CLOSE))


def _given(parts: Sequence[Part]) -> list[Part]:
    """Put whom something is given to behind what is given."""
    found = list(parts)
    for at, part in enumerate(found[:-1]):
        if part.kind == "to" and found[at + 1].kind == "who":
            found[at], found[at + 1] = found[at + 1], part
    return found
