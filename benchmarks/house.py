"""The assistant as it is installed: `kombain run` with a pipe for a microphone and a broker beside it."""

import asyncio
import contextlib
import fcntl
import json
import os
import signal
import sys
import termios
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from math import ceil
from pathlib import Path
from typing import Any

from benchmarks import processes
from benchmarks.material import FRAME, Request, frames, hiss
from daemon.demo.broker import broker, subscriber
from daemon.types import RATE
from tests.ears.speech import pcm

PATIENCE_S = 20.0
STEP_S = FRAME / RATE


@dataclass(frozen=True, slots=True)
class Turn:
    """When things happened in one turn, Unix seconds; None for what did not."""

    request: Request
    phrase_frame: float
    """Where the wake phrase ended, in frames of all sound given."""
    speech_frame: float
    """Where the speech ended."""
    phrase_end: float
    speech_end: float
    woke: float | None
    endpoint: float | None
    """When the frame that decided the end was spoken."""
    heard: float | None
    text: str
    replied: float | None
    reply: str


class House:
    """A running assistant; `said` is all the sound it was given."""

    def __init__(self, pid: int, pipe: int, port: int, ready_s: float, ready_cpu: float) -> None:
        self.pid = pid
        self.port = port
        self.taken: list[float] = []
        """Seconds until each frame was taken out of the pipe, once `watching`."""
        self.watching = False
        self.ready_s = ready_s
        self.ready_cpu = ready_cpu
        self.dropped = 0
        self.said = bytearray()
        self._pipe = pipe
        self._written: list[float] = []
        self._began = 0.0
        self._events: list[dict[str, Any]] = []

    def take(self, topic: str, payload: bytes, retained: bool) -> None:  # noqa: FBT001 - the subscriber's signature
        """Take an MQTT message."""
        if topic.endswith("/event") and not retained:
            self._events.append(json.loads(payload))

    def cpu(self) -> dict[str, float]:
        """Return the processor seconds that each process has used."""
        return {name: processes.cpu(pid) for name, pid in processes.named(self.pid).items()}

    def pss(self) -> dict[str, float]:
        """Return the memory of each process, MB."""
        return {name: processes.pss(pid) for name, pid in processes.named(self.pid).items()}

    async def hear(self, sound: bytes) -> None:
        """Give it sound at a microphone's pace."""
        for frame in frames(sound):
            await self._frame(frame)

    async def ask(self, request: Request) -> Turn:
        """Speak to it, be still until it has answered, and tell when what happened."""
        self._events.clear()
        start = len(self._written)
        await self.hear(request.pcm)
        still = frames(pcm(hiss(RATE)))
        deadline = time.monotonic() + PATIENCE_S
        while self._find("tts_end") is None and time.monotonic() < deadline:
            await self._frame(still[len(self._written) % len(still)])
        await self.hear(pcm(hiss(RATE // 2)))
        return self._turn(request, start)

    def _turn(self, request: Request, start: int) -> Turn:
        wake, end, reply = (self._find(name) for name in ("wake_word", "stt_end", "tts_start"))
        phrase, speech = start + request.phrase_end / FRAME, start + request.speech_end / FRAME
        return Turn(
            request,
            phrase,
            speech,
            phrase_end=self._spoken(phrase),
            speech_end=self._spoken(speech),
            woke=wake and wake["at"],
            endpoint=end and self._written[ceil(end["position"] / STEP_S - 0.01) - 1],
            heard=end and end["at"],
            text=end["text"] if end else "",
            replied=reply and reply["at"],
            reply=reply["text"] if reply else "",
        )

    def _spoken(self, position: float) -> float:
        """Return when the sample at `position`, counted in frames, was spoken: a frame is written when it is full."""
        number = int(position)
        return self._written[number] - (number + 1 - position) * STEP_S

    async def until(self, name: str, **values: object) -> None:
        """Be still until such an event has come."""
        still = frames(pcm(hiss(RATE)))
        while self._find(name, **values) is None:
            await self._frame(still[len(self._written) % len(still)])

    def _find(self, name: str, **values: object) -> dict[str, Any] | None:
        wanted = {"event_type": name, **values}
        return next((event for event in self._events if wanted.items() <= event.items()), None)

    async def _frame(self, frame: bytes) -> None:
        if not self._written:
            self._began = time.monotonic()
        due = self._began + (len(self._written) + 1) * STEP_S
        await asyncio.sleep(max(due - time.monotonic(), 0))
        try:
            os.write(self._pipe, frame)
        except BlockingIOError:  # two seconds are waiting: a microphone would lose this one
            self.dropped += 1
        self._written.append(time.time())
        self.said += frame
        if self.watching:
            self.taken.append(await self._until_taken())

    async def _until_taken(self) -> float:
        began = time.monotonic()
        while int.from_bytes(fcntl.ioctl(self._pipe, termios.FIONREAD, bytes(4)), sys.byteorder):  # noqa: ASYNC110
            await asyncio.sleep(0.001)
        return time.monotonic() - began


@asynccontextmanager
async def house(scratch: Path, picture: str = "{engine: sketch}") -> AsyncIterator[House]:
    """Start the assistant with its embedded engines (`picture`: that section) and wait until it says it is ready."""
    fifo = scratch / "microphone"
    os.mkfifo(fifo)
    async with AsyncExitStack() as stack:
        port = await stack.enter_async_context(broker(scratch))
        config = scratch / "config.yaml"
        config.write_text(
            f"state: {scratch}/state\nears: {{source: pipe, path: {fifo}}}\nstt: {{engine: mini}}\n"
            f"tts: {{engine: espeak}}\nspeaker: {{output: file}}\n"
            f"picture: {picture}\nclip: {{engine: sketch}}\nmqtt: {{port: {port}, id: benchmark}}\n"
        )
        pipe = os.open(fifo, os.O_RDWR | os.O_NONBLOCK)
        stack.callback(os.close, pipe)
        began = time.time()
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "daemon", "run", "--config", str(config),
            stderr=asyncio.subprocess.PIPE, env=processes.environment(),
        )  # fmt: skip
        stack.push_async_callback(_end, process)
        await _until_ready(process)
        made = House(process.pid, pipe, port, time.time() - began, sum(_cpu(process.pid).values()))
        draining = asyncio.create_task(_drain(process), name="log")
        stack.callback(draining.cancel)
        await stack.enter_async_context(subscriber(port, made.take))
        yield made


def _cpu(pid: int) -> dict[str, float]:
    return {name: processes.cpu(child) for name, child in processes.named(pid).items()}


async def _until_ready(process: asyncio.subprocess.Process) -> None:
    assert process.stderr is not None  # noqa: S101
    lines = []
    async for line in process.stderr:
        lines.append(line.decode(errors="replace").rstrip())
        if lines[-1].endswith("ready"):
            return
    raise RuntimeError("the assistant ended before it was ready:\n" + "\n".join(lines))


async def _drain(process: asyncio.subprocess.Process) -> None:
    """Read on, so that the assistant never waits for room in the pipe."""
    assert process.stderr is not None  # noqa: S101
    while await process.stderr.read(1 << 16):
        pass


async def _end(process: asyncio.subprocess.Process) -> None:
    with contextlib.suppress(ProcessLookupError):
        process.send_signal(signal.SIGTERM)
    await process.wait()
