"""The reserve: made whole or not at all, and given up when there is next to no room."""

import errno
import os
from pathlib import Path

import pytest

from daemon import reserve as reserve_module
from daemon.errors import JobError
from daemon.reserve import ENOUGH_BYTES, FILES, MOST, Reserve, Room, room
from daemon.store import Store

PLENTY = Room(1 << 40, None, 1 << 40)


def sizes(folder: Path) -> list[int]:
    return [path.stat().st_blocks * 512 for path in sorted((folder / "reserve").iterdir())]


def test_it_takes_real_room_and_gives_it_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reserve_module, "room", lambda _folder: PLENTY)
    reserve = Reserve(tmp_path)
    assert not reserve.whole
    assert reserve.ensure()
    assert reserve.ensure()
    assert reserve.whole
    assert len(sizes(tmp_path)) == FILES
    assert sum(sizes(tmp_path)) >= MOST
    reserve.free_if_needed()
    assert reserve.whole
    reserve.free()
    assert sizes(tmp_path) == []
    reserve.free()


@pytest.mark.parametrize("left", [Room(ENOUGH_BYTES - 1, None, 1 << 30), Room(1 << 40, 3, 1 << 40)])
def test_it_goes_when_there_is_next_to_no_room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, left: Room) -> None:
    monkeypatch.setattr(reserve_module, "room", lambda _folder: PLENTY)
    Reserve(tmp_path).ensure()
    store = Store(tmp_path)
    monkeypatch.setattr(reserve_module, "room", lambda _folder: left)
    with store.transaction() as db:
        db.execute("INSERT INTO jobs (id, turn, kind, request, state, created) VALUES ('a', '', '', '{}', '', 0)")
    assert sizes(tmp_path) == []
    store.close()


def test_where_there_is_no_room_for_it_nothing_of_it_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    count = 0

    def full(_handle: int, _begin: int, _size: int) -> None:
        nonlocal count
        count += 1
        if count == 4:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "posix_fallocate", full)
    assert not Reserve(tmp_path).ensure()
    assert sizes(tmp_path) == []


def test_a_small_disk_keeps_less(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reserve_module, "room", lambda _folder: Room(16 << 20, 64, 16 << 20))
    reserve = Reserve(tmp_path)
    left = reserve.beside(Room(16 << 20, 64, 16 << 20))
    assert (left.bytes, left.inodes) == (14 << 20, 64 - FILES - 1)
    reserve.ensure()
    assert sum(sizes(tmp_path)) == 2 << 20
    assert reserve.beside(left) == left


def test_a_database_that_is_full_gives_it_up_for_the_next_try(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reserve_module, "room", lambda _folder: PLENTY)
    Reserve(tmp_path).ensure()
    store = Store(tmp_path)
    store.rows("PRAGMA max_page_count = 1")
    insert = "INSERT INTO jobs (id, turn, kind, request, state, created) VALUES (?, ?, '', '{}', '', 0)"

    def fill() -> None:
        with store.transaction() as db:
            db.executemany(insert, [(str(number), "x" * 1000) for number in range(1000)])

    with pytest.raises(JobError, match="no room"):
        fill()
    assert sizes(tmp_path) == []
    store.close()


def test_the_real_disk_is_measured(tmp_path: Path) -> None:
    about = room(tmp_path)
    assert 0 < about.bytes <= about.total
