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
