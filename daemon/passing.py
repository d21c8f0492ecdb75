"""A file that appears under its name only when it is whole."""

import contextlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO


@contextlib.contextmanager
def beside(path: Path, suffix: str = "") -> Iterator[Path]:
    """Yield a file beside `path`, renamed to it when the block ends well.

    Whatever ends the block early, Ctrl-C too, leaves nothing. Raises OSError, ValueError for a name that can't be.
    """
    handle, name = tempfile.mkstemp(prefix=f".{path.name[:40]}-", suffix=suffix, dir=path.parent)
    os.close(handle)
    passing = Path(name)
    try:
        yield passing
        mask = os.umask(0)
        os.umask(mask)
        passing.chmod(0o666 & ~mask)
        passing.replace(path)
    finally:
        passing.unlink(missing_ok=True)


@contextlib.contextmanager
def written(path: Path) -> Iterator[IO[bytes]]:
    """Write beside `path`, then rename. Raises OSError."""
    with beside(path) as passing, passing.open("wb") as file:
        yield file
        file.flush()
        os.fsync(file.fileno())


def possible(folder: Path) -> None:
    """Raise OSError when a file can't be made in `folder`."""
    with tempfile.NamedTemporaryFile(dir=folder) as file:
        file.write(bytes(4096))
