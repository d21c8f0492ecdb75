"""A service that answers what it is sent: the worker machinery's own fake, with every way of misbehaving."""

import os
import signal
import time
from typing import Any

from daemon.errors import EngineError, WorkerError
from daemon.workers.child import Call


class Service:
    """Serves the ops echo, fail, die, freeze, flood, deaf and slow; refuses to load when told to."""

    def __init__(self, init: dict[str, Any]) -> None:
        self._init = init

    def load(self) -> dict[str, Any]:
        """Load, or refuse with the code `refuse` names."""
        if self._init.get("die"):
            os.kill(os.getpid(), signal.SIGKILL)
        if self._init.get("die_below"):
            raise WorkerError("videocrafter.died", why="SIGKILL")
        if code := self._init.get("refuse"):
            raise EngineError(code, **self._init.get("values", {}))
        return {"pid": os.getpid()}

    def run(self, call: Call) -> None:
        """Behave as `op` says."""
        match call.head["op"]:
            case "echo":
                while (frame := call.receive()) is not None and frame.head.get("type") != "end":
                    call.send(frame.head, frame.body)
            case "fail":
                raise EngineError("engine.unknown", kind="x", name="y", known="z")
            case "bug":
                raise ZeroDivisionError
            case "die":
                os.kill(os.getpid(), signal.SIGKILL)
            case "flood":
                for number in range(call.head["n"]):
                    call.send({"n": number}, bytes(10_000))
            case "until_cancelled":
                call.send({"type": "begun"})
                call.cancelled.wait()
                call.check()
            case "deaf":
                call.send({"type": "begun"})
                time.sleep(3600)
