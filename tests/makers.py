"""A maker that behaves like `workers.maker.Maker` but has no child process: for tests of jobs and what uses them."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from daemon.engines.base import Made
from daemon.errors import EngineError, WorkerError


class FakeMaker:
    """Makes a text file in two steps. The prompt says how: "slow" waits for `go`, "die" dies, "fail" fails, ...

    "die once" dies the first time only; "nothing" writes no file; "bug" raises what it must not.
    """

    engine = "fake"
    suffix = ".txt"
    sketch = False
    width = 1
    needs_image = False
    host: str | None = None
    rough = False
    repeats = False
    """Whether it says by what recipe a thing was made."""

    def __init__(self) -> None:
        self.made: list[str] = []
        self.paused: list[bool] = []
        self.given_up: list[str] = []
        self.cancelled: list[str] = []
        self.begun = asyncio.Event()
        self.go = asyncio.Event()

    @asynccontextmanager
    async def placed(self) -> AsyncIterator[str]:
        yield "cpu"

    def give_up(self, device: str) -> None:
        self.given_up.append(device)

    def pause(self, *, on: bool) -> None:
        self.paused.append(on)

    def estimate(self, request: dict[str, Any]) -> float:
        return 2.0

    def recipe(self, request: dict[str, Any]) -> str:
        return f"{request['prompt']} {request['seed']}"

    async def make(
        self, request: dict[str, Any], path: Path, progress: Callable[[float], None], device: str | None = None
    ) -> Made:
        prompt = request["prompt"]
        self._write(path, "half")
        progress(0.5)
        self.begun.set()
        try:
            await self._misbehave(prompt)
        except asyncio.CancelledError:
            self.cancelled.append(prompt)
            raise
        finally:
            self.made.append(prompt)
        if prompt == "nothing":
            self._remove(path)
        else:
            self._write(path, f"whole {prompt}")
        image = {"image": request["image"]} if "image" in request else {}
        meta = {"prompt": prompt, "seed": request["seed"], **image, **self._known_again(request)}
        return Made("text/plain", meta)

    def _known_again(self, request: dict[str, Any]) -> dict[str, Any]:
        return {"recipe": self.recipe(request)} if self.repeats else {}

    def _write(self, path: Path, text: str) -> None:
        path.write_text(text)

    def _remove(self, path: Path) -> None:
        path.unlink()

    async def _misbehave(self, prompt: str) -> None:
        match prompt:
            case "slow":
                await self.go.wait()
            case "die":
                raise WorkerError("worker.died", name="fake", why="SIGKILL")
            case "die once" if "die once" not in self.made:
                raise WorkerError("worker.died", name="fake", why="SIGKILL")
            case "fail":
                raise EngineError("engine.unknown", kind="a", name="b", known="c")
            case "bug":
                raise ZeroDivisionError
