"""Room on the disk: how much there is, and a reserve of it for the moment when there is none.

SQLite with a write-ahead log needs room even to delete a row. The reserve is a few files that hold nothing: removed,
they give their bytes and their inodes.
"""

import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

FOLDER = "reserve"
FILES = 8
MOST = 8 << 20
"""Bytes of the whole reserve; an eighth of a small disk."""
ENOUGH_BYTES, ENOUGH_INODES = 512 << 10, 4
"""What a transaction wants; with less the reserve is given up."""


@dataclass(frozen=True, slots=True)
class Room:
    """What a file system has left for us."""

    bytes: int
    inodes: int | None
    """None: it makes them as they are needed."""
    total: int
    """Bytes of the whole of it."""


def room(folder: Path) -> Room:
    """Measure the file system that `folder` lies in. Raises OSError."""
    about = os.statvfs(folder)
    inodes = about.f_favail if about.f_files else None
    return Room(about.f_bavail * about.f_frsize, inodes, about.f_blocks * about.f_frsize)


class Reserve:
    """The reserve of one state folder."""

    def __init__(self, folder: Path) -> None:
        """`folder` is the state folder; nothing is made yet."""
        self._state = folder
        self._folder = folder / FOLDER

    @property
    def whole(self) -> bool:
        """Whether all of it is there."""
        return all((self._folder / str(number)).exists() for number in range(FILES))

    def beside(self, left: Room) -> Room:
        """Return what is left once the reserve is whole."""
        if self.whole:
            return left
        inodes = None if left.inodes is None else left.inodes - FILES - 1
        return Room(left.bytes - min(MOST, left.total // 8), inodes, left.total)

    def ensure(self) -> bool:
        """Make what is missing of it, unless there is no room for that; say whether it is whole."""
        try:
            piece = min(MOST, room(self._state).total // 8) // FILES
            self._folder.mkdir(exist_ok=True)
            for number in range(FILES):
                _allocate(self._folder / str(number), piece)
        except OSError:
            self.free()
            return False
        return True

    def free(self) -> None:
        """Give it up."""
        for number in range(FILES):
            with suppress(OSError):
                (self._folder / str(number)).unlink()

    def free_if_needed(self) -> None:
        """Give it up when there is next to no room."""
        with suppress(OSError):
            left = room(self._state)
            if left.bytes < ENOUGH_BYTES or (left.inodes is not None and left.inodes < ENOUGH_INODES):
                self.free()


def _allocate(path: Path, size: int) -> None:
    if path.exists():
        return
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        os.posix_fallocate(handle, 0, max(size, 1))
    except OSError:
        path.unlink()
        raise
    finally:
        os.close(handle)
