"""What flite has to say, phone by phone, to speak another language than its English, with the accent one expects.

Phones are flite's (those of its US voices); the sounds come from espeak-ng, in the International Phonetic Alphabet.
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
_SOUNDS = re.compile("|".join(sorted(PHONES, key=len, reverse=True)))


def phones(ipa: str) -> str:
    """Return flite's phones for a text in IPA; a new line, which espeak-ng writes for a comma or a stop, is a pause."""
    said = []
    for line in ipa.splitlines():
        bare = "".join(sign for sign in line if unicodedata.category(sign) == "Ll")
        if found := " ".join(PHONES[sound] for sound in _SOUNDS.findall(bare)):
            said.append(found)
    return f"pau {' pau '.join(said)} pau" if said else ""
