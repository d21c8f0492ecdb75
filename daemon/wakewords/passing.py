"""A file that appears under its name only when it is whole."""

import contextlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO


@contextlib.contextmanager
def written(path: Path) -> Iterator[IO[bytes]]:
    """Write beside `path`, then rename; whatever ends the block early, Ctrl-C too, leaves nothing. Raises OSError."""
    handle, name = tempfile.mkstemp(prefix=f".{path.name[:40]}-", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        mask = os.umask(0)
        os.umask(mask)
        Path(name).chmod(0o666 & ~mask)
        Path(name).replace(path)
    finally:
        Path(name).unlink(missing_ok=True)


def possible(folder: Path) -> None:
    """Raise OSError when a file can't be made in `folder`."""
    with tempfile.NamedTemporaryFile(dir=folder) as file:
        file.write(bytes(4096))
