"""A generator engine from outside that behaves as the prompt says; with “ once” behind it, the first time only."""

import os
import resource
import signal
import sys
import time
from pathlib import Path
from typing import Any, ClassVar

from daemon.engines.base import Made, Options, Step
from daemon.errors import EngineError, WorkerError
from daemon.workers.wire import HEADER

MIB = 1 << 20
WRITTEN = {
    "noise": bytes(range(256)) * 4096,
    "huge frame": HEADER.pack(2, 2 << 30) + b"{}" + bytes(64 * MIB),
    "half a frame": HEADER.pack(2, 3 * MIB) + b"{}" + bytes(MIB),
    "half a frame, then the end": HEADER.pack(2, 3 * MIB) + b"{}" + bytes(MIB),
}


def write(data: bytes) -> None:
    """Put bytes on the wire, past the frames."""
    while data:
        data = data[os.write(int(sys.argv[1]), data) :]


def room() -> int:
    """Forbid this process to take much more memory; return the bytes that will then be too many."""
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    resource.setrlimit(resource.RLIMIT_AS, (pages * resource.getpagesize() + 8 * MIB,) * 2)
    return 64 * MIB


class Engine:
    class Options(Options):
        steps: int = 4
        missing: str | None = None
        hangs: bool = False

    requires: ClassVar[tuple[str, ...]] = ()
    memory_mb: ClassVar[int] = 1
    suffix: ClassVar[str] = ".txt"
    sketch: ClassVar[bool] = False
    needs_image: bool = False
    reads: tuple[str, ...] = ()

    def __init__(self, options: Any, *, models: Path) -> None:
        self._options = options
        self._before = models / "once"
        self._made = 0
        self._hoard: list[bytes] = []

    @classmethod
    def missing(cls, options: Any, *, models: Path) -> str | None:
        return options.missing

    def load(self) -> None:
        if getattr(self._options, "hangs", False) and not self._before.exists():
            self._before.touch()
            time.sleep(3600)

    def estimate(self, request: dict[str, Any]) -> float:
        return 7.0

    def make(self, request: dict[str, Any], path: Path, step: Step) -> Made:
        prompt = request["prompt"].removesuffix(" once")
        if prompt != request["prompt"]:
            if self._before.exists():
                prompt = "nothing more"
            self._before.touch()
        path.write_text("half")
        self._made += 1
        for number in range(self._options.steps):
            step(number / self._options.steps)
            match prompt:
                case "leak" if number == 0:
                    self._hoard.append(b"x" * (50 << 20))
                case "garbage":
                    step("nonsense")
                case "memory":
                    self._hoard.append(b"x" * room())
                case "noise" | "huge frame" | "half a frame" | "half a frame, then the end" as what:
                    write(WRITTEN[what])
                    if what.endswith("the end"):
                        os._exit(0)
                    time.sleep(3600)
                case "die":
                    os.kill(os.getpid(), signal.SIGKILL)
                case "fail":
                    raise EngineError("engine.unknown", kind="a", name="b", known="c")
                case "die below":
                    raise WorkerError("videocrafter.died", why="SIGKILL")
                case "foreign":
                    raise EngineError("elsewhere.only", why="x")
                case "broken":
                    raise EngineError("engine.device", device="cuda", why="CUDA error")
                case "deaf":
                    time.sleep(3600)
        while prompt == "until cancelled":
            step(0.5)
            time.sleep(0.01)  # a slow step
        path.write_text("whole")
        policy = os.sched_getscheduler(0)
        return Made("text/plain", {"pid": os.getpid(), "made": self._made, "policy": policy, "nice": os.nice(0)})


class English(Engine):
    """Reads English only, and tells what it was given."""

    reads = ("en",)

    def make(self, request: dict[str, Any], path: Path, step: Step) -> Made:
        path.write_text(request["prompt"])
        return Made("text/plain", {"prompt": request["prompt"], "language": request["language"]})


class Placed(Engine):
    """One that computes on a device; what it made tells which one its process saw."""

    class Options(Options):
        steps: int = 1
        missing: str | None = None
        device: str = "auto"

    memory_mb: ClassVar[int] = 8

    def make(self, request: dict[str, Any], path: Path, step: Step) -> Made:
        made = super().make(request, path, step)
        return Made(made.mime, made.meta | {"visible": os.environ.get("CUDA_VISIBLE_DEVICES")})
