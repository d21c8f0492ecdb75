"""A wake phrase as it is typed: whether it can be one, what its model is called, how speech to text may write it. Pure.

"эй, комбайн" is also written «комбайн», «хей комбайн», "hey kombain" and "ey kombayn" by a Whisper that takes it for
the other language or misses its first half; all of these are cut off the transcript.
"""

import re
import unicodedata
from collections.abc import Sequence

from daemon.errors import ConfigError
from intents.normalize import normalize
from intents.tables import table

LONGEST = 80
"""Characters."""
NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
CYRILLIC = dict(
    zip(
        "абвгдезийклмнопрстуфхцчшщыэюяіїєґў",
        "a b v g d e z i y k l m n o p r s t u f h ts ch sh sch y e yu ya i yi ye g w".split(),  # noqa: SIM905 - it reads better
        strict=True,
    )
) | {"ё": "yo", "ж": "zh", "ъ": "", "ь": ""}
LATIN = [
    *(("sch", "щ"), ("sh", "ш"), ("ch", "ч"), ("zh", "ж"), ("ts", "ц"), ("kh", "х"), ("ph", "ф"), ("th", "т")),
    *(("ee", "и"), ("oo", "у"), ("yo", "ё"), ("yu", "ю"), ("ya", "я"), ("ay", "ай"), ("ey", "ей"), ("ck", "к")),
    *zip("abcdefghijklmnopqrstuvwxyz", "а б к д е ф г х и дж к л м н о п к р с т у в в кс й з".split(), strict=True),  # noqa: SIM905
]
SIGN = {"N": "phrase_digits", "S": "phrase_signs", "C": "phrase_signs"}
"""What is wrong with a phrase that has characters of these Unicode categories."""


def checked(phrase: str) -> str:
    """Return the phrase without needless space. Raises ConfigError for what no wake phrase can be."""
    phrase = " ".join(phrase.split())
    if not any(sign.isalpha() for sign in phrase):
        kinds = {unicodedata.category(sign)[0] for sign in phrase}
        code = "phrase_digits" if "N" in kinds else "phrase_signs" if "S" in kinds else "phrase_empty"
        raise ConfigError(f"wake_train.{code}", phrase=phrase)
    for sign in phrase:
        if code := SIGN.get(unicodedata.category(sign)[0], ""):
            raise ConfigError(f"wake_train.{code}", phrase=phrase)
    if len(phrase) > LONGEST:
        raise ConfigError("wake_train.phrase_long", most=LONGEST)
    return phrase


def name_of(phrase: str) -> str:
    """Return a name for the phrase's model: "эй, комбайн" is ey_kombayn."""
    plain = unicodedata.normalize("NFKD", _latin(normalize(phrase))).encode("ascii", "ignore").decode()
    name = re.sub(r"[^a-z0-9]+", "_", plain).strip("_")[:40].rstrip("_")
    return name if NAME.fullmatch(name) else "my_word"


def check_name(name: str, taken: Sequence[str]) -> str:
    """Return the name of a model. Raises ConfigError for one that is no file's name, or another word's."""
    if not NAME.fullmatch(name):
        raise ConfigError("wake_train.name", name=name)
    if name in taken:
        raise ConfigError("wake_train.name_taken", name=name)
    return name


def spellings(phrases: Sequence[str]) -> list[str]:
    """Return the ways in which speech to text may write the phrases, normalised, in either script."""
    greetings = sorted({greeting for word in table("wake").values() for greeting in word["greetings"]})
    found: list[str] = []
    for phrase in map(normalize, phrases):
        first, _, rest = phrase.partition(" ")
        names = _both_scripts(rest if rest and first in greetings else phrase)
        found += [*_both_scripts(phrase), *names]
        found += [f"{greeting} {name}" for greeting in greetings for name in names]
    return list(dict.fromkeys(found))


def _both_scripts(text: str) -> list[str]:
    return list(dict.fromkeys(normalize(one) for one in (text, _latin(text), _cyrillic(text))))


def _latin(text: str) -> str:
    return "".join(CYRILLIC.get(sign, sign) for sign in text.lower())


def _cyrillic(text: str) -> str:
    for latin, cyrillic in LATIN:
        text = text.replace(latin, cyrillic)
    return text
