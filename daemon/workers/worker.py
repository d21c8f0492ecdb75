"""A named worker: a child process kept alive, replaced when it dies or freezes. Its users see `ready` and `call`."""

import asyncio
import contextlib
import itertools
import logging
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from daemon.bus import Bus
from daemon.errors import EngineError, KombainError, WorkerError
from daemon.events import part_changed
from daemon.types import Health
from daemon.workers.process import Child, RemoteCall, spawn

log = logging.getLogger(__name__)
GRACE_S = 5.0
HOPELESS = 3
"""Deaths in a row after which nobody is kept waiting."""
RESTART_S = (0.1, 1.0, 5.0, 15.0, 30.0)


class Worker:
    """Serves `service` ("module:Class", built from `init`) in a child process. `run` is its task.

    `deaths` counts those that nobody had asked for. With `patient` callers wait for the next child also when several
    have died in a row, as long as they had loaded: then it is the calls that kill them.
    """

    def __init__(
        self, name: str, service: str, init: dict[str, Any], *, bus: Bus, nice: int = 0, patient: bool = False
    ) -> None:
        self.name = name
        self._patient = patient
        self._had_loaded = False
        self.deaths = 0
        self._start = {"service": service, "init": init, "nice": nice}
        self._bus = bus
        self._child: Child | None = None
        """The one that serves."""
        self._living: Child | None = None
        """The one that runs; it may be loading still, or outdated."""
        self._refused: EngineError | None = None
        self._settled = asyncio.Event()
        self._loaded = asyncio.Event()
        self._renewed = asyncio.Event()
        self._awake = asyncio.Event()
        self._awake.set()
        self._numbers = itertools.count(1)
        self._ending: set[asyncio.Task[None]] = set()

    @property
    def pid(self) -> int | None:
        """The process id of the child that serves now."""
        return self._child.process.pid if self._child else None

    @property
    def hopeless(self) -> bool:
        """Whether the child has died so often in a row that nobody is kept waiting for it."""
        return self._refused is not None and self._refused.code == "worker.keeps_dying"

    async def run(self) -> None:
        """Keep a child running until cancelled. One that says why it can't load is left alone: that is a status."""
        fails = 0
        while True:
            await self._awake.wait()
            self._renewed.clear()
            start, began = self._start, time.monotonic()
            try:
                error: KombainError = await self._live(start)
            except EngineError as refusal:
                error = refusal
            if start is not self._start:
                fails = 0
            elif isinstance(error, EngineError):
                self._refused = error
                self._settled.set()
                self._report(Health.DOWN, error)
                await self._renewed.wait()
            else:
                fails = 0 if time.monotonic() - began > RESTART_S[-1] else fails + 1
                if self._patient and self._had_loaded:
                    fails = min(fails, HOPELESS - 1)
                await self._died(error, fails)

    async def _died(self, error: KombainError, fails: int) -> None:
        """Report a death, the `fails`th in a row, and wait before the next try."""
        self.deaths += 1
        self._report(Health.DOWN, error)
        if fails >= HOPELESS:  # those who wait are told; it is tried again all the same
            self._refused = EngineError("worker.keeps_dying", name=self.name, why=error.values.get("why", "-"))
            self._settled.set()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(RESTART_S[min(fails, len(RESTART_S)) - 1] if fails else 0):
                await self._renewed.wait()

    @property
    def awake(self) -> bool:
        """Whether a child runs, or is about to."""
        return self._awake.is_set()

    async def renew(self, init: dict[str, Any], *, load: bool = True) -> dict[str, Any]:
        """Serve with another init: the child is replaced once no call is open on it; return what the new one tells.

        Without `load` it sleeps until the next call. Raises the EngineError that it refuses with.
        """
        self._start = {**self._start, "init": init}
        while self._child is not None and (calls := list(self._child.calls.values())):
            await calls[0].over.wait()
            await asyncio.sleep(0)
        if not load:
            self.sleep()
            return {}
        self._refused = None
        self._settled.clear()
        self._renewed.set()
        if self._living is not None:
            self._living.kill()
        return await self.ready()

    def sleep(self) -> None:
        """End the child, which gives its memory back; the next call starts another."""
        self._awake.clear()
        self.discard()

    def discard(self) -> None:
        """End the child, which is not to be trusted after what it reported; the next call waits for a new one.

        One that could not load is tried anew.
        """
        self._start = {**self._start}  # another start: an end that is wanted is no death
        self._refused = None
        self._settled.clear()
        self._renewed.set()
        if self._living is not None:
            self._living.kill()

    async def ready(self) -> dict[str, Any]:
        """Wait until the child serves; return what it told of itself. Raises the EngineError it refused with."""
        return (await self._serving()).info.result()

    async def recovered(self) -> None:
        """Wait until a child serves, however long its refusal lasts."""
        await self._loaded.wait()

    async def _serving(self) -> Child:
        self._awake.set()
        while True:
            await self._settled.wait()
            if self._refused is not None:
                raise self._refused
            if self._child is not None and not self._child.gone:
                return self._child
            await asyncio.sleep(0.01)  # it has just died; the supervisor is about to notice

    @asynccontextmanager
    async def call(self, head: dict[str, Any], grace: Callable[[], float] | None = None) -> AsyncIterator[RemoteCall]:
        """Open a call, waiting for a child that is starting. Leaving early cancels it, without waiting for its end.

        A child that has not ended it `grace()` seconds later is killed.
        Raises WorkerError `worker.died` when the child dies, and whatever KombainError the service raises.
        """
        while self._ending:  # calls are served one after another: a new one must not die with an old one that hangs
            await asyncio.wait(self._ending)
        child = await self._serving()
        call = RemoteCall(child, next(self._numbers), grace or (lambda: GRACE_S))
        child.calls[call.number] = call
        try:
            await child.send({"call": call.number, "kind": "open", "head": head})
            yield call
        finally:
            if call.number in child.calls:
                self._abandon(child, call)

    def _abandon(self, child: Child, call: RemoteCall) -> None:
        call.abandon()
        task = asyncio.get_running_loop().create_task(self._end(child, call), name=f"{self.name}: end of a call")
        self._ending.add(task)
        task.add_done_callback(self._ending.discard)

    async def _end(self, child: Child, call: RemoteCall) -> None:
        with contextlib.suppress(WorkerError):
            await child.send({"call": call.number, "kind": "cancel"})
        try:
            async with asyncio.timeout(call.grace()):
                await call.over.wait()
        except TimeoutError:
            log.warning("%s does not stop when asked; it is killed", self.name)
            child.kill()

    async def _live(self, start: dict[str, Any]) -> KombainError:
        """Run one child to its death and say how it died. Raises the EngineError it refused to load with."""
        self._had_loaded = False
        self._living = child = await spawn(self.name, start)
        if start is not self._start:
            child.kill()
        watching = asyncio.create_task(child.watch(), name=f"{self.name}: watch")
        listening = asyncio.create_task(child.listen(), name=f"{self.name}: listen")
        reading = asyncio.create_task(child.read(), name=f"{self.name}: read")
        try:
            await asyncio.wait([child.info])
            if isinstance(refusal := child.info.exception(), EngineError):
                raise refusal
            if child.info.exception() is None and start is self._start:
                self._child, self._refused, self._had_loaded = child, None, True
                self._settled.set()
                self._loaded.set()
                self._report(Health.OK)
            await asyncio.wait([reading])  # not `await reading`: our cancellation must not cut the reading short
            refusal = child.info.exception()
            return refusal if isinstance(refusal, WorkerError) else child.death()
        finally:
            if self._refused is None:
                self._settled.clear()
            self._loaded.clear()
            self._child = self._living = None
            child.kill()
            watching.cancel()
            await asyncio.wait([reading, watching, listening], timeout=GRACE_S)

    def _report(self, health: Health, error: KombainError | None = None) -> None:
        if error is not None:
            log.error("%s", error)
        self._bus.publish(part_changed(self.name, health, error, at=time.time()))
