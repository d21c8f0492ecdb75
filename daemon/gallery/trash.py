"""Deleting files together with their rows, whole or not at all, also when we are killed on the way.

First the files are hidden (`.NAME.gone`), then the rows go, then the hidden files. What is found hidden at a start is
brought back where its row is still there, and removed where it is not.
"""

from collections.abc import Container, Iterable
from pathlib import Path

GONE = ".gone"


def hide(path: Path) -> list[Path]:
    """Hide a file and all that lies beside it under its name; return where they are. Raises OSError: nothing is hidden.

    A file that is gone already is no error.
    """
    hidden: list[Path] = []
    try:
        for one in path.parent.glob(f"{path.stem}.*"):
            hidden.append(one.rename(_hidden(one)))  # noqa: PERF401 - after an error those before it are needed
    except OSError:
        restore(hidden)
        raise
    return hidden


def restore(hidden: Iterable[Path]) -> None:
    """Give hidden files their names back."""
    for one in hidden:
        one.rename(_shown(one))


def empty(hidden: Iterable[Path]) -> None:
    """Remove hidden files for good."""
    for one in hidden:
        one.unlink(missing_ok=True)


def sweep(folder: Path, known: Container[str]) -> None:
    """End what an earlier life began: `known` are the names, without ending, whose rows are there."""
    for one in folder.glob(f"*/.*{GONE}"):
        shown = _shown(one)
        if shown.name.split(".")[0] in known and not shown.exists():
            one.rename(shown)
        else:
            one.unlink(missing_ok=True)


def _hidden(path: Path) -> Path:
    return path.with_name(f".{path.name}{GONE}")


def _shown(path: Path) -> Path:
    return path.with_name(path.name.removeprefix(".").removesuffix(GONE))
