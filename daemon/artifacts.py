"""Finished files under `artifacts/YYYY-MM/`: whole or not there at all, with their index in the store.

A file's name follows from its job, so a job that is done again after a crash replaces its file, never doubles it.
What lies beside it (`ID.thumb.jpg`, `ID.poster.jpg`) begins with the same name, and comes and goes with it.
"""

import json
import os
import sqlite3
import time
from datetime import UTC, datetime
from pathlib import Path

from daemon.engines.base import Made
from daemon.errors import JobError
from daemon.store import Store
from daemon.types import Artifact, Job

PART, PREVIEW = ".part", ".preview.png"


class Artifacts:
    """The files of one state folder."""

    def __init__(self, folder: Path, store: Store) -> None:
        """`folder` is the state folder's `artifacts/`; half-made files of an earlier life are removed from it."""
        self._folder = folder
        self._store = store
        for left in folder.glob(f"*/.*{PART}.*"):
            left.unlink(missing_ok=True)

    def begin(self, job: Job, suffix: str) -> Path:
        """Return the path to make the file at: hidden, beside its final place. Raises JobError `job.write`."""
        path = self._final(job, suffix).with_name(f".{job.id}{PART}{suffix}")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self.discard(path)
        except OSError as error:
            raise JobError("job.write", path=path.parent, why=error.strerror) from error
        return path

    def finish(self, job: Job, part: Path, made: Made) -> Artifact:
        """Put the file from `begin` in its place, safe against a power cut. Blocks: call it in a thread.

        It counts only when `index` has taken it. Raises JobError `job.nothing_made` or `job.write`.
        """
        final = self._final(job, part.suffix)
        try:
            _sync(part)
            for beside in _parts(part):
                if beside != part and not beside.name.endswith(PREVIEW):
                    beside.replace(final.with_name(beside.name.removeprefix(".").replace(PART, "", 1)))
            part.replace(final)
            _sync(final.parent)
        except FileNotFoundError as error:
            raise JobError("job.nothing_made") from error
        except OSError as error:
            raise JobError("job.write", path=final, why=error.strerror) from error
        return Artifact(job.id, job.id, job.kind, final, made.mime, made.meta)

    def discard(self, part: Path) -> None:
        """Remove what is half made: the file from `begin` and whatever lies beside it."""
        for path in _parts(part):
            path.unlink(missing_ok=True)

    def index(self, db: sqlite3.Connection, artifact: Artifact) -> None:
        """Write the artifact's row, within the transaction that ends its job."""
        db.execute(
            "INSERT OR REPLACE INTO artifacts (id, job, kind, file, mime, meta, bytes, created)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (
                artifact.id,
                artifact.job,
                artifact.kind,
                str(artifact.path.relative_to(self._folder)),
                artifact.mime,
                json.dumps(artifact.meta, ensure_ascii=False),
                artifact.path.stat().st_size,
                time.time(),
            ),
        )

    def get(self, artifact_id: str) -> Artifact | None:
        """Return the artifact of that id."""
        return self._first("WHERE id = ?", artifact_id)

    def last(self, kind: str | None = None) -> Artifact | None:
        """Return the newest artifact, or the newest picture or clip."""
        return self._first("WHERE kind = ? ORDER BY number DESC", kind) if kind else self._first("ORDER BY number DESC")

    def _first(self, where: str, *values: str) -> Artifact | None:
        rows = self._store.rows(f"SELECT * FROM artifacts {where} LIMIT 1", *values)  # noqa: S608 - our own words
        if not rows:
            return None
        row = rows[0]
        path = self._folder / row["file"]
        return Artifact(row["id"], row["job"], row["kind"], path, row["mime"], json.loads(row["meta"]))

    def _final(self, job: Job, suffix: str) -> Path:
        return self._folder / f"{datetime.fromtimestamp(job.created, UTC):%Y-%m}" / f"{job.id}{suffix}"


def _parts(part: Path) -> list[Path]:
    """Return the file from `begin`, if it is there, and what was written beside it."""
    return list(part.parent.glob(f"{part.stem}.*"))


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
