"""A noun with its number, adjectives and genitives: read by the agreement of words, written in English.

«Три рыжих котёнка» is three ginger kittens, «хвост лисы» a fox's tail. Pure.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from daemon.scene.lemma import Reading
from daemon.translation.english import plural, with_article
from daemon.translation.words import Word, listed

ALL = frozenset({"nomn", "gent", "datv", "accs", "ablt", "loct"})
NOUN, BEFORE = "noun", {"adjective", "degree", "number"}


@dataclass(frozen=True, slots=True)
class Group:
    """A noun and what belongs to it."""

    noun: Word
    readings: tuple[Reading, ...]
    """What the noun may be, as far as its adjectives agree; never empty but for words of no case."""
    count: str = ""
    adjectives: tuple[str, ...] = ()
    of: "Group | None" = None
    """Whose or of what it is: the genitive behind it."""

    @property
    def cases(self) -> frozenset[str]:
        """Return the cases it may be in."""
        return frozenset(one.case for one in self.readings) or ALL

    def among(self, cases: frozenset[str]) -> "Group":
        """Return it as one that is in one of these cases, where it can be."""
        kept = tuple(one for one in self.readings if one.case in cases)
        return replace(self, readings=kept) if kept else self

    @property
    def several(self) -> bool:
        """Tell whether it is more than one."""
        if self.count:
            return self.count not in {"one", "1"}
        return bool(self.readings) and self.readings[0].number == "plur"


def read(
    words: Sequence[Word], at: int, cases: frozenset[str] = ALL, described: Word | None = None
) -> tuple[Group, int] | None:
    """Return the group that begins at `at`, in one of `cases`, and where it ends; None where there is none.

    It agrees with the word by which it is `described` elsewhere.
    """
    end = at
    while end < len(words) and (words[end].kind in BEFORE or describes(words, end)):
        end += 1
    if end == len(words) or words[end].kind != NOUN:
        return None
    noun, before = words[end], words[at:end]
    end += 1
    while end < len(words) and words[end].kind == "adjective" and _follows(words, end, noun):
        before = [*before, words[end]]
        end += 1
    counts = [word.text for word in before if word.kind == "number"]
    agreeing = _agreeing(noun, [*before, described] if described else before)
    found = Group(noun, agreeing, counts[0] if counts else "", _ordered(before)).among(cases)
    if counts and found.readings:
        found = replace(found, readings=tuple(_counted(one, cases) for one in found.readings))
    belongs = read(words, end)
    if belongs and "gent" in belongs[0].cases and not (words[end].kind == "number" and "nomn" in belongs[0].cases):
        return replace(found, of=belongs[0].among(frozenset({"gent"}))), belongs[1]
    return found, end


def _counted(one: Reading, cases: frozenset[str]) -> Reading:
    """Return a counted noun in the case of all of it: «пять котов» is who or whom, whatever «котов» is."""
    return replace(one, case="nomn" if "nomn" in cases else next(iter(sorted(cases)))) if one.case == "gent" else one


def describes(words: Sequence[Word], at: int) -> bool:
    """Tell whether a participle stands right before its noun: «спящий кот», not «спящий на диване кот»."""
    if not words[at].participle:
        return False
    rest = next((word for word in words[at + 1 :] if word.kind not in {"adjective", "degree"}), None)
    return rest is not None and rest.kind == NOUN and bool(_agreement(rest.readings, [words[at]]))


def _follows(words: Sequence[Word], at: int, noun: Word) -> bool:
    """Tell whether an adjective belongs to the noun before it: «небо голубое»."""
    ends = at + 1 == len(words) or words[at + 1].kind not in {*BEFORE, NOUN}
    return ends and bool(words[at].readings) and bool(_agreement(noun.readings, [words[at]]))


def _agreeing(noun: Word, before: Sequence[Word]) -> tuple[Reading, ...]:
    described = [word for word in before if word.kind not in {"degree", "number"} and word.readings]
    return tuple(_agreement(noun.readings, described) or noun.readings)


def _agreement(nouns: Sequence[Reading], adjectives: Sequence[Word]) -> list[Reading]:
    return [noun for noun in nouns if all(any(_agree(noun, one) for one in word.readings) for word in adjectives)]


def agrees(noun: Word, described: Word) -> bool:
    """Tell whether a word is a noun that an adjective or participle may describe."""
    return noun.kind == NOUN and bool(_agreement(noun.readings, [described]))


def _agree(noun: Reading, other: Reading) -> bool:
    if (noun.case, noun.number) != (other.case, other.number):
        return False
    return noun.number == "plur" or not other.gender or not noun.gender or noun.gender == other.gender


def _ordered(before: Sequence[Word]) -> tuple[str, ...]:
    """Return adjectives in the order that English wants: what one thinks of it, size, age, colour, matter."""
    found: list[tuple[int, str]] = []
    degree = ""
    for word in before:
        if word.kind == "degree":
            degree = f"{word.text} "
        elif word.kind != "number":
            text = word.text.removesuffix(" with").removesuffix(" by")
            found.append((_rank(text), degree + text))
            degree = ""
    return tuple(text for _, text in sorted(found, key=lambda pair: pair[0]))


def _rank(adjective: str) -> int:
    return next((place for place, name in enumerate(("opinion", "size", "plain", "age", "colour", "matter"))
                 if name != "plain" and adjective in listed(name)), 2)  # fmt: skip


def write(group: Group, *, there: bool = False) -> str:
    """Return a group in English, with its article; `there`: behind a preposition, where it is "the snow"."""
    of = group.of
    if of is None:
        return _alone(group, there=there)
    if _owns(of) and group.noun.text not in listed("collection") | listed("likeness"):
        owner = write(of)
        if of.noun.text in listed("kin") and not of.adjectives and not of.several and not of.of:
            owner = of.noun.text
        mark = "'" if owner.endswith("s") and of.several else "'s"
        return f"{owner}{mark} {_bare(group)}"
    one = not of.several and of.noun.text not in listed("mass")
    if not group.count and not group.several and group.noun.text not in listed("mass"):
        the = (
            one
            and group.noun.text not in listed("collection") | listed("likeness")
            and of.noun.text not in listed("the")
        )
        head = f"the {_bare(group)}" if the else with_article(group.noun.text, " ".join(group.adjectives), (), ())
        return f"{head} of {write(of)}"
    return f"{_alone(group, there=there)} of {write(of)}"


def _owns(of: Group) -> bool:
    return bool(of.readings) and of.readings[0].alive and of.noun.text not in listed("mass")


def _bare(group: Group) -> str:
    """Return it without an article."""
    noun = group.noun.text
    if group.several and noun not in listed("mass"):
        noun = plural(noun)
    return " ".join(filter(None, [group.count, *group.adjectives, noun]))


def _alone(group: Group, *, there: bool) -> str:
    if group.count or group.several or group.noun.text in listed("always"):
        return _bare(group)
    before = " ".join(group.adjectives)
    if any(word.endswith("'s") for word in group.adjectives):
        return _bare(group)
    the = listed("the") | (listed("there") if there else frozenset())
    return with_article(group.noun.text, before, the, listed("mass") | listed("bare"))
