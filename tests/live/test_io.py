"""A disk that fails at the n-th write or sync: what was acknowledged is there, a transaction is whole or nothing."""

import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from tests.live.machine import ROOT

MANY = 12
WRITER = """
import sys
from pathlib import Path
from daemon.errors import JobError
from daemon.store import Store
try:
    store = Store(Path(sys.argv[1]))
except JobError as error:
    sys.exit(error.code)
for number in range(6):
    try:
        with store.transaction() as db:
            for half in "ab":
                db.execute(
                    "INSERT INTO jobs (id, turn, kind, request, state, created) VALUES (?, 't', 'p', '{}', 'done', 0)",
                    [f"{number}{half}"],
                )
        print(number, flush=True)
    except JobError as error:
        print(error.code, file=sys.stderr)
"""


@pytest.mark.parametrize("call", ["fsync,fdatasync:error=EIO", "pwrite64:error=ENOSPC", "pwrite64:error=EIO"])
def test_the_nth_failure(tmp_path: Path, call: str) -> None:
    failed = 0
    for number in range(1, MANY):
        folder = tmp_path / str(number)
        traced = ["-e", f"trace={call.partition(':')[0]}", "-e", f"inject={call}:when={number}"]
        inject = ["strace", "-f", "-qq", "-o", "/dev/null", *traced]
        done = subprocess.run(
            [*inject, sys.executable, "-c", WRITER, str(folder)],
            cwd=ROOT, capture_output=True, text=True, check=False, timeout=60,
        )  # fmt: skip
        assert "Traceback" not in done.stderr, (number, done.stderr)
        failed += "store." in done.stderr
        with closing(sqlite3.connect(folder / "kombain.db")) as db:
            assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            tables = db.execute("SELECT name FROM sqlite_master").fetchall()
            found = {row[0] for row in db.execute("SELECT id FROM jobs")} if ("jobs",) in tables else set()
        acknowledged = set(done.stdout.split())
        assert {one for one in acknowledged if f"{one}a" not in found} == set(), (number, done.stderr)
        assert all(f"{one[0]}a" in found and f"{one[0]}b" in found for one in found), "whole or nothing"
        assert {one[0] for one in found} == acknowledged, "what was said to have failed is not there"
    assert failed > 1, "the disk did fail"
