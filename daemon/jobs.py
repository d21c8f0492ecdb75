"""The durable queue of making: a job is a row from the moment it is accepted, and one runner for each kind serves it.

The rows are the truth, the active jobs are also kept in memory. A clip that needs a picture is two jobs: the picture,
and its child, the clip, which waits for it and shares its fate. A job that its worker dies of three times is put
into quarantine, and the next is served.
"""

import asyncio
import logging
import random
import secrets
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, Protocol

from daemon.artifacts import Artifacts
from daemon.bus import Bus
from daemon.engines.base import Made
from daemon.errors import Cancelled, JobError, KombainError, WorkerError
from daemon.events import ArtifactReady, Failed, JobChanged, part_changed
from daemon.ledger import Ledger
from daemon.order import AskedBy, in_order, learned, left, priority
from daemon.store import Store
from daemon.types import Artifact, Health, Job, JobState
from daemon.workers.courtesy import MOST_S

log = logging.getLogger(__name__)
MOST_ACTIVE = 100
MOST_ATTEMPTS = 3
"""A job whose worker, or whose daemon, dies is tried again; after the third death it is quarantined."""
PROGRESS_S = 0.2
"""Progress is reported at most this often."""
LEAST_DEADLINE_S, DEADLINE_FACTOR = 120.0, 10.0
"""A job may take this many times its estimate, and at least so long."""


class Maker(Protocol):
    """What makes the things of one kind: `workers.making.Maker`."""

    @property
    def engine(self) -> str:
        """The name of the engine in use. Raises EngineError when none can run."""

    @property
    def suffix(self) -> str:
        """The ending of its files, ".png"."""

    @property
    def needs_image(self) -> bool:
        """Whether it can't work from words alone."""

    def estimate(self, request: dict[str, Any]) -> float:
        """Guess the seconds it takes, without history."""

    def recipe(self, request: dict[str, Any]) -> str:
        """Return what two requests that give the same file have in common. Raises EngineError, OSError."""

    @property
    def width(self) -> int:
        """How many things it can make at once."""

    def placed(self) -> AbstractAsyncContextManager[str]:
        """Wait for a device, and have it while the block runs."""

    def make(
        self, request: dict[str, Any], path: Path, progress: Callable[[float], None], device: str | None = None
    ) -> Awaitable[Made]:
        """Make it at `path`. Raises WorkerError when the worker died, another KombainError when it can't be done."""

    def pause(self, *, on: bool) -> None:
        """Let what is being made wait at its next step, or go on."""


class Room(Protocol):
    """Who sees to the disk's room: `gallery.steward.Steward`."""

    def check(self) -> None:
        """Raise JobError `disk.full` while nothing can be made."""

    async def make_room(self) -> None:
        """Make the room that a job needs. Raises JobError `disk.full`."""


