"""From a prompt, English or Russian, to what is to be drawn. Pure."""

import re
import unicodedata

from daemon.errors import EngineError
from daemon.scene.lemma import tokens
from daemon.scene.model import Request
from daemon.scene.reading import Reader
from daemon.scene.wording import WORDS, choose, wordings


def clean(prompt: str) -> str:
    """Return `prompt` on one line, without control characters. Raises EngineError `scene.empty_prompt`."""
    text = unicodedata.normalize("NFC", prompt)
    text = "".join(" " if unicodedata.category(char) in {"Cc", "Cs", "Zl", "Zp"} else char for char in text)
    text = re.sub(r"\s+", " ", text).strip()
    if not text:
        raise EngineError("scene.empty_prompt")
    return text


def parse(prompt: str) -> Request:
    """Understand a prompt. Raises EngineError `scene.empty_prompt`."""
    reader = Reader()
    words = wordings(tokens(clean(prompt), WORDS))
    meaning = None
    for place, word in enumerate(words):
        following = words[place + 1] if place + 1 < len(words) else None
        meaning = choose(word, following, meaning)
        reader.read(word, meaning)
    return reader.request()
