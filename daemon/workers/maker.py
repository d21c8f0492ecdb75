"""The main process's end of the generator protocol: what the queue makes with; the child's is `workers.making`."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import cached_property
from pathlib import Path
from typing import Any

from daemon.bus import Bus
from daemon.engines.base import Made
from daemon.errors import EngineError, KombainError, WorkerError
from daemon.gallery import imprint
from daemon.workers import devices, making
from daemon.workers.choice import Choice, choose
from daemon.workers.pace import Pace
from daemon.workers.pool import Pool
from daemon.workers.process import RemoteCall
from daemon.workers.wear import Wear, resident_mb
from daemon.workers.worker import Worker

log = logging.getLogger(__name__)
NICE = 10
OUT_OF_MEMORY = "engine.out_of_memory"
UNTRUSTED = (OUT_OF_MEMORY, "engine.device", "videocrafter.no_memory")
"""After these a child is not used again: its memory is in pieces, or its device no longer answers sensibly."""


class Maker:
    """The main process's side of the generators of one kind: what `Jobs` makes with. `run` is its task.

    There is a worker for each device of the pool. An engine that computes on a device (it has the option `device`)
    sleeps until the pool gives it one; any other is loaded in the first worker, and stays.
    """

    def __init__(self, kind: str, section: dict[str, Any], models: Path, *, bus: Bus, pool: Pool | None = None) -> None:
        """`section` holds only what JSON can hold (`model_dump(mode="json")`)."""
        self._kind, self._section, self._models = kind, section, models
        self._pool = pool or Pool({devices.CPU: devices.host_mb()}, 0)
        self._calls: set[RemoteCall] = set()
        self._wear = {device: self._new_wear() for device in self._pool.capacity}
        self._pace = {device: Pace() for device in self._pool.capacity}
        self._workers = {
            device: Worker(
                kind if number == 0 else f"{kind} {device}",
                *(making.SERVICE, self._init(device)),
                bus=bus,
                nice=NICE,
                patient=True,
            )
            for number, device in enumerate(self._pool.capacity)
        }
        warm = self._warm()
        for device, worker in self._workers.items():
            if device != warm:
                worker.sleep()

    @property
    def name(self) -> str:
        """The kind, as the process is called."""
        return self._kind

    @property
    def worker(self) -> Worker:
        """The first worker."""
        return next(iter(self._workers.values()))

    async def run(self) -> None:
        """Keep the workers running until cancelled."""
        async with asyncio.TaskGroup() as group:
            for worker in self._workers.values():
                group.create_task(worker.run(), name=worker.name)

    async def ready(self) -> None:
        """Wait until what is not asleep serves. Raises the EngineError it refused with."""
        for worker in self._workers.values():
            if worker.awake:
                await worker.ready()

    @cached_property
    def choice(self) -> Choice:
        """The engine that the child uses: the same choice, made here without loading. Raises EngineError."""
        return choose(self._kind, self._section, self._models)

    async def renew(self, section: dict[str, Any]) -> None:
        """Make by another section from the next job on; what is being made is finished. Raises EngineError."""
        self._pool.forget(self._key)
        self._section = section
        self.__dict__.pop("choice", None)
        warm = self._warm()
        for device, worker in self._workers.items():
            self._wear[device], self._pace[device] = self._new_wear(), Pace()
            if device != warm:
                await worker.renew(self._init(device), load=False)
        if warm is not None:
            await self._workers[warm].renew(self._init(warm))

    def _init(self, device: str) -> dict[str, Any]:
        given = {"device": device} if self._wants_device and self._pinned is None else {}
        return {"kind": self._kind, "section": self._section, "models": str(self._models), **given}

    def _new_wear(self) -> Wear:
        return Wear(self._section.get("recycle_jobs", 0), self._section.get("recycle_mb", 0))

    # where it runs

    @property
    def _key(self) -> str:
        try:
            return f"{self._kind}/{self.choice.name}"
        except KombainError:
            return self._kind

    @property
    def _wants_device(self) -> bool:
        """Whether the engine's memory is for the pool to give: not where the config names a device outside of it."""
        try:
            device = self.choice.settings.get("device")
        except KombainError:
            return False
        return device == "auto" or device in self._pool.capacity

    @property
    def _pinned(self) -> str | None:
        device = self.choice.settings["device"]
        return None if device == "auto" else str(device)

    def _warm(self) -> str | None:
        """Return the device whose worker loads right away."""
        if not self._wants_device:
            return next(iter(self._workers))
        return self._pool.warm(self._key, self.choice.engine.memory_mb, self._unload, self._pinned)

    def _unload(self, device: str) -> None:
        self._workers[device].sleep()

    @property
    def width(self) -> int:
        """How many things it can make at once."""
        return len(self._workers) if self._wants_device and self._pinned is None else 1

    @asynccontextmanager
    async def placed(self) -> AsyncIterator[str]:
        """Wait for a device with room for the engine, and have it while the block runs; yields its name."""
        if not self._wants_device:
            yield next(iter(self._workers))
            return
        memory_mb = self.choice.engine.memory_mb
        async with self._pool.placed(self._key, memory_mb, self._unload, self._pinned) as device:
            yield device

    @property
    def engine(self) -> str:
        """Its name."""
        return self.choice.name

    @property
    def suffix(self) -> str:
        """The ending of its files."""
        return self.choice.suffix

    @property
    def needs_image(self) -> bool:
        """Whether it can't work from words alone; False when no engine can run."""
        try:
            return self.choice.engine.needs_image
        except EngineError:
            return False

    @property
    def sketch(self) -> bool:
        """Whether its results are announced as sketches; False when no engine can run."""
        try:
            return self.choice.engine.sketch
        except EngineError:
            return False

    @property
    def reads(self) -> tuple[str, ...]:
        """The languages that it reads, none for all; also where no engine can run, which is told otherwise."""
        try:
            return tuple(getattr(self.choice.engine, "reads", ()))
        except KombainError:
            return ()

    def told(self, language: str) -> dict[str, Any]:
        """Tell which engine it is, and why better ones that are set up are not; {} when no engine can run."""
        try:
            choice = self.choice
        except KombainError:
            return {}
        declined = {name: why.text(language) for name, why in choice.declined.items()}
        return {"engine": choice.name, "sketch": choice.engine.sketch, "declined": declined}

    @property
    def host(self) -> str | None:
        """The server that makes the things, None when they are made here or not at all."""
        try:
            return getattr(self.choice.engine, "host", None)
        except KombainError:
            return None

    def estimate(self, request: dict[str, Any]) -> float:
        """Guess the seconds it takes, without history."""
        return self.choice.engine.estimate(request)

    @property
    def rough(self) -> bool:
        """Whether that guess is not good enough to be told. Raises EngineError when no engine can run."""
        return getattr(self.choice.engine, "rough", False)

    def recipe(self, request: dict[str, Any]) -> str:
        """Return what two requests that give the same file have in common; raises EngineError, OSError."""
        return imprint.recipe(self._kind, self.choice.name, self.choice.settings, request)

    async def make(
        self, request: dict[str, Any], path: Path, progress: Callable[[float], None], device: str | None = None
    ) -> Made:
        """Make `request` at `path`, on the device from `placed`, else in the first worker.

        Cancelling this asks the child to stop at its next step, the model stays warm.
        Raises WorkerError when the child died or answered garbage, EngineError when it can't be made.
        """
        device = device or next(iter(self._workers))
        worker = self._workers[device]
        try:
            made, memory_mb = await self._made(device, request, path, progress)
        except EngineError as error:
            if error.code in UNTRUSTED:
                log.warning("%s: %s", worker.name, error)
                worker.discard()
            if error.code == OUT_OF_MEMORY and self._wants_device:
                worker.sleep()  # it loads again when room was made
                self._pool.lost(self._key, device)
            raise
        self._pool.measured(self._key, device, memory_mb)
        if (pid := worker.pid) is not None and self._wear[device].worn(pid, resident_mb(pid)):
            log.info("the child for the next %s is a new one: this one has done or grown enough", self._kind)
            worker.discard()
        return made

    def give_up(self, device: str) -> None:
        """End what hangs on that device, be it still loading; it is replaced."""
        self._workers[device].discard()

    def pause(self, *, on: bool) -> None:
        """Let what is being made wait at its next step, or go on. What is begun later is not held up by it."""
        for call in self._calls:
            call.post({"op": "pause", "on": on})
        for pace in self._pace.values():
            pace.wait()

    @asynccontextmanager
    async def _open(self, device: str, head: dict[str, Any]) -> AsyncIterator[RemoteCall]:
        async with self._workers[device].call(head, self._pace[device].grace) as call:
            self._pace[device].wait()
            self._calls.add(call)
            try:
                yield call
            finally:
                self._calls.discard(call)

    async def _made(
        self, device: str, request: dict[str, Any], path: Path, progress: Callable[[float], None]
    ) -> tuple[Made, int]:
        made = None
        async with self._open(device, {"op": "make", "request": request, "path": str(path)}) as call:
            async for frame in call:
                self._pace[device].step()
                match frame.head:
                    case {"op": "progress", "value": int() | float() as value}:
                        progress(value)
                    case {"op": "made", "mime": str() as mime, "meta": dict() as meta, "memory_mb": int() as memory_mb}:
                        made = Made(mime, meta), memory_mb
                    case _:
                        made = None
                        break
        if made is None:
            self._workers[device].discard()
            raise WorkerError("worker.garbage")
        return made
