"""Files that commands write: whole or untouched, and a name that can't be is told before any work is done."""

import contextlib
import glob
import os
from collections.abc import Collection, Iterator
from pathlib import Path

from daemon.errors import ConfigError
from daemon.passing import beside, possible


def check(out: Path, suffixes: Collection[str]) -> None:
    """Raise ConfigError `drawing.suffix` or `drawing.unwritable` when `out` can't be the file."""
    if out.suffix.lower() not in suffixes:
        raise ConfigError("drawing.suffix", path=out, suffix=", ".join(suffixes))
    with _told(out):
        if out.is_dir():
            raise IsADirectoryError(21, os.strerror(21))
        possible(out.parent)


@contextlib.contextmanager
def whole(out: Path, suffix: str) -> Iterator[Path]:
    """Yield a file beside `out` that becomes it when the block ends well. Raises ConfigError `drawing.unwritable`.

    What an engine writes beside the file, a poster, is not kept.
    """
    with _told(out), beside(out, suffix) as passing:
        try:
            yield passing
        finally:
            for more in set(passing.parent.glob(f"{glob.escape(passing.stem)}.*")) - {passing}:
                more.unlink(missing_ok=True)


@contextlib.contextmanager
def _told(out: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise ConfigError("drawing.unwritable", path=out, why=error.strerror) from error
    except ValueError as error:  # a zero byte in the name
        if "null" not in str(error):
            raise
        raise ConfigError("drawing.unwritable", path=out, why=error) from error


def numbered(out: Path | None, count: int) -> list[Path | None]:
    """Return where each of several goes: "fox.png" becomes "fox-1.png" and so on; one keeps its name."""
    if out is None or count == 1:
        return [out] * count
    return [out.with_stem(f"{out.stem}-{number}") for number in range(1, count + 1)]


def unused(path: Path) -> Path:
    """Return the path, with a number behind its name where there is such a file already."""
    names = (path, *(path.with_stem(f"{path.stem}-{number}") for number in range(2, 100)))
    return next((name for name in names if not name.exists()), path)
