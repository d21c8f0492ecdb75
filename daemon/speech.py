"""What the assistant says: text to sound to the speaker, one reply at a time."""

import time
from collections.abc import Callable
from contextlib import aclosing
from pathlib import Path

from daemon.bus import Bus
from daemon.errors import KombainError
from daemon.events import Failed, TtsEnd, TtsStart, VolumeChanged
from daemon.types import AudioFrame
from daemon.workers.mouth import Mouth
from daemon.workers.speaking import Speaking

STEP = 10
"""Per cent by which "louder" and "quieter" move the volume."""


class Voice:
    """Says replies, remembers the last one and holds the volume. Cancelling `say` silences the speaker."""

    def __init__(
        self, speaking: Speaking, mouth: Mouth, bus: Bus, *, language: str, volume: int, earcons: bool, out: Path | None
    ) -> None:
        self.last: tuple[str, str] | None = None
        self.volume = volume
        self.on_sound: Callable[[bool], None] = lambda _sounds: None
        """Called with True when a reply begins to sound and False when it has ended."""
        self.on_played: Callable[[AudioFrame], None] | None = None
        """Called with each piece of sound that leaves the speaker, at 16 kHz."""
        self._speaking = speaking
        self._mouth = mouth
        self._bus = bus
        self.language = language
        self.earcons = earcons
        self.out = out
        self._replies = 0

    async def say(self, text: str, language: str, turn: str) -> None:
        """Say `text` to its end. A voice that fails is reported; the text is kept for `repeat` all the same."""
        self.last = text, language
        path = self._next_path(turn)

        def started() -> None:
            self.on_sound(True)  # noqa: FBT003 - a plain switch
            self._bus.publish(TtsStart(text=text, language=language, turn=turn, at=time.time()))

        stopped = True
        try:
            async with aclosing(self._speaking.speak(text, language)) as sound:
                await self._mouth.play(
                    sound, path=path, volume=self.volume, on_started=started, on_played=self.on_played
                )
            stopped = False
        except KombainError as error:
            self._bus.publish(
                Failed(code=error.code, text=error.text(language), part="speech", turn=turn, at=time.time())
            )
        finally:
            self.on_sound(False)  # noqa: FBT003
            told = str(path) if path is not None and path.exists() else None
            self._bus.publish(TtsEnd(text=text, stopped=stopped, path=told, turn=turn, at=time.time()))

    async def earcon(self, name: str) -> None:
        """Play a short sound, when the user wants them; one that can't be played is no loss."""
        if self.earcons:
            try:
                await self._mouth.earcon(name, self.volume)
            except KombainError as error:
                self._bus.publish(
                    Failed(code=error.code, text=error.text(self.language), part="speech", at=time.time())
                )

    def set_volume(self, to: int | None, by: int | None) -> int:
        """Set the volume, 0 to 100, or change it; return what it is now."""
        self.volume = max(0, min(100, to if to is not None else self.volume + (by or 0)))
        self._bus.publish(VolumeChanged(level=self.volume, at=time.time()))
        return self.volume

    def _next_path(self, turn: str) -> Path | None:
        if self.out is None:
            return None
        self._replies += 1
        return self.out / f"reply-{self._replies:02}-{turn}.wav"
