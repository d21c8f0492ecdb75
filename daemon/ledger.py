"""The rows of the jobs: how a Job is written to the store and read back."""

import json
import sqlite3
from pathlib import Path
from typing import Any

from daemon.artifacts import Artifacts
from daemon.errors import JobError
from daemon.store import Store
from daemon.types import Artifact, Job, JobState

HISTORY = 20
"""How many of the last durations an estimate is learned from."""


class Ledger:
    """The table `jobs`. Everything is on the disk when a call returns. All raise JobError `store.…`."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def add(self, job: Job, key: str | None) -> None:
        """Write a new job. Raises JobError `job.bad_request` for a request that is not plain data."""
        with self._store.transaction() as db:
            _insert(db, job, key)

    def write(self, job: Job) -> None:
        """Write what has changed."""
        with self._store.transaction() as db:
            _update(db, job)

    def done(self, job: Job, artifact: Artifact, artifacts: Artifacts, *, engine: str, seconds: float) -> None:
        """Write the end of a job, its artifact and what is to be learned from it: all of it or nothing."""
        with self._store.transaction() as db:
            artifacts.index(db, artifact)
            _update(db, job)
            db.execute("UPDATE jobs SET engine = ?, seconds = ? WHERE id = ?", (engine, seconds, job.id))

    def answered(self, job: Job, key: str | None, artifact: Artifact, artifacts: Artifacts) -> None:
        """Write a new job that is done from the start, by what was made before."""
        with self._store.transaction() as db:
            _insert(db, job, key)
            _update(db, job)
            artifacts.again(db, artifact)

    def unfinished(self) -> list[Job]:
        """Return the queued and running jobs, the oldest first."""
        return self._jobs("state IN ('queued', 'running') ORDER BY number")

    def get(self, job_id: str) -> Job | None:
        """Return the job of that id."""
        return next(iter(self._jobs("id = ?", job_id)), None)

    def by_key(self, key: str) -> Job | None:
        """Return the job that was accepted under that idempotency key."""
        return next(iter(self._jobs("key = ?", key)), None)

    def ingredients(self) -> set[str]:
        """Return the ids of the artifacts that queued and running jobs are made of."""
        waiting = self.unfinished()
        given = {Path(str(job.request["image"])).stem for job in waiting if job.request.get("image")}
        parents = [parent for job in waiting if job.parent and (parent := self.get(job.parent))]
        return given | {parent.artifact for parent in parents if parent.artifact}

    def durations(self, kind: str, engine: str) -> list[tuple[dict[str, Any], float]]:
        """Return the requests of the last jobs of this kind on this engine, and how many seconds each took."""
        rows = self._store.rows(
            "SELECT request, seconds FROM jobs WHERE state = 'done' AND kind = ? AND engine = ?"
            " ORDER BY number DESC LIMIT ?",
            kind, engine, HISTORY,
        )  # fmt: skip
        return [(json.loads(row["request"]), float(row["seconds"])) for row in rows]

    def _jobs(self, where: str, *values: str) -> list[Job]:
        rows = self._store.rows(f"SELECT * FROM jobs WHERE {where}", *values)  # noqa: S608 - our own words
        return [_job(row) for row in rows]


def _insert(db: sqlite3.Connection, job: Job, key: str | None) -> None:
    try:
        request = json.dumps(job.request, allow_nan=False)
    except (TypeError, ValueError) as error:
        raise JobError("job.bad_request", why=error) from error
    db.execute(
        "INSERT INTO jobs (id, turn, kind, request, state, key, created, parent, priority, asked_by)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            *(job.id, job.turn, job.kind, request, job.state, key, job.created),
            *(job.parent, job.priority, job.asked_by),
        ),
    )


def _update(db: sqlite3.Connection, job: Job) -> None:
    db.execute(
        "UPDATE jobs SET state = ?, attempts = ?, started = ?, ended = ?, error = ?, error_values = ?, artifact = ?"
        " WHERE id = ?",
        (
            *(job.state, job.attempts, job.started, job.ended, job.error),
            *(json.dumps(job.error_values), job.artifact, job.id),
        ),
    )


def _job(row: sqlite3.Row) -> Job:
    same = ("id", "turn", "kind", "attempts", "created", "started", "ended", "error", "artifact", "parent", "priority")
    state = JobState(row["state"])
    return Job(
        **{name: row[name] for name in same},
        request=json.loads(row["request"]),
        asked_by=row["asked_by"] or "",
        state=state,
        progress=1.0 if state is JobState.DONE else 0.0,
        error_values=json.loads(row["error_values"] or "{}"),
    )
