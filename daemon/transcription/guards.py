"""What Whisper says when nobody spoke, or when it is caught in a loop: recognised here. Pure."""

import re
import zlib
from functools import cache

from daemon.transcription.decoding import Decoding
from intents.tables import read

WORST_COMPRESSION, WORST_LOGPROB, WORST_SILENCE = 2.4, -1.0, 0.6
"""The limits of OpenAI's own transcribe()."""
DOUBTFUL_SILENCE, DOUBTFUL_LOGPROB = 0.3, -0.7
LOOPS = {1: 6, 2: 4, 3: 3, 4: 3, 5: 3, 6: 3, 7: 3, 8: 3}
"""Words in a phrase: how many times in a row make a loop. "No, no, no, no" is speech."""


def dubious(decoding: Decoding) -> bool:
    """Say whether a decoding is worth another try, with more context or a wider search."""
    return (
        not decoding.ended
        or compression(decoding.text) > WORST_COMPRESSION
        or decoding.logprob < WORST_LOGPROB
        or looping(decoding.text)
    )


def invented(decoding: Decoding) -> bool:
    """Say whether a text is no speech: made up out of silence or noise, a stock phrase of subtitles, a loop."""
    if not bare(decoding.text):
        return True
    unsure = decoding.silence > DOUBTFUL_SILENCE or decoding.logprob < DOUBTFUL_LOGPROB
    return (
        (decoding.silence > WORST_SILENCE and decoding.logprob < WORST_LOGPROB)
        or compression(decoding.text) > WORST_COMPRESSION
        or looping(decoding.text)
        or stock(decoding.text, unsure=unsure)
    )


def stock(text: str, *, unsure: bool) -> bool:
    """Say whether the whole text is a phrase that Whisper has learnt from subtitles, in English or Russian.

    `unsure` adds phrases that people say too ("thank you").
    """
    said = bare(text)
    table = _stock()
    return (
        said in table["whole"]
        or said.startswith(tuple(f"{phrase} " for phrase in table["beginnings"]))
        or said in table["beginnings"]
        or (unsure and said in table["doubtful"])
    )


def looping(text: str) -> bool:
    """Say whether a phrase of one to eight words comes again and again without a break."""
    words = bare(text).split()
    for size, times in LOOPS.items():
        same = 0
        for word, later in zip(words, words[size:], strict=False):
            same = same + 1 if word == later else 0
            if same >= size * (times - 1):
                return True
    return False


def compression(text: str) -> float:
    """Return by how much zlib shrinks the text: above 2.4 it repeats itself."""
    data = text.encode()
    return len(data) / len(zlib.compress(data)) if data else 0.0


def bare(text: str) -> str:
    """Return the words alone: lower case, without punctuation, ё as е."""
    return " ".join(re.findall(r"[^\W_]+(?:['’\-][^\W_]+)*", text.casefold().replace("ё", "е")))


@cache
def _stock() -> dict[str, frozenset[str]]:
    return {name: frozenset(bare(phrase) for phrase in phrases) for name, phrases in read(__package__, "stock").items()}