class Jobs:
    """Accepts, orders, makes and remembers jobs. `run` is its task; everything else is called on the event loop."""

    def __init__(
        self,
        store: Store,
        artifacts: Artifacts,
        bus: Bus,
        makers: Mapping[str, Maker],
        finished: Callable[[Job, Artifact | None], None] | None = None,
    ) -> None:
        """`finished` is told of every job that has ended."""
        self._ledger = Ledger(store)
        self._damaged = store.damaged
        self._artifacts = artifacts
        self._bus = bus
        self._makers = makers
        self._finished = finished
        self.room: Room | None = None
        self._active = {job.id: job for job in self._ledger.unfinished()}
        self._making: dict[str, asyncio.Task[Artifact]] = {}
        self._began: dict[str, float] = {}
        self._reported: dict[str, float] = {}
        self._deadlines: set[asyncio.Timeout] = set()
        self._work = {kind: asyncio.Event() for kind in makers}

    # what others call

    def submit(
        self, kind: str, request: dict[str, Any], turn: str, key: str | None = None, *, asked_by: AskedBy = ""
    ) -> Job:
        """Accept a job: when this returns, it survives everything. The same `key` again returns the same job.

        A request without a seed gets one, so that a second try makes the same thing. One with a seed that was made
        before is done at once, by what came of it then. `asked_by` decides the priority. Where the engine needs a
        picture and the request has none, a job that makes it is accepted first, as the parent. Raises JobError.
        """
        if kind not in self._makers:
            raise JobError("job.unknown_kind", kind=kind)
        if key is not None and (known := self._ledger.by_key(key)):
            return self._active.get(known.id, known)
        if len(self._active) >= MOST_ACTIVE:
            raise JobError("job.full", most=MOST_ACTIVE)
        if self.room is not None:
            self.room.check()
        request = {name: value for name, value in request.items() if value is not None}
        seeded = "seed" in request
        request, parent = {"seed": random.randrange(1 << 31), **request}, None
        if self._makers[kind].needs_image and not request.get("image"):
            parent = self.submit("picture", request, turn, key and f"{key}:picture", asked_by=asked_by).id
        now = time.time()
        job = Job(
            *(new_id(now), turn, kind, request),
            created=now,
            parent=parent,
            priority=priority(asked_by),
            asked_by=asked_by,
        )
        if seeded and parent is None and (made := self._made_before(job)) is not None:
            ended = replace(job, state=JobState.DONE, progress=1.0, ended=now, artifact=made.id)
            self._ledger.answered(ended, key, made, self._artifacts)
            self._forget(ended, made)
            return ended
        self._ledger.add(job, key)
        self._active[job.id] = job
        self._publish(job)
        self._work[kind].set()
        return job

    def cancel(self, which: str = "last") -> list[Job]:
        """Cancel "last" (the newest), "all", or the job of that id; return what was cancelled (nothing: []).

        With a clip goes the picture that is made for it, and the other way round.
        Running work stops at its next step; what is already being put away is not cancelled any more.
        Raises JobError `job.no_such` for an id that is neither waiting nor running.
        """
        open_jobs = [job for job in self._active.values() if job.state is JobState.QUEUED or job.id in self._making]
        match which:
            case "all":
                chosen = open_jobs
            case "last":
                chosen = open_jobs[-1:]
            case _:
                chosen = [job for job in open_jobs if job.id == which]
                if not chosen:
                    raise JobError("job.no_such", id=which[:64])
        for job in chosen:
            whole = next(
                (other for other in open_jobs if other.id == job.parent), job
            )  # the child goes with its parent
            if whole.id in self._active:
                self._cancel(whole)
        return [self.get(job.id) or job for job in chosen]

    def pause(self, *, on: bool) -> None:
        """Let what is being made wait between two steps, or go on: the voice comes first. Deadlines are put off."""
        for maker in self._makers.values():
            maker.pause(on=on)
        for deadline in self._deadlines if on else ():
            deadline.reschedule((deadline.when() or 0.0) + MOST_S)

    def get(self, job_id: str) -> Job | None:
        """Return a job, of any time."""
        return self._active.get(job_id) or self._ledger.get(job_id)

    def last(self, kind: str) -> Artifact | None:
        """Return the newest picture or clip."""
        return self._artifacts.last(kind)

    def awaited(self, job: Job) -> bool:
        """Say whether a child waits for what comes of this job: then it is the child that is told of."""
        return any(child.parent == job.id for child in self._active.values())

    def ingredients(self) -> set[str]:
        """Return the ids of the artifacts that queued and running jobs are made of."""
        return self._ledger.ingredients() if self._active else set()

    def siblings(self, job: Job) -> list[Job]:
        """Return the open jobs that were asked for together with `job`, of the same kind."""
        return [other for other in self._active.values() if (other.turn, other.kind) == (job.turn, job.kind)]

    def active(self) -> list[Job]:
        """Return the queued and running jobs, the oldest first."""
        return list(self._active.values())

    def estimate(self, kind: str, request: dict[str, Any]) -> float:
        """Guess the seconds of making `request`: from the last jobs of this engine, before that by the engine itself.

        Raises EngineError when no engine can make it.
        """
        maker = self._makers[kind]
        known = learned(request, self._ledger.durations(kind, maker.engine))
        return maker.estimate(request) if known is None else known

    def remaining(self, job: Job) -> float:
        """Guess the seconds until `job` is done, with what stands before it in the queue."""
        total = 0.0
        for other in in_order(self._active.values()):
            if other.id == job.id:
                parent = self._active.get(other.parent or "")
                return max(total, self.remaining(parent) if parent else 0.0) + self._left(other)
            if other.kind == job.kind:
                total += self._left(other)
        return 0.0

    async def run(self) -> None:
        """Take up what an earlier life left, then serve until cancelled; running work is then put back in the queue."""
        if self._damaged:
            damage = JobError("store.damaged", path=str(self._damaged))
            self._bus.publish(part_changed("store", Health.DEGRADED, damage, at=time.time()))
        for job in self.active():
            if job.kind not in self._makers:
                self._fail(job, JobError("job.unknown_kind", kind=job.kind))
            elif job.state is JobState.RUNNING:  # it was running when the daemon died
                self._try_again(job)
        async with asyncio.TaskGroup() as group:
            for kind in self._makers:
                group.create_task(self._serve(kind), name=f"jobs: {kind}")

    def _made_before(self, job: Job) -> Artifact | None:
        with suppress(KombainError, OSError):  # no engine, or no picture to start from: making it will tell
            return self._artifacts.same(self._makers[job.kind].recipe(job.request))
        return None

    # one runner

    async def _serve(self, kind: str) -> None:
        """Make the jobs of a kind, as many at once as its maker can."""
        making: set[str] = set()

        async def one(job: Job) -> None:
            try:
                await self._perform(job)
            finally:
                making.discard(job.id)
                self._work[kind].set()

        async with asyncio.TaskGroup() as group:
            while True:
                waiting = [
                    job for job in self._active.values()
                    if job.kind == kind and job.parent not in self._active and job.id not in making
                ]  # fmt: skip
                if waiting and len(making) < self._makers[kind].width:
                    making.add((job := in_order(waiting)[0]).id)
                    group.create_task(one(job), name=f"jobs: {kind} {job.id}")
                else:
                    self._work[kind].clear()
                    await self._work[kind].wait()

    async def _perform(self, job: Job) -> None:
        try:
            # written before the work begins: a job that takes the whole daemon down is counted too
            job = self._move(job, state=JobState.RUNNING, attempts=job.attempts + 1, started=time.time())
            self._began[job.id] = time.monotonic()
            self._making[job.id] = making = asyncio.create_task(self._make(job), name=f"job {job.id}")
            try:
                await asyncio.wait([making])
            except asyncio.CancelledError:
                making.cancel()
                await asyncio.wait([making])
                if job.id in self._active:
                    self._move(job, state=JobState.QUEUED, attempts=job.attempts - 1, progress=0.0)
                raise
            if job.id in self._active:  # else it was cancelled
                self._conclude(self._active[job.id], making)
        except JobError as error:  # the store does not work: the row stays as it is and is taken up at the next start
            log.error("%s", error)  # noqa: TRY400 - it is a sentence, not a bug
            self._bus.publish(Failed(code=error.code, text=str(error), part="jobs", turn=job.turn, at=time.time()))
            self._forget(replace(job, state=JobState.FAILED, error=error.code, error_values=error.values), None)
        finally:
            self._making.pop(job.id, None)

    async def _make(self, job: Job) -> Artifact:
        maker, request = self._makers[job.kind], self._request(job)
        deadline = max(LEAST_DEADLINE_S, DEADLINE_FACTOR * self.estimate(job.kind, request))
        if self.room is not None:
            await self.room.make_room()
        part = self._artifacts.begin(job, maker.suffix)
        try:
            async with maker.placed() as device, self._within(deadline):
                made = await maker.make(request, part, partial(self._progress, job.id), device)
            del self._making[job.id]  # from here on it is too late to cancel it
            return await asyncio.to_thread(self._artifacts.finish, job, part, made)
        except TimeoutError as error:
            raise JobError("job.too_slow", seconds=int(deadline)) from error
        finally:
            with suppress(OSError):
                self._artifacts.discard(part)

    @asynccontextmanager
    async def _within(self, seconds: float) -> AsyncIterator[None]:
        async with asyncio.timeout(seconds) as deadline:
            self._deadlines.add(deadline)
            try:
                yield
            finally:
                self._deadlines.discard(deadline)

    def _request(self, job: Job) -> dict[str, Any]:
        """Return what is to be made, beginning with what came of the parent. Raises JobError `job.no_parent`."""
        if job.parent is None:
            return job.request
        parent = self._ledger.get(job.parent)
        picture = self._artifacts.get(parent.artifact) if parent and parent.artifact else None
        if picture is None:
            raise JobError("job.no_parent")
        return job.request | {"image": str(picture.path)}

    def _conclude(self, job: Job, making: asyncio.Task[Artifact]) -> None:
        match making.exception():
            case None:
                self._done(job, making.result())
            case WorkerError() as error:
                log.warning("job %s: %s", job.id, error)
                self._try_again(job)
            case Cancelled():
                self._end(job, JobState.CANCELLED)
            case KombainError(code="disk.full") as error if self.room is not None and job.attempts < MOST_ATTEMPTS:
                log.warning("job %s: %s", job.id, error)
                self._try_again(job)  # room is made before it begins
            case KombainError() as error:
                self._fail(job, error)
            case error:
                log.error("job %s", job.id, exc_info=error)
                self._fail(job, JobError("job.internal"))

    def _try_again(self, job: Job) -> None:
        if job.attempts < MOST_ATTEMPTS:
            self._move(job, state=JobState.QUEUED, progress=0.0)
        else:
            with suppress(OSError):  # killed between the file and its row
                self._artifacts.drop(job)
            self._fail(job, JobError("job.died", times=job.attempts), JobState.QUARANTINED)

    def _done(self, job: Job, artifact: Artifact) -> None:
        engine, seconds = self._makers[job.kind].engine, time.monotonic() - self._began[job.id]
        ended = replace(job, state=JobState.DONE, progress=1.0, ended=time.time(), artifact=artifact.id)
        self._ledger.done(ended, artifact, self._artifacts, engine=engine, seconds=seconds)
        self._forget(ended, artifact)

    def _cancel(self, job: Job) -> Job:
        ended = self._end(job, JobState.CANCELLED)
        if making := self._making.get(job.id):
            making.cancel()
        return ended

    # changes of state: first the row, then the memory, then the event

    def _fail(self, job: Job, error: KombainError, state: JobState = JobState.FAILED) -> None:
        log.warning("job %s: %s", job.id, error)
        self._end(replace(job, error=error.code, error_values=error.values), state)

    def _end(self, job: Job, state: JobState) -> Job:
        ended = replace(job, state=state, progress=0.0, ended=time.time())
        self._ledger.write(ended)
        self._forget(ended, None)
        fate = JobState.FAILED if state is JobState.QUARANTINED else state  # the child itself killed nobody
        for child in [child for child in self._active.values() if child.parent == job.id]:
            self._end(replace(child, error=ended.error, error_values=ended.error_values), fate)
        return ended

    def _forget(self, ended: Job, artifact: Artifact | None) -> None:
        self._active.pop(ended.id, None)
        self._began.pop(ended.id, None)
        self._reported.pop(ended.id, None)
        self._publish(ended)
        if artifact is not None:
            self._bus.publish(ArtifactReady(
                artifact=artifact.id, job=ended.id, kind=artifact.kind, path=str(artifact.path), mime=artifact.mime,
                meta=artifact.meta, turn=ended.turn, at=time.time(),
            ))  # fmt: skip
        if self._finished is not None:
            self._finished(ended, artifact)
        for event in self._work.values():  # a child may begin
            event.set()

    def _move(self, job: Job, **changes: Any) -> Job:
        moved = replace(job, **changes)
        self._ledger.write(moved)
        self._active[job.id] = moved
        self._publish(moved)
        return moved

    def _progress(self, job_id: str, value: float) -> None:
        job = self._active.get(job_id)
        if job is None or not job.progress < value <= 1:
            return
        self._active[job_id] = job = replace(job, progress=value)
        if time.monotonic() - self._reported.get(job_id, 0) >= PROGRESS_S:
            self._reported[job_id] = time.monotonic()
            self._publish(job)

    def _publish(self, job: Job) -> None:
        remaining = None
        with suppress(KombainError):  # no engine, or no database: then there is no guess
            remaining = round(self.remaining(job), 1) if job.id in self._active else 0.0
        prompt = str(job.request.get("prompt", ""))
        self._bus.publish(JobChanged(
            job=job.id, kind=job.kind, state=job.state, progress=round(job.progress, 3), remaining=remaining,
            prompt=prompt, error=job.error, turn=job.turn, at=time.time(),
        ))  # fmt: skip

    def _left(self, job: Job) -> float:
        total = self.estimate(job.kind, job.request)
        began = self._began.get(job.id)
        if job.state is JobState.QUEUED or began is None:
            return total
        return left(total, time.monotonic() - began, job.progress)


def new_id(now: float) -> str:
    """Return an id that sorts by time and is safe as a file name and as an MQTT payload."""
    moment = datetime.fromtimestamp(now, UTC)
    return f"{moment:%Y%m%d-%H%M%S}{moment.microsecond // 1000:03d}-{secrets.token_hex(3)}"
