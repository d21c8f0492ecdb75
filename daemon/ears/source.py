"""Where sound comes from: a stream of 80 ms frames, each exactly 1280 samples of 16 kHz signed 16-bit mono."""

import os
import select
import stat
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, Protocol, Self

from daemon.ears.pcm import FRAME, WIDTH
from daemon.errors import AudioError
from daemon.types import RATE

POLL = 0.25
"""Seconds after which a source that has nothing says so, that commands may be looked at."""


@dataclass(frozen=True, slots=True)
class State:
    """The source was lost or is there again; `why` is an error code with its values."""

    state: Literal["ok", "lost"]
    why: str = ""
    values: dict[str, object] = field(default_factory=dict)


class Source(AbstractContextManager["Source"], Protocol):
    """Iterating gives frames, a State when it changes, and None at least four times a second while there is nothing."""

    def __iter__(self) -> Iterator[bytes | State | None]:
        """Raise AudioError when the source can't be used at all; end when the sound ends."""


class File(AbstractContextManager["File"]):
    """A recording, heard at `pace` times real time (0: as fast as it is taken), by the clock and so without drift."""

    def __init__(self, path: Path, pace: float = 1.0) -> None:
        self._path = path
        self._pace = pace

    def __exit__(self, *_: object) -> None:
        """Nothing stays open."""

    def __iter__(self) -> Iterator[bytes | State | None]:
        from daemon.audio.files import read_blocks

        started = time.monotonic()
        for number, pcm in enumerate(read_blocks(self._path, FRAME), 1):
            if self._pace:
                # A microphone gives a frame when its last sample was spoken.
                time.sleep(max(started + number * FRAME / RATE / self._pace - time.monotonic(), 0))
            yield pcm.ljust(FRAME * WIDTH, b"\0")


class Pipe(AbstractContextManager["Pipe"]):
    """Raw sound from a FIFO ("-": standard input), at the pace of whoever writes it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._descriptor = -1

    def __enter__(self) -> Self:
        if str(self._path) == "-":
            self._descriptor = os.dup(0)
            return self
        try:
            kind = self._path.stat().st_mode
            if not (stat.S_ISFIFO(kind) or stat.S_ISCHR(kind) or stat.S_ISSOCK(kind)):
                raise AudioError("ears.not_a_pipe", path=self._path)
            self._descriptor = os.open(self._path, os.O_RDONLY | os.O_NONBLOCK)
        except OSError as error:
            raise AudioError("ears.pipe_unreadable", path=self._path, why=error.strerror) from error
        return self

    def __exit__(self, *_: object) -> None:
        if self._descriptor >= 0:
            os.close(self._descriptor)

    def __iter__(self) -> Iterator[bytes | State | None]:
        waiting = bytearray()
        poll = select.poll()
        poll.register(self._descriptor, select.POLLIN)
        while True:
            if not poll.poll(POLL * 1000):
                yield None
                continue
            data = os.read(self._descriptor, 1 << 16)
            waiting += data
            while len(waiting) >= FRAME * WIDTH or (waiting and not data):
                yield bytes(waiting[: FRAME * WIDTH]).ljust(FRAME * WIDTH, b"\0")
                del waiting[: FRAME * WIDTH]
            if not data:
                return
