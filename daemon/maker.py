"""What makes the things of one kind, and who sees to room for them, as the queue knows them."""

from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any, Protocol

from daemon.engines.base import Made


class Maker(Protocol):
    """What makes the things of one kind: `workers.maker.Maker`."""

    @property
    def engine(self) -> str:
        """The name of the engine in use. Raises EngineError when none can run."""

    @property
    def suffix(self) -> str:
        """The ending of its files, ".png"."""

    @property
    def needs_image(self) -> bool:
        """Whether it can't work from words alone."""

    def estimate(self, request: dict[str, Any]) -> float:
        """Guess the seconds it takes, without history."""

    @property
    def rough(self) -> bool:
        """Whether that guess is not good enough to be told."""

    @property
    def host(self) -> str | None:
        """The server that makes the things, None when they are made here."""

    def recipe(self, request: dict[str, Any]) -> str:
        """Return what two requests that give the same file have in common. Raises EngineError, OSError."""

    @property
    def width(self) -> int:
        """How many things it can make at once."""

    def placed(self) -> AbstractAsyncContextManager[str]:
        """Wait for a device, and have it while the block runs."""

    def make(
        self, request: dict[str, Any], path: Path, progress: Callable[[float], None], device: str | None = None
    ) -> Awaitable[Made]:
        """Make it at `path`. Raises WorkerError when the worker died, another KombainError when it can't be done."""

    def give_up(self, device: str) -> None:
        """End what hangs on that device, be it still loading; it is replaced."""

    def pause(self, *, on: bool) -> None:
        """Let what is being made wait at its next step, or go on."""


class Room(Protocol):
    """Who sees to the disk's room: `gallery.steward.Steward`."""

    def check(self) -> None:
        """Raise JobError `disk.full` while nothing can be made."""

    async def make_room(self) -> None:
        """Make the room that a job needs. Raises JobError `disk.full`."""
