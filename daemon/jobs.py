"""The durable queue of making, as others use it: a job is a row from the moment it is accepted.

`queue` keeps the open ones, `runner` makes them. A clip that needs a picture is two jobs: the picture, and its child,
the clip, which waits for it and shares its fate.
"""

import random
import secrets
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

from daemon.artifacts import Artifacts
from daemon.bus import Bus
from daemon.errors import JobError, KombainError
from daemon.events import part_changed
from daemon.ledger import Ledger
from daemon.maker import Maker, Room
from daemon.order import PRIORITY, AskedBy, Urgency
from daemon.queue import Queue
from daemon.runner import Runner
from daemon.store import Store
from daemon.types import Artifact, Health, Job, JobState

MOST_ACTIVE = 100


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
        self._damaged = store.damaged
        self._artifacts = artifacts
        self._bus = bus
        self._makers = makers
        self._ledger = Ledger(store)
        self._queue = Queue(self._ledger, artifacts, bus, makers, finished)
        self._runner = Runner(self._queue, self._ledger, artifacts, bus, makers)

    @property
    def room(self) -> Room | None:
        """Who sees to the disk's room."""
        return self._runner.room

    @room.setter
    def room(self, room: Room) -> None:
        self._runner.room = room

    async def run(self) -> None:
        """Take up what an earlier life left, then serve until cancelled; running work is then put back in the queue."""
        if self._damaged:
            damage = JobError("store.damaged", path=str(self._damaged))
            self._bus.publish(part_changed("store", Health.DEGRADED, damage, at=time.time()))
        await self._runner.run()

    def submit(
        self,
        kind: str,
        request: dict[str, Any],
        turn: str,
        key: str | None = None,
        *,
        asked_by: AskedBy = "",
        priority: Urgency = "normal",
    ) -> Job:
        """Accept a job: when this returns, it survives everything. The same `key` again returns the same job.

        A request without a seed gets one, so that a second try makes the same thing. One with a seed that was made
        before is done at once, by what came of it then. Where the engine needs a picture and the request has none, a
        job that makes it is accepted first, as the parent. Raises JobError.
        """
        if kind not in self._makers:
            raise JobError("job.unknown_kind", kind=kind)
        if key is not None and (known := self._ledger.by_key(key)):
            return self._queue.open.get(known.id, known)
        if len(self._queue.open) >= MOST_ACTIVE:
            raise JobError("job.full", most=MOST_ACTIVE)
        if self.room is not None:
            self.room.check()
        request = {name: value for name, value in request.items() if value is not None}
        seeded = "seed" in request
        request, parent = {"seed": random.randrange(1 << 31), **request}, None
        if self._makers[kind].needs_image and not request.get("image"):
            first = key and f"{key}:picture"
            parent = self.submit("picture", request, turn, first, asked_by=asked_by, priority=priority).id
        now = time.time()
        job = Job(
            *(new_id(now), turn, kind, request),
            created=now,
            parent=parent,
            priority=PRIORITY[priority],
            asked_by=asked_by,
        )
        if seeded and parent is None and (made := self._made_before(job)) is not None:
            return self._queue.answered(job, key, made)
        self._queue.add(job, key)
        return job

    def _made_before(self, job: Job) -> Artifact | None:
        with suppress(KombainError, OSError):  # no engine, or no picture to start from: making it will tell
            return self._artifacts.same(self._makers[job.kind].recipe(job.request))
        return None

    def cancel(self, which: str = "last") -> list[Job]:
        """Cancel "last" (the newest), "all", or the job of that id; return what was cancelled (nothing: []).

        With a clip goes the picture that is made for it, and the other way round.
        Running work stops at its next step; what is already being put away is not cancelled any more.
        Raises JobError `job.no_such` for an id that is neither waiting nor running.
        """
        making = self._runner.making
        open_jobs = [job for job in self.active() if job.state is JobState.QUEUED or job.id in making]
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
            whole = next((other for other in open_jobs if other.id == job.parent), job)  # the child goes with it
            if whole.id in self._queue.open:
                self._queue.end(whole, JobState.CANCELLED)
                if (task := making.get(whole.id)) is not None:
                    task.cancel()
        return [self.get(job.id) or job for job in chosen]

    def pause(self, *, on: bool) -> None:
        """Let what is being made wait between two steps, or go on: the voice comes first. Deadlines are put off."""
        self._runner.pause(on=on)

    def get(self, job_id: str) -> Job | None:
        """Return a job, of any time."""
        return self._queue.open.get(job_id) or self._ledger.get(job_id)

    def last(self, kind: str | None = None) -> Artifact | None:
        """Return the newest picture, clip, or either."""
        return self._artifacts.last(kind)

    def awaited(self, job: Job) -> bool:
        """Say whether a child waits for what comes of this job: then it is the child that is told of."""
        return any(child.parent == job.id for child in self.active())

    def ingredients(self) -> set[str]:
        """Return the ids of the artifacts that queued and running jobs are made of."""
        return self._ledger.ingredients() if self._queue.open else set()

    def siblings(self, job: Job) -> list[Job]:
        """Return the open jobs that were asked for together with `job`, of the same kind."""
        return [other for other in self.active() if (other.turn, other.kind) == (job.turn, job.kind)]

    def active(self) -> list[Job]:
        """Return the queued and running jobs, the oldest first."""
        return list(self._queue.open.values())

    def estimate(self, kind: str, request: dict[str, Any]) -> float | None:
        """Guess the seconds of making `request`, None: not known yet. Raises EngineError when nothing can make it."""
        return self._queue.estimate(kind, request)

    def remaining(self, job: Job) -> float | None:
        """Guess the seconds until `job` is done, with what stands before it in the queue; None: not known yet."""
        return self._queue.remaining(job)


def new_id(now: float) -> str:
    """Return an id that sorts by time and is safe as a file name and as an MQTT payload."""
    moment = datetime.fromtimestamp(now, UTC)
    return f"{moment:%Y%m%d-%H%M%S}{moment.microsecond // 1000:03d}-{secrets.token_hex(3)}"
