"""A prompt translated by a server that speaks OpenAI's chat API: llama.cpp, Ollama, LocalAI, or one elsewhere."""

import json
import re
import time
from collections.abc import Callable, Mapping
from typing import Any

from daemon.errors import EngineError
from daemon.remote import key
from daemon.remote.exchange import Asked, Reply, exchange
from daemon.remote.place import place
from daemon.translation.options import TranslateOptions
from daemon.translation.writing import written_in

SYSTEM = (
    "You translate descriptions of pictures from Russian into English. "
    "Answer with the English description only, on one line: no quotes, no explanation, nothing added or left out."
)
MOST_TOKENS, MOST = 400, 1 << 20
LONGEST, FACTOR = 200, 3
"""A translation has at most so many characters, and so many for each of the prompt's."""
_THOUGHT = re.compile(r"<think>.*?(?:</think>|\Z)", re.DOTALL)
_LABEL = re.compile(r"^(?:(?:english )?translation|english|перевод)\s*:\s*", re.IGNORECASE)
QUOTES = " \t\"'`“”„«»*"


def translate(prompt: str, options: TranslateOptions, watch: Callable[[], None]) -> str:
    """Return `prompt` in English. `watch` is called while it waits, what it raises ends it.

    Raises EngineError `translate.refused`, `translate.garbage`, `remote.*`.
    """
    server = place(str(options.base_url))
    shown = key.read(options.key_file)
    deadline = time.monotonic() + options.timeout
    fields = question(prompt, options.model)
    for _ in range(3):
        headers = {"Content-Type": "application/json", **key.headers(shown)}
        asked = Asked("POST", server, "/chat/completions", headers, json.dumps(fields).encode(), reach=server.reach)
        reply = exchange(asked, most=MOST, deadline=deadline, watch=watch)
        if reply.status == 200:  # noqa: PLR2004
            return sanitised(_content(reply, server.host), prompt, server.host)
        told = key.without(reply.body.decode("utf-8", "replace"), shown)
        if reply.status != 400 or (changed := without_complaint(fields, told)) is None:  # noqa: PLR2004
            break
        fields = changed
    raise EngineError("translate.refused", host=server.host, why=f"HTTP {reply.status}")


def question(prompt: str, model: str) -> dict[str, Any]:
    """Return what is asked: always the same of the same prompt."""
    said = [{"role": "system", "content": SYSTEM}, {"role": "user", "content": prompt}]
    return {"model": model, "messages": said, "temperature": 0, "max_tokens": MOST_TOKENS, "stream": False}


def without_complaint(fields: Mapping[str, Any], told: str) -> dict[str, Any] | None:
    """Return the fields without the one that a server complains of (newer models of OpenAI name one otherwise)."""
    if "max_tokens" in fields and "max_tokens" in told:
        return {name: value for name, value in fields.items() if name != "max_tokens"} | {
            "max_completion_tokens": MOST_TOKENS
        }
    if "temperature" in fields and "temperature" in told:
        return {name: value for name, value in fields.items() if name != "temperature"}
    return None


def sanitised(told: str, prompt: str, host: str) -> str:
    """Return the translation of what a model said. Raises EngineError `translate.garbage` where that is none."""
    lines = [line.strip() for line in _THOUGHT.sub("", told).splitlines() if line.strip()]
    line = "".join(sign if sign.isprintable() else " " for sign in lines[0]) if lines else ""
    text = " ".join(_LABEL.sub("", line.strip(QUOTES)).strip(QUOTES).split()).rstrip(".")
    usable = re.search("[a-z]", text, re.IGNORECASE) and written_in(text) == "en"
    if not usable or len(text) > LONGEST + FACTOR * len(prompt):
        raise EngineError("translate.garbage", host=host)
    return text


def _content(reply: Reply, host: str) -> str:
    try:
        content = json.loads(reply.body)["choices"][0]["message"]["content"]
    except (ValueError, LookupError, TypeError, RecursionError) as error:
        raise EngineError("translate.garbage", host=host) from error
    return content if isinstance(content, str) else ""
