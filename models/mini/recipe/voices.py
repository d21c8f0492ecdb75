"""The voices that Debian packages, and who says what: mostly espeak-ng, some of it by flite and festival.

These speak Russian too, by their English phones, so that the make of a voice does not tell the language.
"""

from dataclasses import replace
from random import Random

from daemon.wakewords.voices import Voice

ACCENTS = {  # "en" is the British one, which the program also knows as en-gb
    "en": [
        *(["en-us"] * 5),
        *(["en"] * 4),
        *("en-gb-scotland", "en-gb-x-rp", "en-gb-x-gbclan", "en-gb-x-gbcwmd", "en-029", "en-us-nyc"),
    ],
    "ru": [*(["ru"] * 6), "ru-lv"],
}
PLAIN = ["", "", "", *(f"+m{number}" for number in range(1, 9)), *(f"+f{number}" for number in range(1, 6))]
_CHARACTERS = """
    adam Alex Alicia Andrea Andy Annie aunty belinda benjamin boris caleb david Denis ed edward Gene Gene2
    gustave grandpa grandma Henrique Hugo iven iven2 Jacky john kaukovalta klatt klatt2 klatt4 Lee linda
    marcelo Marco Mario max Michael michel miguel Mike norbert pablo paul pedro quincy rob robert robosoft3
    sandro shelby steph steph3 travis Tweaky victor zac
"""
CHARACTERS = [f"+{name}" for name in _CHARACTERS.split()]
STRANGERS = [
    *(Voice("flite", name) for name in ("awb", "slt", "kal16") for _ in range(3)),
    *(Voice("festival", name) for name in ("kal_diphone", "ked_diphone", "cmu_us_slt_arctic_hts")),
]
"""festival's come less often: it is started anew for every sentence."""
STRANGE = 0.3
"""Share of either language that is not espeak-ng's."""
UNSEEN = {"en": Voice("flite", "rms"), "ru": Voice("festival", "msu_ru_nsh_clunits")}
"""Never in training."""


def pick(language: str, draw: Random) -> Voice:
    """Return a voice; espeak-ng's plain ones come more often than its characters."""
    if draw.random() < STRANGE:
        return replace(draw.choice(STRANGERS), accent="" if language == "en" else language)
    variants = PLAIN if draw.random() < 0.65 else CHARACTERS
    return Voice("espeak-ng", draw.choice(ACCENTS[language]) + draw.choice(variants))
