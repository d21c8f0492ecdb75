"""Sound for the ears' tests, and a call as the child process gets it, without a process."""

import threading
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from daemon.ears.echo import Echo
from daemon.ears.gate import Gate
from daemon.ears.listener import Listener
from daemon.ears.pcm import FRAME
from daemon.ears.segment import Endpointing
from daemon.ears.wake import Detector, SelfHits
from daemon.engines.vad import fake as vad
from daemon.engines.wake import fake as wake
from daemon.workers.wire import Frame

QUIET = bytes(FRAME * 2)
VOICE = (6000 * np.sin(np.arange(FRAME) * 2 * np.pi / 40)).astype("<i2").tobytes()


class FakeCall:
    """Main's side of a call: what was sent is in `sent`; `script(head, body)` may answer a report with commands."""

    def __init__(self, script: Callable[["FakeCall", Frame], None] | None = None, **head: Any) -> None:
        self.head = {"op": "listen", **head}
        self.cancelled = threading.Event()
        self.sent: list[Frame] = []
        self.inbox: deque[Frame] = deque()
        self._script = script

    def send(self, head: dict[str, Any], body: bytes = b"") -> None:
        self.sent.append(Frame(head, body))
        if self._script is not None:
            self._script(self, self.sent[-1])

    def receive(self, timeout: float | None = None) -> Frame | None:
        return self.inbox.popleft() if self.inbox else None

    def told(self, *kinds: str) -> list[dict[str, Any]]:
        return [frame.head for frame in self.sent if frame.head["type"] in kinds]


class Ears:
    """A listener over fake engines; `hear(frames)` returns the heads of what it reports."""

    def __init__(self) -> None:
        options = wake.Engine.Options()
        heard, played = (wake.Engine(options, models=Path()) for _ in range(2))
        self.audio: list[tuple[float, bytes]] = []
        self.listener = Listener(
            Endpointing(),
            2.0,
            gate=Gate(heard.score),
            detector=Detector(heard.words),
            echo=Echo(played, SelfHits(played.words)),
            vad=vad.Engine(vad.Engine.Options(), models=Path()),
        )

    def hear(self, *frames: bytes) -> list[dict[str, Any]]:
        return self._told([report for frame in frames for report in self.listener.hear(frame)])

    def command(self, body: bytes = b"", **head: Any) -> list[dict[str, Any]]:
        return self._told(self.listener.command(Frame(head, body)))

    def finish(self) -> list[dict[str, Any]]:
        return self._told(self.listener.finish())

    def _told(self, reports: list[Frame]) -> list[dict[str, Any]]:
        self.audio += [(report.head["t"], report.body) for report in reports if report.head["type"] == "audio"]
        return [report.head for report in reports if report.head["type"] not in ("audio", "score")]


@pytest.fixture
def ears() -> Ears:
    return Ears()


@pytest.fixture
def quiet() -> bytes:
    return QUIET


@pytest.fixture
def voice() -> bytes:
    return VOICE


@pytest.fixture
def fake_call() -> type[FakeCall]:
    return FakeCall
