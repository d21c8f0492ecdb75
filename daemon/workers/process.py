"""One running child process, seen from its parent: calls are streams of frames, silence means death."""

import asyncio
import contextlib
import logging
import os
import signal
import socket
import sys
import time
from collections import deque
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import daemon
from daemon.errors import KombainError, WorkerError, from_wire
from daemon.workers.wire import Decoder, Frame, encode

log = logging.getLogger(__name__)
PING_S, SILENT_S = 5.0, 20.0
BACKLOG = 1 << 20
MOST_TAKEN = 4 << 20
"""Bytes of a frame's body from a child: a minute and a half of speech. What a mad one sends costs us no more."""
PRIVATE = {"HF_HUB_DISABLE_TELEMETRY": "1"}
"""Of the hub's client only the cache is used: models are got by `kombain models pull`."""
SPARING = {"OMP_WAIT_POLICY": "PASSIVE", "OPENBLAS_NUM_THREADS": "1"}
"""Threads that wait for the next bit of work burn a core: numpy's took five times as much as the work itself."""


class RemoteCall:
    """One call, seen from the parent: `send` frames, iterate over the answers until the child is done."""

    def __init__(self, child: "Child", number: int, grace: Callable[[], float]) -> None:
        """`grace`: how many seconds the child may take to end it when asked to."""
        self.number = number
        self.grace = grace
        self.over = asyncio.Event()
        self._inbox: asyncio.Queue[Frame | KombainError | None] = asyncio.Queue(256)
        self._abandoned = False
        self._child = child

    async def send(self, head: dict[str, Any], body: bytes = b"") -> None:
        """Send a frame into the call; waits while the child's socket is full. Raises WorkerError when it died."""
        await self._child.send({"call": self.number, "kind": "data", "head": head}, body)

    def post(self, head: dict[str, Any], body: bytes = b"") -> None:
        """Send a frame without waiting; it is dropped when the child is far behind or dead."""
        self._child.post({"call": self.number, "kind": "data", "head": head}, body)

    async def __aiter__(self) -> AsyncIterator[Frame]:
        while (item := await self._inbox.get()) is not None:
            if isinstance(item, KombainError):
                raise item
            yield item

    async def deliver(self, item: Frame | KombainError | None) -> None:
        """Take an answer, an error or the end (None); waits while the caller is slow."""
        if not isinstance(item, Frame):
            self.over.set()
        if not self._abandoned:
            await self._inbox.put(item)

    def abandon(self) -> None:
        """Nobody waits for the answers any more."""
        self._abandoned = True
        while not self._inbox.empty():
            self._inbox.get_nowait()  # frees the reader, if it waits for room


