"""The one SQLite file of the assistant: jobs and the index of artifacts. Damage is moved aside, never fatal."""

import logging
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from daemon.errors import JobError
from daemon.reserve import Reserve

log = logging.getLogger(__name__)
FILE = "kombain.db"

MIGRATIONS = (
    """
    CREATE TABLE jobs (
        number   INTEGER PRIMARY KEY AUTOINCREMENT,
        id       TEXT NOT NULL UNIQUE,
        turn     TEXT NOT NULL,
        kind     TEXT NOT NULL,
        request  TEXT NOT NULL,
        state    TEXT NOT NULL,
        priority INTEGER NOT NULL DEFAULT 0,
        attempts INTEGER NOT NULL DEFAULT 0,
        parent   TEXT,
        asked_by TEXT,
        key      TEXT UNIQUE,
        engine   TEXT,
        created  REAL NOT NULL,
        started  REAL,
        ended    REAL,
        seconds  REAL,
        error    TEXT,
        error_values TEXT,
        artifact TEXT
    );
    CREATE INDEX jobs_state ON jobs (state, number);
    CREATE INDEX jobs_history ON jobs (kind, engine, number) WHERE state = 'done';
    CREATE TABLE artifacts (
        number  INTEGER PRIMARY KEY AUTOINCREMENT,
        id      TEXT NOT NULL UNIQUE,
        job     TEXT NOT NULL,
        kind    TEXT NOT NULL,
        file    TEXT NOT NULL,
        mime    TEXT NOT NULL,
        meta    TEXT NOT NULL,
        bytes   INTEGER NOT NULL,
        created REAL NOT NULL
    );
    CREATE INDEX artifacts_kind ON artifacts (kind, number);
    """,
    """
    ALTER TABLE artifacts ADD COLUMN words TEXT NOT NULL DEFAULT '';
    ALTER TABLE artifacts ADD COLUMN kept INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE artifacts ADD COLUMN recipe TEXT;
    CREATE INDEX artifacts_recipe ON artifacts (recipe, number) WHERE recipe IS NOT NULL;
    """,
)
"""One script for each version of the schema (`user_version`); each is applied whole or not at all."""


class Store:
    """An open database, used from the event loop itself.

    Direct calls instead of a writer thread: a job costs four commits in its life, progress is never written, what is
    real-time lives in other processes, and without a thread no cancelled turn can come between a decision and its row.
    Large files are synced in a thread, before their row is written.
    A write-ahead log with FULL sync: one sync a commit (0.4 to 2 ms where a rollback journal's four took 4 to 20 ms, on
    a busy disk). SQLite below 3.51.3 has a bug in it with two connections or more: the exclusive lock allows one only,
    and keeps out a second Kombain, which would take our running jobs for the remains of a crash.
    """

    def __init__(self, folder: Path) -> None:
        """Open or create `kombain.db` in `folder`. Raises JobError `store.` folder, newer, in_use, full, ..."""
        self.path = folder / FILE
        self.damaged: Path | None = None
        """Where the damaged database was moved, when this is a fresh one in its place."""
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)  # what was said and made is its user's alone
        except OSError as error:
            raise JobError("store.folder", path=folder, why=error.strerror) from error
        self._reserve = Reserve(folder)
        self._reserve.free_if_needed()
        with self._explained():
            self._db = self._open()

    def close(self) -> None:
        """Close the file and let the next one have it."""
        self._db.close()

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """All or nothing: the block's changes are on the disk when it ends. Raises JobError as `__init__` does.

        On a disk that is full it takes the reserve's room.
        """
        self._reserve.free_if_needed()
        with self._explained():
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield self._db
                self._db.execute("COMMIT")
            except BaseException:
                if self._db.in_transaction:
                    self._db.execute("ROLLBACK")
                raise

    def rows(self, query: str, *values: object) -> list[sqlite3.Row]:
        """Read. Raises JobError as `__init__` does."""
        with self._explained():
            return self._db.execute(query, values).fetchall()

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise self._error(error.sqlite_errorname if hasattr(error, "sqlite_errorname") else "", error) from error
        except OSError as error:
            name = {28: "SQLITE_FULL", 30: "SQLITE_READONLY", 13: "SQLITE_READONLY"}.get(error.errno or 0, "")
            raise self._error(name, error) from error

    def _error(self, name: str, error: Exception) -> JobError:
        if name.startswith("SQLITE_FULL"):
            self._reserve.free()  # for the next try
            return JobError("store.full", path=self.path)
        if name.startswith("SQLITE_BUSY"):
            return JobError("store.in_use", path=self.path)
        # a file that is read-only can't be locked for writing: SQLite calls that an I/O error
        if name.startswith(("SQLITE_READONLY", "SQLITE_CANTOPEN", "SQLITE_PERM", "SQLITE_IOERR_LOCK")):
            return JobError("store.read_only", path=self.path)
        return JobError("store.failed", path=self.path, why=error)

    def _open(self) -> sqlite3.Connection:
        try:
            return self._connect()
        except sqlite3.DatabaseError as error:
            if error.sqlite_errorcode & 0xFF not in {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}:
                raise
        self.damaged = self.path.with_name(f"{FILE}.corrupt.{time.strftime('%Y%m%dT%H%M%S')}")
        for ending in ("", "-wal", "-journal"):
            old = self.path.with_name(self.path.name + ending)
            if old.exists():
                old.rename(self.damaged.with_name(self.damaged.name + ending))
        log.warning("%s", JobError("store.damaged", path=self.damaged))
        return self._connect()

    def _connect(self) -> sqlite3.Connection:
        db = sqlite3.connect(self.path, timeout=0, isolation_level=None)
        db.row_factory = sqlite3.Row
        try:
            db.execute("PRAGMA locking_mode = EXCLUSIVE")
            db.execute("PRAGMA journal_mode = WAL")
            db.execute("PRAGMA synchronous = FULL")
            _check(db)
            self._migrate(db)
        except BaseException:
            db.close()
            raise
        return db

    def _migrate(self, db: sqlite3.Connection) -> None:
        found = db.execute("PRAGMA user_version").fetchone()[0]
        if found > len(MIGRATIONS):
            raise JobError("store.newer", path=self.path, found=found, known=len(MIGRATIONS))
        for version, script in enumerate(MIGRATIONS[found:], found + 1):
            db.executescript(f"BEGIN IMMEDIATE; {script} PRAGMA user_version = {version}; COMMIT;")


def _check(db: sqlite3.Connection) -> None:
    if (found := db.execute("PRAGMA quick_check(1)").fetchone()[0]) != "ok":
        damage = sqlite3.DatabaseError(found)
        damage.sqlite_errorcode = sqlite3.SQLITE_CORRUPT
        raise damage
