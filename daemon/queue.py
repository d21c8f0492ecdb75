"""The open jobs: their order, their states, and how long they will take.

The rows are the truth, the open jobs are also kept in memory. Every change is written first, then remembered, then
reported.
"""

import asyncio
import logging
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Any

from daemon.artifacts import Artifacts
from daemon.bus import Bus
from daemon.errors import KombainError
from daemon.events import ArtifactReady, JobChanged
from daemon.ledger import Ledger
from daemon.maker import Maker
from daemon.order import in_order, learned, left
from daemon.types import Artifact, Job, JobState

log = logging.getLogger(__name__)
PROGRESS_S = 0.2
"""Progress is reported at most this often."""


class Queue:
    """The queued and running jobs. All that writes raises JobError `store.…` and has then changed nothing."""

    def __init__(
        self,
        ledger: Ledger,
        artifacts: Artifacts,
        bus: Bus,
        makers: Mapping[str, Maker],
        finished: Callable[[Job, Artifact | None], None] | None,
    ) -> None:
        self._ledger = ledger
        self._artifacts = artifacts
        self._bus = bus
        self._makers = makers
        self._finished = finished
        self._began: dict[str, float] = {}
        self._reported: dict[str, float] = {}
        self.open = {job.id: job for job in ledger.unfinished()}
        """By id, the oldest first."""
        self.work = {kind: asyncio.Event() for kind in makers}
        """Set when there may be something to begin."""

    # changes of state

    def add(self, job: Job, key: str | None) -> None:
        """Take up a new job."""
        self._ledger.add(job, key)
        self.open[job.id] = job
        self._publish(job)
        self.work[job.kind].set()

    def answered(self, job: Job, key: str | None, made: Artifact) -> Job:
        """Take up a new job that is done from the start, by what was made before."""
        ended = replace(job, state=JobState.DONE, progress=1.0, ended=job.created, artifact=made.id)
        self._ledger.answered(ended, key, made, self._artifacts)
        self.forget(ended, made)
        return ended

    def began(self, job: Job) -> Job:
        """Note another attempt; before the work, so that a job that takes the whole daemon down is counted too."""
        job = self.move(job, state=JobState.RUNNING, attempts=job.attempts + 1, started=time.time())
        self._began[job.id] = time.monotonic()
        return job

    def move(self, job: Job, **changes: Any) -> Job:
        """Change an open job."""
        moved = replace(job, **changes)
        self._ledger.write(moved)
        self.open[job.id] = moved
        self._publish(moved)
        return moved

    def progress(self, job_id: str, value: float) -> bool:
        """Note how far a job is, 0 to 1; only onwards, and not on the disk. Returns whether it moved on."""
        job = self.open.get(job_id)
        if job is None or not job.progress < value <= 1:
            return False
        self.open[job_id] = job = replace(job, progress=value)
        if time.monotonic() - self._reported.get(job_id, 0) >= PROGRESS_S:
            self._reported[job_id] = time.monotonic()
            self._publish(job)
        return True

    def done(self, job: Job, artifact: Artifact) -> None:
        """Note what came of a job, and how long it took."""
        engine, seconds = self._makers[job.kind].engine, time.monotonic() - self._began[job.id]
        ended = replace(job, state=JobState.DONE, progress=1.0, ended=time.time(), artifact=artifact.id)
        self._ledger.done(ended, artifact, self._artifacts, engine=engine, seconds=seconds)
        self.forget(ended, artifact)

    def fail(self, job: Job, error: KombainError, state: JobState = JobState.FAILED) -> None:
        """End a job with the reason why nothing came of it."""
        log.warning("job %s: %s", job.id, error)
        self.end(replace(job, error=error.code, error_values=error.plain), state)

    def end(self, job: Job, state: JobState) -> None:
        """End a job of which nothing came, and with it the child that waits for it."""
        ended = replace(job, state=state, progress=0.0, ended=time.time())
        self._ledger.write(ended)
        self.forget(ended, None)
        fate = JobState.FAILED if state is JobState.QUARANTINED else state  # the child itself killed nobody
        for child in [child for child in self.open.values() if child.parent == job.id]:
            self.end(replace(child, error=ended.error, error_values=ended.error_values), fate)

    def forget(self, ended: Job, artifact: Artifact | None) -> None:
        """Report a job that has ended, and keep it no longer."""
        self.open.pop(ended.id, None)
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
        for event in self.work.values():  # a child may begin
            event.set()

    def _publish(self, job: Job) -> None:
        remaining = None
        with suppress(KombainError):  # no engine, or no database: then there is no guess
            seconds = self.remaining(job)
            remaining = None if seconds is None else round(seconds, 1)
        prompt = str(job.request.get("prompt", ""))
        self._bus.publish(JobChanged(
            job=job.id, kind=job.kind, state=job.state, progress=round(job.progress, 3), remaining=remaining,
            prompt=prompt, error=job.error, parent=job.parent, turn=job.turn, at=time.time(),
        ))  # fmt: skip

    # how long it takes

    def guess(self, kind: str, request: dict[str, Any]) -> tuple[float, bool]:
        """Guess the seconds of making `request`: from the last jobs of this engine, before that by the engine itself.

        With it comes whether it may be told. Raises EngineError when no engine can make it.
        """
        maker = self._makers[kind]
        known = learned(request, self._ledger.durations(kind, maker.engine))
        return (maker.estimate(request), not maker.rough) if known is None else (known, True)

    def estimate(self, kind: str, request: dict[str, Any]) -> float | None:
        """Return the guess that may be told, None where there is none yet. Raises EngineError as `guess`."""
        seconds, telling = self.guess(kind, request)
        return seconds if telling else None

    def remaining(self, job: Job) -> float | None:
        """Guess the seconds until `job` is done, with what stands before it; None where one of them is not known."""
        if job.id not in self.open:
            return 0.0
        line = [other for other in in_order(self.open.values()) if other.kind == job.kind]
        before = [self._left(other) for other in line[: [other.id for other in line].index(job.id)]]
        parent = self.open.get(job.parent or "")
        own, parents = self._left(job), self.remaining(parent) if parent else 0.0
        if own is None or parents is None or None in before:
            return None
        return max(sum(filter(None, before)), parents) + own

    def _left(self, job: Job) -> float | None:
        job = self.open[job.id]
        total = self.estimate(job.kind, job.request)
        began = self._began.get(job.id)
        if job.state is JobState.QUEUED or began is None:
            return total
        return left(total, time.monotonic() - began, job.progress)