class Child:
    """One running child process and the calls open on it."""

    def __init__(self, name: str, process: asyncio.subprocess.Process, link: socket.socket) -> None:
        self.name = name
        self.process = process
        self.info: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
        self.calls: dict[int, RemoteCall] = {}
        self.last_words: deque[str] = deque(maxlen=4)
        self.gone = False
        self._hung = False
        self._wrong: WorkerError | None = None
        """What it answered that nobody can read."""
        self._socket = link
        self._heard = time.monotonic()
        self._delivering = False

    async def open(self) -> None:
        """Turn the socket into streams."""
        self._reader, self._writer = await asyncio.open_connection(sock=self._socket)

    async def send(self, head: dict[str, Any], body: bytes = b"") -> None:
        """Send one frame. Raises WorkerError `worker.died`."""
        try:
            self._writer.write(encode(head, body))
            await self._writer.drain()
        except (ConnectionError, RuntimeError) as error:
            raise self.death() from error

    def post(self, head: dict[str, Any], body: bytes = b"") -> None:
        """Send one frame without waiting, unless the child is dead or has a lot to read already."""
        if not self.gone and self._writer.transport.get_write_buffer_size() < BACKLOG:
            self._writer.write(encode(head, body))

    def death(self) -> WorkerError:
        """Return the error that tells how the child died."""
        if self._hung:
            return WorkerError("worker.hung", name=self.name, seconds=int(SILENT_S))
        if self._wrong is not None:
            return self._wrong
        code = self.process.returncode
        why = signal.Signals(-code).name if code is not None and code < 0 else (self.last_words or [f"exit {code}"])[-1]
        return WorkerError("worker.died", name=self.name, why=why)

    def kill(self) -> None:
        """Kill the child and whatever it started."""
        self.gone = True
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)

    async def read(self) -> None:
        """Hand frames to their calls until the child goes away; then fail the calls that are still open."""
        decoder = Decoder(MOST_TAKEN)
        try:
            while data := await self._reader.read(1 << 18):
                for frame in decoder.feed(data):
                    self._heard = time.monotonic()  # a frame that never gets whole is silence
                    await self._take(frame)
        except WorkerError as error:
            self._wrong = error
            self.kill()
        except ConnectionError as error:
            if not self.gone:  # else it is we who have cut it off
                log.warning("%s: %s", self.name, error)
            self.kill()
        self.gone = True
        await self.process.wait()
        self._writer.close()
        death = self.death()
        if not self.info.done():
            self.info.set_exception(death)
            self.info.exception()  # it is logged by the supervisor: nobody may be waiting for it
        while self.calls:
            await self._deliver(self.calls.popitem()[1], death)

    async def _take(self, frame: Frame) -> None:
        """Hand a frame on. Raises WorkerError `worker.garbage` for one that no child of ours sends."""
        match frame.head:
            case {"kind": "pong"}:
                pass
            case {"kind": "ready", "info": dict() as info} if not self.info.done():
                self.info.set_result(info)
            case {"kind": "failed", "code": str() as code, "values": dict() as values} if not self.info.done():
                self.info.set_exception(from_wire(code, values, died=bool(frame.head.get("died"))))
                self.info.exception()
            case {"kind": "data", "call": int() as number, "head": dict() as head} if number in self.calls:
                await self._deliver(self.calls[number], Frame(head, frame.body))
            case {"kind": "error", "call": int() as number, "code": str() as code, "values": dict() as values} if (
                number in self.calls
            ):
                await self._deliver(self.calls.pop(number), from_wire(code, values, died=bool(frame.head.get("died"))))
            case {"kind": "done", "call": int() as number} if number in self.calls:
                await self._deliver(self.calls.pop(number), None)
            case {"kind": "data" | "error" | "done", "call": int() as number} if number not in self.calls:
                pass  # it is over
            case _:
                raise WorkerError("worker.garbage")

    async def _deliver(self, call: RemoteCall, item: Frame | KombainError | None) -> None:
        self._delivering = True  # a slow caller holds up the reading: that is not the child's silence
        await call.deliver(item)
        self._delivering = False
        self._heard = time.monotonic()

    async def watch(self) -> None:
        """Ping the child and kill it when it is silent for too long (frozen, or its threads are stuck)."""
        while True:
            await asyncio.sleep(PING_S)
            if not self._delivering and time.monotonic() - self._heard > SILENT_S:
                self._hung = True
                self.kill()
                return
            with contextlib.suppress(WorkerError):
                await self.send({"kind": "ping"})

    async def listen(self) -> None:
        """Pass the child's standard error on to the log."""
        assert self.process.stderr is not None  # noqa: S101 - it is a pipe: `spawn` made it
        with contextlib.suppress(ValueError):  # a line longer than the reader's limit ends the listening, nothing else
            async for line in self.process.stderr:
                text = line.decode(errors="replace").rstrip()[:500]
                level, _, rest = text.partition(" ")
                number = logging.getLevelNamesMapping().get(level)
                self.last_words.append(text)
                log.log(number or logging.DEBUG, "%s: %s", self.name, rest if number else text)


async def spawn(name: str, start: dict[str, Any]) -> Child:
    """Start a child and hand it what to serve: {"service": "module:Class", "init": {...}, "nice": n}."""
    ours, theirs = socket.socketpair()
    with theirs:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-P",
            "-m",
            "daemon.workers.child",
            str(theirs.fileno()),
            name,  # for those who look at the list of processes
            pass_fds=[theirs.fileno()],
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE,
            start_new_session=True,  # killed as a group, with whatever program the engine runs
            env={**os.environ, **SPARING, **PRIVATE, "PYTHONPATH": str(Path(daemon.__file__).parents[1])},
        )
    child = Child(name, process, ours)
    await child.open()
    await child.send({"kind": "init", "head": start})
    return child
