"""Says which prompts an engine can't read, and finds English for them."""

import asyncio
import threading
from collections.abc import Callable

from daemon.errors import Cancelled, EngineError
from daemon.translation import chat, table
from daemon.translation.options import TranslateOptions
from daemon.translation.writing import is_read

Reads = Callable[[str, bool], tuple[str, ...]]
"""From "picture" or "clip", and whether there is a picture to start from, to the languages that are read; none: all."""


RUSSIAN = "я"


class Translator:
    """Translates for the engines in use; `options` may be changed at any time."""

    def __init__(self, options: TranslateOptions, reads: Reads) -> None:
        self.options = options
        self._reads = reads

    def wanted(self, kind: str, prompt: str, *, from_picture: bool = False) -> bool:
        """Say whether the engine of `kind`, or the one that makes its picture first, can't read `prompt`."""
        return not is_read(prompt, self._reads(kind, from_picture))

    @property
    def needed(self) -> bool:
        """Whether an engine in use can't read Russian."""
        return any(self.wanted(kind, RUSSIAN) for kind in ("picture", "clip"))

    async def english(self, prompt: str) -> str:
        """Return `prompt` in English. Cancelling this ends it at once. Raises EngineError `translate.*`, `remote.*`."""
        stop = threading.Event()

        def watch() -> None:
            if stop.is_set():
                raise Cancelled

        try:
            return await asyncio.to_thread(english, prompt, self.options, watch)
        finally:
            stop.set()


def english(prompt: str, options: TranslateOptions, watch: Callable[[], None]) -> str:
    """Return `prompt` in English: by our tables where they know every word, else by the server of the config.

    Blocks. Raises EngineError `translate.none` where there is no such server, and what `chat.translate` raises.
    """
    if (found := table.translate(prompt)) is not None:
        return found
    if options.base_url is None:
        raise EngineError("translate.none")
    return chat.translate(prompt, options, watch)
