"""A generator engine from outside (`tests.workers.generator:Engine`) that behaves as the prompt says."""

import os
import signal
import time
from pathlib import Path
from typing import Any, ClassVar

from daemon.engines.base import Made, Options, Step
from daemon.errors import EngineError


class Engine:
    class Options(Options):
        steps: int = 4
        missing: str | None = None

    requires: ClassVar[tuple[str, ...]] = ()
    memory_mb: ClassVar[int] = 1
    suffix: ClassVar[str] = ".txt"
    sketch: ClassVar[bool] = False
    needs_image: bool = False
    reads: tuple[str, ...] = ()

    def __init__(self, options: Any, *, models: Path) -> None:
        self._options = options
        self._made = 0
        self._hoard: list[bytes] = []

    @classmethod
    def missing(cls, options: Any, *, models: Path) -> str | None:
        return options.missing

    def load(self) -> None:
        pass

    def estimate(self, request: dict[str, Any]) -> float:
        return 7.0

    def make(self, request: dict[str, Any], path: Path, step: Step) -> Made:
        prompt = request["prompt"]
        path.write_text("half")
        self._made += 1
        for number in range(self._options.steps):
            step(number / self._options.steps)
            match prompt:
                case "leak" if number == 0:
                    self._hoard.append(b"x" * (50 << 20))
                case "garbage":
                    step("nonsense")
                case "die":
                    os.kill(os.getpid(), signal.SIGKILL)
                case "fail":
                    raise EngineError("engine.unknown", kind="a", name="b", known="c")
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
