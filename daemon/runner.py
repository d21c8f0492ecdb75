"""Makes what is in the queue: one runner for each kind serves its jobs, as many at once as the maker can.

A job that its worker dies of three times is put into quarantine, and the next is served.
"""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from functools import partial
from typing import Any

from daemon.artifacts import Artifacts
from daemon.bus import Bus
from daemon.engines.base import Made
from daemon.errors import Cancelled, JobError, KombainError, WorkerError
from daemon.events import Failed
from daemon.ledger import Ledger
from daemon.maker import Maker, Room
from daemon.order import in_order
from daemon.queue import Queue
from daemon.types import Artifact, Job, JobState
from daemon.workers.courtesy import MOST_S

log = logging.getLogger(__name__)
MOST_ATTEMPTS = 3
"""A job whose worker, or whose daemon, dies is tried again; after the third death it is quarantined."""
LEAST_DEADLINE_S, DEADLINE_FACTOR = 120.0, 10.0
"""A job may take this many times its estimate, and at least so long; for each step, where that is a rough guess."""


class Runner:
    """Takes jobs from the queue and concludes them. `run` is its task."""

    def __init__(
        self, queue: Queue, ledger: Ledger, artifacts: Artifacts, bus: Bus, makers: Mapping[str, Maker]
    ) -> None:
        self._queue = queue
        self._ledger = ledger
        self._artifacts = artifacts
        self._bus = bus
        self._makers = makers
        self.room: Room | None = None
        self.making: dict[str, asyncio.Task[Artifact]] = {}
        """By job, what can still be cancelled."""
        self._deadlines: set[asyncio.Timeout] = set()

    async def run(self) -> None:
        """Take up what an earlier life left, then serve until cancelled; running work is then put back in the queue."""
        for job in list(self._queue.open.values()):
            if job.kind not in self._makers:
                self._queue.fail(job, JobError("job.unknown_kind", kind=job.kind))
            elif job.state is JobState.RUNNING:  # it was running when the daemon died
                self._try_again(job)
        async with asyncio.TaskGroup() as group:
            for kind in self._makers:
                group.create_task(self._serve(kind), name=f"jobs: {kind}")

    def pause(self, *, on: bool) -> None:
        """Let what is being made wait between two steps, or go on. Deadlines are put off."""
        for maker in self._makers.values():
            maker.pause(on=on)
        for deadline in self._deadlines if on else ():
            deadline.reschedule((deadline.when() or 0.0) + MOST_S)

    async def _serve(self, kind: str) -> None:
        """Make the jobs of a kind, as many at once as its maker can."""
        making: set[str] = set()
        work = self._queue.work[kind]

        async def one(job: Job) -> None:
            try:
                await self._perform(job)
            finally:
                making.discard(job.id)
                work.set()

        async with asyncio.TaskGroup() as group:
            while True:
                waiting = [
                    job for job in self._queue.open.values()
                    if job.kind == kind and job.parent not in self._queue.open and job.id not in making
                ]  # fmt: skip
                if waiting and len(making) < self._makers[kind].width:
                    making.add((job := in_order(waiting)[0]).id)
                    group.create_task(one(job), name=f"jobs: {kind} {job.id}")
                else:
                    work.clear()
                    await work.wait()

    async def _perform(self, job: Job) -> None:
        try:
            job = self._queue.began(job)
            self.making[job.id] = making = asyncio.create_task(self._make(job), name=f"job {job.id}")
            try:
                await asyncio.wait([making])
            except asyncio.CancelledError:
                making.cancel()
                await asyncio.wait([making])
                if job.id in self._queue.open:
                    self._queue.move(job, state=JobState.QUEUED, attempts=job.attempts - 1, progress=0.0)
                raise
            if job.id in self._queue.open:  # else it was cancelled
                self._conclude(self._queue.open[job.id], making)
        except JobError as error:  # the store does not work: the row stays as it is and is taken up at the next start
            log.error("%s", error)  # noqa: TRY400 - it is a sentence, not a bug
            self._bus.publish(Failed(code=error.code, text=str(error), part="jobs", turn=job.turn, at=time.time()))
            self._queue.forget(replace(job, state=JobState.FAILED, error=error.code, error_values=error.plain), None)
        finally:
            self.making.pop(job.id, None)

    async def _make(self, job: Job) -> Artifact:
        maker, request = self._makers[job.kind], self._request(job)
        guess, known = self._queue.guess(job.kind, request)
        seconds = max(LEAST_DEADLINE_S, DEADLINE_FACTOR * guess)
        if self.room is not None:
            await self.room.make_room()
        part = self._artifacts.begin(job, maker.suffix)
        try:
            async with maker.placed() as device:
                try:
                    made = await self._made(job, partial(maker.make, request, part, device=device), seconds, known)
                except TimeoutError as error:
                    maker.give_up(device)
                    raise JobError("job.too_slow", seconds=int(seconds)) from error
            del self.making[job.id]  # from here on it is too late to cancel it
            return await asyncio.to_thread(self._artifacts.finish, job, part, made)
        finally:
            with suppress(OSError):
                self._artifacts.discard(part)

    async def _made(self, job: Job, make: Callable[..., Awaitable[Made]], seconds: float, known: bool) -> Made:  # noqa: FBT001
        """Have it made within `seconds`; where those are not known well, each step has them. Raises TimeoutError."""
        async with self._within(seconds) as deadline:

            def progress(value: float) -> None:
                if self._queue.progress(job.id, value) and not known:
                    deadline.reschedule(asyncio.get_running_loop().time() + seconds)

            return await make(progress=progress)

    @asynccontextmanager
    async def _within(self, seconds: float) -> AsyncIterator[asyncio.Timeout]:
        async with asyncio.timeout(seconds) as deadline:
            self._deadlines.add(deadline)
            try:
                yield deadline
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
                self._queue.done(job, making.result())
            case WorkerError() as error:
                log.warning("job %s: %s", job.id, error)
                self._try_again(job)
            case Cancelled():
                self._queue.end(job, JobState.CANCELLED)
            case KombainError(code="engine.out_of_memory" | "job.too_slow") as error if self._worth_a_try(job):
                log.warning("job %s: %s", job.id, error)
                self._try_again(job)  # in a new process, and with a device to itself
            case KombainError(code="disk.full") as error if self.room is not None and job.attempts < MOST_ATTEMPTS:
                log.warning("job %s: %s", job.id, error)
                self._try_again(job)  # room is made before it begins
            case KombainError() as error:
                self._queue.fail(job, error)
            case error:
                log.error("job %s", job.id, exc_info=error)
                self._queue.fail(job, JobError("job.internal"))

    def _worth_a_try(self, job: Job) -> bool:
        return job.attempts == 1 and self._makers[job.kind].host is None  # a server might be paid twice

    def _try_again(self, job: Job) -> None:
        if job.attempts < MOST_ATTEMPTS:
            self._queue.move(job, state=JobState.QUEUED, progress=0.0)
        else:
            with suppress(OSError):  # killed between the file and its row
                self._artifacts.drop(job)
            self._queue.fail(job, JobError("job.died", times=job.attempts), JobState.QUARANTINED)
