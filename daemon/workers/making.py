"""Both ends of the generator protocol: `Service` makes in the child process, `Maker` asks for it from the main one.

Init: {"kind": "picture" | "clip", "section": the config section, "models": folder}.
Call: {"op": "make", "request", "path"} → {"op": "progress", "value"} … {"op": "made", "mime", "meta"}. Into it, at any
moment: {"op": "pause", "on"}.
"""

import asyncio
import errno
import logging
import os
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Self

from pydantic import ValidationError

from daemon.bus import Bus
from daemon.engines.base import Generator, Made
from daemon.engines.load import find, names
from daemon.errors import Cancelled, ConfigError, EngineError, KombainError, WorkerError
from daemon.gallery import imprint, thumbnail
from daemon.messages import text
from daemon.translation.writing import readable
from daemon.workers import devices
from daemon.workers.child import Call
from daemon.workers.courtesy import give_way
from daemon.workers.pace import Pace
from daemon.workers.pool import Pool
from daemon.workers.process import RemoteCall
from daemon.workers.wear import Wear, resident_mb
from daemon.workers.worker import Worker

log = logging.getLogger(__name__)
NICE = 10
FULL = {errno.ENOSPC, errno.EDQUOT}
UNTRUSTED = ("engine.out_of_memory", "engine.device")
"""After these a child is not used again: its memory is in pieces, or its device no longer answers sensibly."""


@dataclass(frozen=True, slots=True)
class Choice:
    """The engine that is used, built but not loaded, and why better ones are not."""

    name: str
    engine: Generator
    suffix: str
    """The ending of its files."""
    settings: dict[str, Any]
    """The options of that engine, as JSON can hold them."""
    passed_over: dict[str, str]
    """Engine name to error code."""

    def why(self, language: str = "en") -> str:
        """Return a sentence for each engine that was passed over ("" when none was)."""
        return _sentences(self.passed_over, language)


def choose(kind: str, section: dict[str, Any], models: Path) -> Choice:
    """Return the engine that `section` names, or with "auto" the best that can run here: a sketch is the last choice.

    An engine that is `remote` is used only when it is named: prompts leave the house, and it may cost money.
    `section` is {"engine": name or "auto", name: options of that engine, ...}, for clips also `format`.
    Raises EngineError, ConfigError.
    """
    wanted = section.get("engine", "auto")
    candidates = [wanted] if wanted != "auto" else sorted(_here(kind), key=lambda name: find(kind, name).sketch)
    passed_over: dict[str, str] = {}
    for name in candidates:
        found = find(kind, name)
        try:
            options = found.Options.model_validate(section.get(name) or {})
        except ValidationError as error:
            problem = error.errors()[0]
            where = ".".join([kind, name, *map(str, problem["loc"])])
            raise ConfigError("making.options", where=where, why=problem["msg"]) from error
        if (code := found.missing(options, models=models)) is None:
            engine = found(options, models=models)
            suffix = f".{section['format']}" if "format" in section else engine.suffix
            return Choice(name, engine, suffix, options.model_dump(mode="json"), passed_over)
        passed_over[name] = code
    raise EngineError("making.no_engine", kind=kind, why=_Reasons(passed_over))


def _here(kind: str) -> list[str]:
    return [name for name in names(kind) if not getattr(find(kind, name), "remote", False)]


class Service:
    """The child's side: one engine, loaded once, making one thing after another at the lowest priority."""

    def __init__(self, init: dict[str, Any]) -> None:
        self._init = init

    def load(self) -> dict[str, Any]:
        """Choose and load the engine; say which and why."""
        _step_back()
        if (device := self._init.get("device")) is not None:  # before anything of CUDA is imported
            os.environ["CUDA_VISIBLE_DEVICES"] = devices.visible(device)
        choice = choose(self._init["kind"], self._init["section"], Path(self._init["models"]))
        choice.engine.load()
        self._name, self._engine, self._settings = choice.name, choice.engine, choice.settings
        return {"engine": choice.name, "sketch": choice.engine.sketch, "passed_over": choice.passed_over}

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
                *("daemon.workers.making:Service", self._init(device)),
                bus=bus,
                nice=NICE,
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
            raise
        self._pool.measured(self._key, device, memory_mb)
        if (pid := worker.pid) is not None and self._wear[device].worn(pid, resident_mb(pid)):
            log.info("the child for the next %s is a new one: this one has done or grown enough", self._kind)
            worker.discard()
        return made

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


class _Reasons(str):
    """Why no engine can run: in English where it crosses to another process, in any language before that."""

    __slots__ = ("_codes",)
    _codes: dict[str, str]

    def __new__(cls, codes: dict[str, str]) -> Self:
        made = super().__new__(cls, _sentences(codes, "en"))
        made._codes = codes
        return made

    def text(self, language: str) -> str:
        return _sentences(self._codes, language)


def _sentences(codes: dict[str, str], language: str) -> str:
    return " ".join(f"{name}: {_sentence(code, language)}" for name, code in codes.items())


def _sentence(code: str, language: str) -> str:
    try:
        return text(f"errors.{code}", language)
    except KeyError:  # an outsider's engine may have codes that are not ours
        return code


def _step_back() -> None:
    """Use only the processor time that nobody else wants, and be the first to go when memory is short."""
    with suppress(OSError):
        os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))
    with suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("500")
