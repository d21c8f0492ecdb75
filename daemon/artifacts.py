"""Finished files under `artifacts/YYYY-MM/`: whole or not there at all, with their index in the store.

A file's name follows from its job, so a job that is done again after a crash replaces its file, never doubles it.
What lies beside it (`ID.thumb.jpg`, `ID.poster.jpg`) begins with the same name, and comes and goes with it.
"""

import errno
import json
import os
import sqlite3
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from daemon.engines.base import Made
from daemon.errors import JobError
from daemon.gallery import trash, words
from daemon.gallery.retention import Item
from daemon.store import Store
from daemon.types import Artifact, Job

PART, PREVIEW = ".part", ".preview.png"


@dataclass(frozen=True, slots=True)
class Entry:
    """An artifact as the gallery knows it."""

    number: int
    """Rises with each: the higher, the newer."""
    artifact: Artifact
    bytes: int
    created: float
    """Unix seconds when it was made, or last asked for again."""
    kept: bool
    """True when it is never to be deleted to make room."""


@dataclass(frozen=True, slots=True)
class Query:
    """Which artifacts are wanted: all that fit, the newest first."""

    kind: str | None = None
    needles: tuple[tuple[str, ...], ...] = ()
    """Of each tuple one text must be in the kept words: `gallery.words`."""
    since: float | None = None
    """Unix seconds."""
    before: int | None = None
    """Only those with a lower number: the next page."""
    limit: int = -1
    """At most so many; -1: all."""


