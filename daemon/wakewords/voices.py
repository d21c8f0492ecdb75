"""The voices that speak a language here, and which of them a model may learn from.

espeak-ng has a hundred variants of each voice; variants of one make (robosoft1 to 8) go together, some makes are for
training, some for validation, some for the test only. So do the few voices of other synthesizers, where they are
installed: flite, which speaks other languages with an English accent; festival, for English and Russian.
"""

import re
import shutil
import subprocess
import unicodedata
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from typing import Literal

from daemon.errors import ConfigError, EngineError
from daemon.wakewords.misses import distance
from daemon.wakewords.sentences import Part

PROGRAM = "espeak-ng"
NO_VOICES = {"whisper", "croak", "demonic", "announcer", "unirobot", "fast", "kaukovalta"}
"""Makes that nobody sounds like."""
HELD_OUT: dict[Part, tuple[str, ...]] = {
    "test": ("klatt", "ed", "edward", "anika", "belinda", "boris", "grandma", "iven", "jacky", "miguel", "steph"),
    "validation": ("aunty", "adam", "gene", "linda", "norbert", "pedro", "sandro", "storm", "tweaky"),
}
"""Makes kept from the training; one that is not listed is for training."""
FLITE: dict[Part, tuple[str, ...]] = {"training": ("kal16", "awb", "rms"), "test": ("slt",)}
FESTIVAL: dict[tuple[str, Part], tuple[str, ...]] = {
    ("en", "training"): ("kal_diphone",),
    ("en", "test"): ("ked_diphone", "cmu_us_slt_arctic_hts"),
    ("ru", "test"): ("msu_ru_nsh_clunits",),
}
"""A person whom two synthesizers imitate (kal, slt) is in one part."""
SECONDS = 20
ALIKE, MOST = 0.34, 8
"""Share of a phrase's sounds that another language may say otherwise, and how many such languages are taken."""
FEWEST_SOUNDS = 5
""""alexa" and «алиса» have as many; "hey" has three."""


@dataclass(frozen=True, slots=True, order=True)
class Voice:
    """A voice of a synthesizer."""

    program: Literal["espeak-ng", "flite", "festival"]
    name: str
    accent: str = ""
    """The language that flite, or an English voice of festival's, is to speak by its English phones; empty: its own."""


def voices(language: str, part: Part) -> list[Voice]:
    """Return the voices of `part`. Raises EngineError without espeak-ng, ConfigError for a language it can't speak."""
    accents = _accents(language)
    makes = [make for make in _variants() if _part(make) == part]
    found = [Voice("espeak-ng", f"{accent}+{make}") for accent in accents[:4] for make in makes]
    if part == "training":
        found += [Voice("espeak-ng", accent) for accent in accents]
    return sorted(found) + _others(language, part)


def accents(phrase: str, language: str) -> tuple[str, ...]:
    """Return other languages whose voices say the phrase nearly as `language` does: foreigners, so to speak."""
    own = _sounds(phrase, _accents(language)[0])
    known = sorted(set(_files(_list(""))) - set(_accents(language)))
    with ThreadPoolExecutor() as asking:  # a hundred short programs
        said = asking.map(lambda name: _sounds(phrase, name), known)
        far = {name: distance(own, sounds) for name, sounds in zip(known, said, strict=True)}
    near = [name for name in known if far[name] <= ALIKE * len(own)]
    return tuple(sorted(near, key=lambda name: (far[name], name))[:MOST])


def _sounds(phrase: str, voice: str) -> str:
    return "".join(sign for sign in ipa(phrase, voice) if unicodedata.category(sign) == "Ll")


def ipa(text: str, voice: str) -> str:
    """Return how a voice of espeak-ng says a text, in the International Phonetic Alphabet."""
    return _output([PROGRAM, "-q", "--ipa", "-v", voice, "--", text.replace("[[", " ")])


def check_sayable(phrase: str, language: str) -> None:
    """Raise ConfigError for a phrase that is too short, or nothing at all, when it is said in the language."""
    sounds = len(_sounds(phrase, _accents(language)[0]))
    if not sounds:
        raise ConfigError("wake_train.phrase_unsayable", phrase=phrase, language=language)
    if sounds < FEWEST_SOUNDS:
        raise ConfigError("wake_train.phrase_short", phrase=phrase)


def foreign(accents: Sequence[str]) -> list[Voice]:
    """Return the training's voices of foreigners."""
    makes = [make for make in _variants() if _part(make) == "training"]
    return [Voice("espeak-ng", f"{accent}+{make}") for accent in accents for make in makes]


def _part(variant: str) -> Part:
    make = re.sub(r"\d+$", "", variant).lower()
    return next((part for part, makes in HELD_OUT.items() if make in makes), "training")


@cache
def _accents(language: str) -> list[str]:
    """Return espeak-ng's own voices of the language, that of the language itself first."""
    names = _files(_list(language))
    if not names:
        raise ConfigError("wake_train.language", language=language)
    return sorted(names, key=lambda name: name.lower() != language.lower())


def _files(rows: list[str]) -> list[str]:
    """Return the voices' files, the preferred first."""
    found = re.findall(r"^ *(\d+) .* (\w+/[-\w]+)(?= |$)", "\n".join(rows), re.MULTILINE)
    files = [file for _, file in sorted(found, key=lambda one: int(one[0])) if not file.startswith(("mb/", "!v/"))]
    return list(dict.fromkeys(file.rpartition("/")[2] for file in files))


@cache
def _variants() -> list[str]:
    names = re.findall(r"!v/(\S+)", "\n".join(_list("variant")))
    return sorted({name for name in names if re.sub(r"\d+$|f$", "", name).lower() not in NO_VOICES})


def _list(wanted: str) -> list[str]:
    if not wanted:
        return _output([PROGRAM, "--voices"]).splitlines()
    if not re.fullmatch(r"[a-z]{2,8}(-[A-Za-z0-9]{1,8})*", wanted):
        raise ConfigError("wake_train.language", language=wanted)
    return _output([PROGRAM, f"--voices={wanted}"]).splitlines()


@cache
def _others(language: str, part: Part) -> list[Voice]:
    found: list[Voice] = []
    base = language.partition("-")[0]
    if shutil.which("flite"):
        named = re.findall(r"\w+", _output(["flite", "-lv"]))
        accent = "" if base == "en" else _accents(language)[0]
        found += [Voice("flite", name, accent) for name in FLITE.get(part, ()) if name in named]
    if (wanted := FESTIVAL.get((base, part))) and shutil.which("text2wave"):
        named = re.findall(r"\w+", _output(["festival", "--batch", "(print (voice.list))"]))
        found += [Voice("festival", name) for name in wanted if name in named]
    return found


@cache
def version() -> str:
    """Return espeak-ng's own account of its version, and the other synthesizers that are here."""
    others = [program for program in ("flite", "festival") if shutil.which(program)]
    return " ".join([_output([PROGRAM, "--version"]).partition("Data")[0].strip(), *others])


def _output(command: list[str]) -> str:
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=SECONDS)
    except FileNotFoundError as error:
        raise EngineError("engine.no_espeak") from error
    except (OSError, subprocess.TimeoutExpired) as error:
        raise EngineError("engine.espeak_failed", why=str(error)) from error
    return done.stdout
