import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from daemon import store as store_module
from daemon.errors import JobError
from daemon.store import FILE, MIGRATIONS, Store

INSERT = "INSERT INTO jobs (id, turn, kind, request, state, created) VALUES (?, '', 'picture', '{}', 'queued', 0)"


def add(store: Store, name: str) -> None:
    with store.transaction() as db:
        db.execute(INSERT, (name,))


def names(store: Store) -> list[str]:
    return [row["id"] for row in store.rows("SELECT id FROM jobs ORDER BY number")]


def test_what_was_written_is_there_again(tmp_path: Path) -> None:
    store = Store(tmp_path / "new" / "state")
    add(store, "a")
    store.close()
    again = Store(tmp_path / "new" / "state")
    assert names(again) == ["a"]
    assert again.damaged is None
    assert [row[0] for row in again.rows("PRAGMA user_version")] == [len(MIGRATIONS)]
    assert [row[0] for row in again.rows("PRAGMA synchronous")] == [2]
    assert [row[0] for row in again.rows("PRAGMA journal_mode")] == ["wal"]
    again.close()


def test_a_transaction_is_all_or_nothing(tmp_path: Path) -> None:
    store = Store(tmp_path)

    def half() -> None:
        with store.transaction() as db:
            db.execute(INSERT, ("half",))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        half()
    add(store, "whole")
    assert names(store) == ["whole"]
    store.close()


def garbage(path: Path) -> None:
    path.write_bytes(b"this is no database" * 1000)


def torn_page(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[4096:8192] = os.urandom(4096)
    path.write_bytes(data)


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:6000])


@pytest.mark.parametrize("damage", [garbage, torn_page, cut])
def test_a_damaged_file_is_moved_aside(tmp_path: Path, damage, caplog) -> None:
    store = Store(tmp_path)
    with store.transaction() as db:
        db.executemany(INSERT, [(f"job{number}",) for number in range(200)])
    store.close()
    damage(tmp_path / FILE)
    fresh = Store(tmp_path)
    assert names(fresh) == []
    assert fresh.damaged is not None
    assert fresh.damaged.name.startswith("kombain.db.corrupt.")
    assert fresh.damaged.exists()
    assert str(fresh.damaged) in caplog.text
    add(fresh, "a")
    fresh.close()
    again = Store(tmp_path)
    assert again.damaged is None
    again.close()


def test_a_newer_file_is_refused_and_left_alone(tmp_path: Path) -> None:
    Store(tmp_path).close()
    with sqlite3.connect(tmp_path / FILE) as db:
        db.execute("PRAGMA user_version = 99")
    db.close()
    before = (tmp_path / FILE).read_bytes()
    with pytest.raises(JobError, match="newer Kombain") as refused:
        Store(tmp_path)
    assert refused.value.code == "store.newer"
    assert (tmp_path / FILE).read_bytes() == before


OPEN = """
import sys
from pathlib import Path
from daemon.store import Store
Store(Path(sys.argv[1]))
print("open", flush=True)
sys.stdin.read()
"""


@pytest.mark.slow
def test_a_second_daemon_is_refused(tmp_path: Path) -> None:
    pipe = subprocess.PIPE
    with subprocess.Popen([sys.executable, "-c", OPEN, tmp_path], stdin=pipe, stdout=pipe) as other:
        assert other.stdout.readline() == b"open\n"
        with pytest.raises(JobError) as refused:
            Store(tmp_path)
        assert refused.value.code == "store.in_use"
        with sqlite3.connect(tmp_path / FILE, timeout=0) as db, pytest.raises(sqlite3.OperationalError, match="locked"):
            db.execute("SELECT * FROM jobs")
        db.close()
        other.kill()
    store = Store(tmp_path)
    with pytest.raises(JobError, match="in use"):
        Store(tmp_path)
    store.close()
    Store(tmp_path).close()


def test_a_migration_that_fails_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Store(tmp_path).close()
    monkeypatch.setattr(store_module, "MIGRATIONS", (*MIGRATIONS, "CREATE TABLE new (x); CREATE TABLE jobs (x);"))
    with pytest.raises(JobError) as failed:
        Store(tmp_path)
    assert failed.value.code == "store.failed"
    monkeypatch.undo()
    store = Store(tmp_path)
    assert [row[0] for row in store.rows("PRAGMA user_version")] == [len(MIGRATIONS)]
    assert not store.rows("SELECT * FROM sqlite_master WHERE name = 'new'")
    store.close()


def test_a_full_disk_is_one_sentence_and_heals(tmp_path: Path) -> None:
    store = Store(tmp_path)
    add(store, "before")
    pages = store.rows("PRAGMA page_count")[0][0]
    store.rows(f"PRAGMA max_page_count = {pages}")

    def fill() -> None:
        for number in range(1000):
            add(store, f"{number}" * 100)

    with pytest.raises(JobError) as full:
        fill()
    assert full.value.code == "store.full"
    store.rows("PRAGMA max_page_count = 100000")
    add(store, "after")
    assert {"before", "after"} <= set(names(store))
    store.close()


def test_a_state_folder_that_cannot_be(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(JobError, match=r"can.t be made"):
        Store(tmp_path / "file" / "state")


READ_ONLY = """
import os, sys
from pathlib import Path
from daemon.errors import JobError
from daemon.store import Store
if os.geteuid() == 0:
    os.setuid(65534)
try:
    Store(Path(sys.argv[1]))
except JobError as error:
    print(error.code)
"""


@pytest.mark.slow
@pytest.mark.parametrize("with_file", [True, False])
def test_a_read_only_folder(tmp_path: Path, with_file: bool) -> None:
    """In a process of its own, without root's power to write everywhere."""
    for folder in (tmp_path, *tmp_path.parents[:3]):
        if folder.stat().st_uid == os.geteuid():
            folder.chmod(folder.stat().st_mode | 0o055)
    state = tmp_path / "state"
    state.mkdir()
    if with_file:
        Store(state).close()
    state.chmod(0o555)
    run = subprocess.run([sys.executable, "-c", READ_ONLY, state], capture_output=True, text=True, check=True)
    assert run.stdout == "store.read_only\n", run.stderr
