"""The child's end of the generator protocol; the main process's is `workers.maker`.

Init: {"kind": "picture" | "clip", "section": the config section, "models": folder, "device": where, if given one}.
Call: {"op": "make", "request", "path"} → {"op": "progress", "value"} … {"op": "made", "mime", "meta", "memory_mb"}.
Into it, at any moment: {"op": "pause", "on"}.
"""

import errno
import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

from daemon.errors import Cancelled, EngineError
from daemon.gallery import imprint, thumbnail
from daemon.translation.writing import readable
from daemon.workers import devices
from daemon.workers.child import Call
from daemon.workers.choice import choose
from daemon.workers.courtesy import give_way
from daemon.workers.wear import resident_mb

SERVICE = "daemon.workers.making:Service"
FULL = {errno.ENOSPC, errno.EDQUOT}


class Service:
    """The child's side: one engine, loaded once, making one thing after another at the lowest priority."""

    def __init__(self, init: dict[str, Any]) -> None:
        self._init = init

    def load(self) -> dict[str, Any]:
        """Choose and load the engine; say which."""
        _step_back()
        if (device := self._init.get("device")) is not None:  # before anything of CUDA is imported
            os.environ["CUDA_VISIBLE_DEVICES"] = devices.visible(device)
        choice = choose(self._init["kind"], self._init["section"], Path(self._init["models"]))
        choice.engine.load()
        self._name, self._engine, self._settings = choice.name, choice.engine, choice.settings
        return {"engine": choice.name, "sketch": choice.engine.sketch}

    def run(self, call: Call) -> None:
        """Make one thing, with its card in it and a thumbnail beside it. A call that was cancelled leaves no file."""
        path, request = Path(call.head["path"]), call.head["request"]
        away = getattr(self._engine, "remote", False)  # a server of others does not wait with us

        def step(value: float) -> None:
            call.check()
            call.send({"op": "progress", "value": value})
            if not away:
                give_way(call)

        try:
            recipe = imprint.recipe(self._init["kind"], self._name, self._settings, request)
            asked = readable(request, getattr(self._engine, "reads", ()))
            made = self._engine.make(asked, path, step)
            call.check()
            told = {**made.meta, "prompt": request["prompt"]} if asked["prompt"] != request["prompt"] else made.meta
            card = imprint.card(self._init["kind"], request, told, self._settings)
            if path.exists():
                imprint.write(path, card)
                thumbnail.make(path)
        except Cancelled:
            path.unlink(missing_ok=True)
            raise
        except MemoryError as error:
            raise EngineError("engine.out_of_memory", device=devices.CPU) from error
        except Exception as error:
            if getattr(error, "errno", None) in FULL:  # Python's OSError, or PyAV's
                raise EngineError("disk.full", path=path.parent, free=0) from error
            raise
        meta = {**card, "recipe": recipe}
        call.send({"op": "made", "mime": made.mime, "meta": meta, "memory_mb": self._held_mb()})

    def _held_mb(self) -> int:
        """Return the memory that the engine has on its device; 0 where that can't be known."""
        if getattr(self._engine, "elsewhere", False):
            return 0
        torch = sys.modules.get("torch")
        if torch is not None and torch.cuda.is_available():
            return int(torch.cuda.max_memory_reserved()) >> 20
        return resident_mb(os.getpid())


def _step_back() -> None:
    """Use only the processor time that nobody else wants, and be the first to go when memory is short."""
    with suppress(OSError):
        os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))
    with suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("500")