class Artifacts:
    """The files of one state folder."""

    def __init__(self, folder: Path, store: Store) -> None:
        """`folder` is the state folder's `artifacts/`. What an earlier life left half made or half deleted is ended."""
        self._folder = folder
        self._store = store
        for left in folder.glob(f"*/.*{PART}.*"):
            left.unlink(missing_ok=True)
        trash.sweep(folder, {row["id"] for row in store.rows("SELECT id FROM artifacts")})
        self._learn_words()

    def begin(self, job: Job, suffix: str) -> Path:
        """Return the path to make the file at: hidden, beside its final place. Raises JobError, as `finish`."""
        path = self._final(job, suffix).with_name(f".{job.id}{PART}{suffix}")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self.discard(path)
        except OSError as error:
            raise _refused(path.parent, error) from error
        return path

    def finish(self, job: Job, part: Path, made: Made) -> Artifact:
        """Put the file from `begin` in its place, safe against a power cut. Blocks: call it in a thread.

        It counts only when `index` has taken it. Raises JobError `job.nothing_made`, `job.write` or `disk.full`.
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
            raise _refused(final, error) from error
        return Artifact(job.id, job.id, job.kind, final, made.mime, made.meta)

    def discard(self, part: Path) -> None:
        """Remove what is half made: the file from `begin` and whatever lies beside it."""
        for path in _parts(part):
            path.unlink(missing_ok=True)

    def drop(self, job: Job) -> None:
        """Remove what a job has put in its place but never into the index: it is given up."""
        final = self._final(job, "")
        for path in final.parent.glob(f"{final.name}.*"):
            path.unlink(missing_ok=True)

    def index(self, db: sqlite3.Connection, artifact: Artifact) -> None:
        """Write the artifact's row, within the transaction that ends its job."""
        db.execute(
            "INSERT OR REPLACE INTO artifacts (id, job, kind, file, mime, meta, bytes, created, words, recipe)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                artifact.id,
                artifact.job,
                artifact.kind,
                str(artifact.path.relative_to(self._folder)),
                artifact.mime,
                json.dumps(artifact.meta, ensure_ascii=False),
                artifact.path.stat().st_size,
                time.time(),
                words.kept(str(artifact.meta.get("prompt", ""))),
                artifact.meta.get("recipe"),
            ),
        )

    def again(self, db: sqlite3.Connection, artifact: Artifact) -> None:
        """Make an artifact the newest, because it was asked for again."""
        db.execute(
            "UPDATE artifacts SET number = (SELECT max(number) + 1 FROM artifacts), created = ? WHERE id = ?",
            (time.time(), artifact.id),
        )

    def same(self, recipe: str) -> Artifact | None:
        """Return the newest artifact of that recipe whose file is there."""
        found = self._entries("WHERE recipe = ? ORDER BY number DESC", recipe)
        return next((entry.artifact for entry in found if entry.artifact.path.is_file()), None)

    def get(self, artifact_id: str) -> Artifact | None:
        """Return the artifact of that id."""
        return next((entry.artifact for entry in self._entries("WHERE id = ?", artifact_id)), None)

    def last(self, kind: str | None = None) -> Artifact | None:
        """Return the newest artifact, or the newest picture or clip, whose file is there."""
        where = "WHERE kind = ? ORDER BY number DESC" if kind else "ORDER BY number DESC"
        found = self._entries(where, *([kind] if kind else []))
        return next((entry.artifact for entry in found if entry.artifact.path.is_file()), None)

    def named(self, name: str) -> list[Entry]:
        """Return the artifact of that id, or all whose id ends so after its last dash."""
        return self._entries("WHERE id = ?", name) or self._entries(
            "WHERE substr(id, -length(?) - 1) = '-' || ?", name, name
        )

    def find(self, query: Query) -> list[Entry]:
        """Return what is wanted, the newest first; also what has lost its file."""
        limits = {"kind = ?": query.kind, "created >= ?": query.since, "number < ?": query.before}
        where = [condition for condition, value in limits.items() if value is not None]
        where += [f"({' OR '.join(['instr(words, ?)'] * len(texts))})" for texts in query.needles]
        values = [value for value in limits.values() if value is not None]
        values += [text for texts in query.needles for text in texts]
        condition = f"WHERE {' AND '.join(where)}" if where else ""
        return self._entries(f"{condition} ORDER BY number DESC LIMIT ?", *values, query.limit)

    def items(self) -> list[Item]:
        """Return all there is, the oldest first, as far as it matters for what goes to make room."""
        rows = self._store.rows("SELECT id, bytes, created, kept FROM artifacts ORDER BY number")
        return [Item(row["id"], row["bytes"], row["created"], not row["kept"]) for row in rows]

    def forget(self, ids: list[str]) -> None:
        """Remove rows, all or none; their files are hidden already (`gallery.trash`). Raises JobError `store.…`."""
        with self._store.transaction() as db:
            db.executemany("DELETE FROM artifacts WHERE id = ?", [(one,) for one in ids])

    def keep(self, ids: list[str], *, kept: bool) -> None:
        """Keep artifacts from being deleted to make room, or no more. Raises JobError `store.…`."""
        with self._store.transaction() as db:
            db.executemany("UPDATE artifacts SET kept = ? WHERE id = ?", [(kept, one) for one in ids])

    def _entries(self, where: str, *values: object) -> list[Entry]:
        rows = self._store.rows(f"SELECT * FROM artifacts {where}", *values)  # noqa: S608 - our own words
        return [
            Entry(
                row["number"],
                Artifact(
                    row["id"], row["job"], row["kind"], self._folder / row["file"], row["mime"], json.loads(row["meta"])
                ),
                row["bytes"],
                row["created"],
                bool(row["kept"]),
            )
            for row in rows
        ]

    def _learn_words(self) -> None:
        """Make what was made before there was a search findable."""
        rows = self._store.rows("SELECT id, meta FROM artifacts WHERE words = ''")
        if rows:
            with self._store.transaction() as db:
                db.executemany(
                    "UPDATE artifacts SET words = ? WHERE id = ?",
                    [(words.kept(str(json.loads(row["meta"]).get("prompt", ""))), row["id"]) for row in rows],
                )

    def _final(self, job: Job, suffix: str) -> Path:
        return self._folder / f"{datetime.fromtimestamp(job.created, UTC):%Y-%m}" / f"{job.id}{suffix}"


def _parts(part: Path) -> list[Path]:
    """Return the file from `begin`, if it is there, and what was written beside it."""
    return list(part.parent.glob(f"{part.stem}.*"))


def _refused(path: Path, error: OSError) -> JobError:
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return JobError("disk.full", path=path, free=0)
    return JobError("job.write", path=path, why=error.strerror)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
