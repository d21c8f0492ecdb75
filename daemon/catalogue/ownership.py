"""Files that root puts into a service's folder become the service's: else it could not change or remove them."""

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

ROOT = 0


@contextmanager
def given_to_the_owner(folder: Path) -> Iterator[None]:
    """After the block, give what is root's in `folder` to the owner of it, or of the folder that it was made in."""
    if os.geteuid() != ROOT:
        yield
        return
    owner = next(path for path in (folder, *folder.absolute().parents) if path.exists()).stat()
    try:
        yield
    finally:
        for path in (folder, *folder.rglob("*")):
            _give(path, owner.st_uid, owner.st_gid)


def _give(path: Path, user: int, group: int) -> None:
    """Give a file or folder of root's away; no link is followed, since others may write here."""
    with suppress(OSError):
        opened = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        try:
            about = os.fstat(opened)
            plain = stat.S_ISREG(about.st_mode) and about.st_nlink == 1
            if about.st_uid == ROOT and (plain or stat.S_ISDIR(about.st_mode)):
                os.fchown(opened, user, group)
        finally:
            os.close(opened)
