"""What flite and festival's English voices have to say, phone by phone, to speak another language, with the accent.

Phones are those of their US voices; the sounds come from espeak-ng, in the International Phonetic Alphabet.
"""

import re
import unicodedata

PHONES = {
    "aj": "ay", "ɑj": "ay", "aɪ": "ay", "ʌj": "ay", "ej": "ey", "ɛj": "ey", "eɪ": "ey", "oj": "oy", "ɔj": "oy",
    "ɔɪ": "oy", "aw": "aw", "aʊ": "aw", "oʊ": "ow", "əʊ": "ow", "tʃ": "ch", "tɕ": "ch", "dʒ": "jh", "dʑ": "jh",
    "a": "aa", "ɑ": "aa", "ɐ": "ah", "ʌ": "ah", "ə": "ax", "ɜ": "er", "æ": "ae", "e": "eh", "ɛ": "eh", "i": "iy",
    "ɪ": "ih", "ɨ": "ih", "y": "ih", "ʏ": "ih", "o": "ow", "ɔ": "ao", "ɒ": "aa", "ɵ": "ow", "ø": "er", "œ": "er",
    "u": "uw", "ʊ": "uh", "ʉ": "uw", "ɯ": "uw", "b": "b", "β": "v", "c": "k", "ɕ": "sh", "ç": "hh", "d": "d",
    "ɖ": "d", "ð": "dh", "f": "f", "ɡ": "g", "g": "g", "ɣ": "g", "ɟ": "g", "h": "hh", "ɦ": "hh", "x": "hh", "χ": "hh",
    "j": "y", "k": "k", "q": "k", "l": "l", "ɫ": "l", "ɭ": "l", "ʎ": "l y", "m": "m", "n": "n", "ɳ": "n", "ŋ": "ng",
    "ɲ": "n y", "p": "p", "r": "r", "ɹ": "r", "ɾ": "r", "ʁ": "r", "ʀ": "r", "ɻ": "r", "s": "s", "ʂ": "sh", "ʃ": "sh",
    "t": "t", "ʈ": "t", "θ": "th", "v": "v", "ʋ": "v", "w": "w", "z": "z", "ʐ": "zh", "ʑ": "zh", "ʒ": "zh",
}  # fmt: skip
"""The nearest phone to each sound; a sound without one is left out."""
VOWELS = {
    "aa", "ae", "ah", "ao", "aw", "ax", "ay", "eh", "er", "ey", "ih", "iy", "ow", "oy", "uh", "uw",
}  # fmt: skip
_SOUNDS = re.compile("|".join(sorted(PHONES, key=len, reverse=True)))
_SOFT = re.compile("(?<![ʃʒɕʑj])ʲ(?=[aɑɐʌəæeɛoɔɵøuʊʉy])")
"""A palatalised consonant before such a vowel is said with a glide, as foreigners say it."""


def phones(ipa: str) -> str:
    """Return flite's phones for a text in IPA; a new line, which espeak-ng writes for a comma or a stop, is a pause."""
    said = [found for line in ipa.splitlines() if (found := " ".join(_phones(line)))]
    return f"pau {' pau '.join(said)} pau" if said else ""


def syllables(word: str) -> list[tuple[list[str], bool]]:
    """Return the syllables of a word in IPA, each its phones and whether it is stressed; all but the last are open."""
    before, marked, _ = word.partition("ˈ")
    stressed = sum(phone in VOWELS for phone in _phones(before)) if marked else -1
    found: list[list[str]] = []
    begun: list[str] = []
    for phone in _phones(word):
        begun.append(phone)
        if phone in VOWELS:
            found.append(begun)
            begun = []
    if begun and found:
        found[-1] += begun
    elif begun:
        found.append(begun)
    return [(one, number == stressed) for number, one in enumerate(found)]


def _phones(ipa: str) -> list[str]:
    bare = "".join(sign for sign in ipa if unicodedata.category(sign) == "Ll" or sign == "ʲ")
    said = [phone for sound in _SOUNDS.findall(_SOFT.sub("j", bare)) for phone in PHONES[sound].split()]
    return [phone for phone, before in zip(said, ["", *said], strict=False) if phone != before]
