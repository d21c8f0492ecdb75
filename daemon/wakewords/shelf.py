"""Takes that serve every phrase of a language, kept in the state's cache folder: the second phrase trains faster.

A file's name holds a digest of all that went into it; one that is damaged or of other making is made again.
"""

import hashlib
import json
import zipfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from daemon.passing import written
from daemon.wakewords.material import Take
from daemon.wakewords.voices import version

MAKING = 3
"""To be raised when air, sentences, voices or features make something else of the same order."""


class Shelf:
    """Takes by the kind of thing they are, in one folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def get(self, kind: str, orders: Sequence[object]) -> list[Take] | None:
        """Return what was made of the orders earlier, or None."""
        try:
            with self._path(kind, orders).open("rb") as raw, np.load(raw, allow_pickle=False) as file:
                table = json.loads(bytes(file["table"]))
                cuts = np.cumsum([row["frames"] for row in table])[:-1]
                pieces = np.split(file["embeddings"], cuts)
        except (OSError, ValueError, KeyError, TypeError, zipfile.BadZipFile):
            return None
        return [
            Take(piece, tuple((text, start, end) for text, start, end in row["said"]), row["voice"], row["seconds"])
            for row, piece in zip(table, pieces, strict=True)
        ]

    def put(self, kind: str, orders: Sequence[object], takes: Sequence[Take]) -> None:
        """Keep what was made, all at once or not at all. Raises OSError."""
        table = [
            {"frames": len(take.embeddings), "said": take.said, "voice": take.voice, "seconds": take.seconds}
            for take in takes
        ]
        self.folder.mkdir(parents=True, exist_ok=True)
        with written(self._path(kind, orders)) as file:
            np.savez(
                file,
                embeddings=np.concatenate([take.embeddings for take in takes]),
                table=np.frombuffer(json.dumps(table).encode(), np.uint8),
            )

    def _path(self, kind: str, orders: Sequence[object]) -> Path:
        making = hashlib.sha256(repr((MAKING, version(), list(orders))).encode())
        return self.folder / f"{kind}-{making.hexdigest()[:16]}.npz"
