"""The checksums that the hub's own tools leave beside what they download: a changed byte shows by them, offline.

`hf download --local-dir` keeps them in `.cache/huggingface/download/FILE.metadata` (commit, checksum, time, a line
each); in the hub's cache a file is a link to one whose name is its checksum. Small files have one of git's instead.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from daemon.catalogue.fetch import digest

NOTES = Path(".cache") / "huggingface" / "download"
SHA256 = re.compile("[0-9a-f]{64}")


def published(folder: Path) -> dict[str, str]:
    """Return the SHA-256 that the publisher states, by the file's name within the model's folder."""
    return {name: stated for name, stated in _stated(folder) if SHA256.fullmatch(stated)}


def changed(folder: Path) -> list[str]:
    """Return the files that are not what was published, or are gone. Reads them whole."""
    known = published(folder)
    return [name for name, stated in known.items() if not (folder / name).is_file() or digest(folder / name) != stated]


def _stated(folder: Path) -> Iterator[tuple[str, str]]:
    for note in sorted((folder / NOTES).rglob("*.metadata")):
        lines = note.read_text("utf-8", errors="replace").splitlines()
        if len(lines) > 1:
            yield str(note.relative_to(folder / NOTES)).removesuffix(".metadata"), lines[1].strip('"')
    for path in sorted(folder.rglob("*")):
        if path.is_symlink():
            yield str(path.relative_to(folder)), path.resolve().name
