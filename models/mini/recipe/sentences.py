"""Random sentences as they are said to Kombain: our grammar's, scenes, free speech, words without sense, letters.

Texts are lower case without stops, numbers in words, as the model will write them (`transcript`); `spoken` is what the
voice reads.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

from intents.tables import table
from models.mini.recipe.words import WORDS, Noun, Words, adjective, morph

LANGUAGES = ("en", "ru")
LONGEST_WORDS = 16
_CONTRACTED = """
    i'm i'd i've you're you'd you've he's she's it's we're we've we'd they're they'd let's don't doesn't
    didn't can't couldn't won't wouldn't isn't aren't wasn't haven't hasn't shouldn't mustn't what's that's
    there's where's who's how's i'll you'll o'clock today's valentine's
"""
CONTRACTED = {word.replace("'", ""): word for word in _CONTRACTED.split()}
SHARES = {
    "request": 0.30,
    "drawing": 0.20,
    "aside": 0.06,
    "scene": 0.08,
    "free": 0.14,
    "shuffled": 0.14,
    "named": 0.05,
    "letters": 0.03,
}


@dataclass(frozen=True)
class Maker:
    """Makes sentences of one language."""

    language: str
    words: Words
    phrases: dict[str, Any]
    intents: dict[str, list[Any]]
    rules: dict[str, Any]
    lists: dict[str, Any]
    lead: list[str]
    tail: list[str]
    refused: list[Any]

    def sentence(self, draw: Random) -> str:
        """Return a random sentence, ё where it is spoken."""
        (kind,) = draw.choices(list(SHARES), list(SHARES.values()))
        make: Callable[[Random], str] = getattr(self, kind)
        return self.finished(make(draw))

    def finished(self, text: str) -> str:
        """Return `text` with apostrophes, in words alone, at most LONGEST_WORDS of them."""
        if self.language == "en":
            text = " ".join(CONTRACTED.get(word, word) for word in text.split())
        text = text.replace("%", {"en": "percent", "ru": "процентов"}[self.language]).replace("-", " ")
        return " ".join(text.split()[:LONGEST_WORDS])

    # our grammar

    def request(self, draw: Random) -> str:
        """Return a sentence of our grammar, often with courtesy around it."""
        name = draw.choice(sorted(self.intents))
        return self._courteous(draw, self._expand(draw.choice(self.intents[name]), draw))

    def drawing(self, draw: Random) -> str:
        """Return a wish for a picture or a clip: what people say most."""
        if draw.random() < 0.6:
            return self._courteous(
                draw, self._filled(draw.choice(self.phrases["wishes"]), draw, self.scene), often=0.15
            )
        name = draw.choice(["draw", "draw", "clip"])
        return self._courteous(draw, self._expand(draw.choice(self.intents[name]), draw), often=0.15)

    def aside(self, draw: Random) -> str:
        """Return what only looks like a request."""
        return self._expand(draw.choice(self.refused), draw)

    def _courteous(self, draw: Random, text: str, often: float = 0.3) -> str:
        before = draw.choice(self.lead) if draw.random() < often else ""
        after = draw.choice(self.tail) if draw.random() < often / 3 else ""
        return f"{before} {text} {after}"

    def _expand(self, expression: Any, draw: Random) -> str:
        from hassil.expression import Alternative, Group, ListReference, RuleReference, Sentence, TextChunk

        match expression:
            case Sentence():
                return self._expand(expression.expression, draw)
            case TextChunk():
                return str(expression.original_text)
            case Alternative() if expression.is_optional and draw.random() < 0.75:
                return ""
            case Alternative():
                return self._expand(draw.choice(expression.items), draw)
            case Group():
                return "".join(self._expand(item, draw) for item in expression.items)
            case RuleReference():
                return self._expand(self.rules[expression.rule_name], draw)
            case ListReference():
                return self._listed(expression.list_name, draw)
        raise TypeError(type(expression))

    def _listed(self, name: str, draw: Random) -> str:
        match self.lists[name]:
            case {"range": {"from": low, "to": high}}:
                return number(draw.randint(low, high), self.language)
            case {"values": values}:
                value = draw.choice(values)
                text = str(value["in"] if isinstance(value, dict) else value).replace("3d", "three d")
                return re.split(r"\|", text, maxsplit=1)[0].strip("[]()")
        if name == "text":
            return self.free(draw)
        return draw.choice(self.words.adjectives) if name in {"manner", "style"} else self.scene(draw)

    # speech of other kinds

    def thing(self, draw: Random, case: str = "nomn") -> str:
        """Return a thing with its qualities."""
        noun = draw.choice(self.words.things if draw.random() < 0.5 else self.words.nouns)
        return self._english(noun, draw) if self.language == "en" else self._russian(noun, draw, case)

    def _english(self, noun: Noun, draw: Random) -> str:
        many = draw.random() < 0.25
        qualities = [draw.choice(self.words.adjectives) for _ in range(draw.choice([0, 0, 1, 1, 2]))]
        words = [*qualities, noun.forms["nomn"][many]]
        few = [number(draw.randint(2, 12), "en"), *self.phrases["few"]]
        first = draw.choice(few) if many else draw.choice(["a", "the", "a", "one", "my"])
        return " ".join(["an" if first == "a" and words[0][0] in "aeiou" else first, *words])

    def _russian(self, noun: Noun, draw: Random, case: str) -> str:
        many = draw.random() < 0.25
        counted = many and case in {"nomn", "accs"} and draw.random() < 0.4
        if counted:
            case = "gent"
        gender = None if many else noun.gender
        qualities = [
            adjective(draw.choice(self.words.adjectives), gender, case, alive=noun.alive)
            for _ in range(draw.choice([0, 0, 1, 1, 2]))
        ]
        return " ".join([*([draw.choice(self.phrases["few"])] if counted else []), *qualities, noun.forms[case][many]])

    def scene(self, draw: Random) -> str:
        """Return things in a place."""
        text = self.thing(draw, "accs")
        places = self.phrases["places"]
        for _ in range(draw.choice([0, 0, 1, 1, 2])):
            word = draw.choice(list(places))
            text += f" {word} {self.thing(draw, places[word] if self.language == 'ru' else 'nomn')}"
        return text

    def free(self, draw: Random) -> str:
        """Return a plain sentence about things."""
        return self._filled(draw.choice(self.phrases["free"]), draw, lambda draw: self.thing(draw, "accs"))

    def _filled(self, form: str, draw: Random, thing: Callable[[Random], str]) -> str:
        words = self.words
        fill: dict[str, Callable[[], str]] = {
            "t": lambda: thing(draw),
            "s": lambda: self.thing(draw),
            "g": lambda: self.thing(draw, "gent"),
            "i": lambda: self.thing(draw, "ablt"),
            "x": lambda: draw.choice(words.nouns).forms["nomn"][0],
            "a": lambda: draw.choice(words.adjectives),
            "v": lambda: draw.choice(words.verbs),
            "n": lambda: draw.choice(words.names),
            "c": lambda: draw.choice(words.places),
            "d": lambda: draw.choice(self.phrases["days"].split()),
            "p": lambda: draw.choice(list(self.phrases["places"])),
            "num": lambda: number(draw.randint(1, 60), self.language),
        }
        return re.sub(r"\{(\w+)\}", lambda found: fill[found[1]](), form)

    def shuffled(self, draw: Random) -> str:
        """Return common words in any order; commoner ones come more often."""
        common = self.words.common
        return " ".join(common[int(len(common) * draw.random() ** 1.5)] for _ in range(draw.randint(1, 8)))

    def named(self, draw: Random) -> str:
        """Return names, places, and numbers."""
        picks = [
            lambda: draw.choice(self.words.names),
            lambda: draw.choice(self.words.places),
            lambda: number(int(10 ** draw.uniform(0, 3.5)), self.language),
        ]
        return " ".join(draw.choice(picks)() for _ in range(draw.randint(1, 4)))

    def letters(self, draw: Random) -> str:
        """Return letters, spelled one by one."""
        return " ".join(draw.choice(self.phrases["letters"]) for _ in range(draw.randint(1, 6)))


def transcript(text: str) -> str:
    """Return what the model is to write."""
    return text.replace("ё", "е")


def spoken(text: str, language: str) -> str:
    """Return what the voice is to read: ё where the grammar has е, letters spelled."""
    if language == "ru":
        return " ".join(_with_yo(word) for word in text.split())
    return " ".join(word.upper() if len(word) == 1 and word != "a" else word for word in text.split())


@cache
def _with_yo(word: str) -> str:
    if "е" not in word:
        return word
    parse = morph().parse(word)[0]
    return str(parse.word) if parse.is_known and parse.word.replace("ё", "е") == word else word


@cache
def _rbnf(language: str) -> Any:
    from unicode_rbnf import RbnfEngine

    return RbnfEngine.for_language(language)


@cache
def number(value: int, language: str) -> str:
    """Return a number in words."""
    return str(_rbnf(language).format_number(value).text).replace("-", " ").replace("\u00ad", "")


@cache
def maker(language: str) -> Maker:
    """Read the grammar and the words of a language, once."""
    from hassil import Intents, parse_sentence
    from ruamel.yaml import YAML

    data = table(f"sentences/{language}")
    keys = ("lists", "expansion_rules", "intents")
    found = Intents.from_dict({"language": language, **{key: data[key] for key in keys}})
    return Maker(
        language,
        WORDS[language](),
        YAML(typ="safe", pure=True).load(Path(__file__).with_name("phrases.yaml").read_text("utf-8"))[language],
        {
            name: [sentence for one in intent.data for sentence in one.sentences]
            for name, intent in found.intents.items()
        },
        dict(found.expansion_rules),
        data["lists"],
        list(data["courtesy"]["lead"]),
        list(data["courtesy"]["tail"]),
        [parse_sentence(text) for text in data["refused"]],
    )
