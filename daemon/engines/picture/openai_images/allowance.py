"""How many pictures may still be asked for today: a count in the state folder, which restarts do not reset."""

import fcntl
import json
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from daemon.errors import EngineError

FILE = "openai_images.json"


def _today() -> str:
    return time.strftime("%Y-%m-%d")


class Allowance:
    """Counts one server's pictures by the day, local time. Several processes may count in the same file."""

    def __init__(self, path: Path, host: str, most: int | None, today: Callable[[], str] = _today) -> None:
        self._path, self._host, self._most, self._today = path, host, most, today

    def take(self) -> None:
        """Count one picture before it is asked for: what is lost on the way may have been paid.

        Raises EngineError `images_api.enough`, and `images_api.count` where the count can't be kept.
        """
        self._change(1)

    def give_back(self) -> None:
        """Uncount one: the server has said that it makes none."""
        self._change(-1)

    def _change(self, by: int) -> None:
        try:
            # a lock of its own: the count itself is replaced as a whole
            with self._path.with_suffix(".lock").open("a") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX)
                counts = self._counts()
                made = counts.get(self._host, 0)
                if by > 0 and self._most is not None and made >= self._most:
                    raise EngineError("images_api.enough", host=self._host, most=self._most)
                self._write({**counts, self._host: max(made + by, 0)})
        except OSError as error:
            raise EngineError("images_api.count", path=self._path, why=error.strerror or str(error)) from error

    def _counts(self) -> dict[str, int]:
        """Return today's counts. A file that can't be understood stops us: it must not become a way to spend."""
        try:
            kept: Any = json.loads(self._path.read_text("utf-8"))
            counts = {str(host): int(count) for host, count in kept["made"].items()}
            return counts if kept["day"] == self._today() else {}
        except FileNotFoundError:
            return {}
        except (ValueError, LookupError, TypeError, AttributeError) as error:
            raise EngineError("images_api.count", path=self._path, why="JSON") from error

    def _write(self, counts: dict[str, int]) -> None:
        new = self._path.with_suffix(".new")
        with new.open("w", encoding="utf-8") as file:
            json.dump({"day": self._today(), "made": counts}, file)
            file.flush()
            os.fsync(file.fileno())
        new.replace(self._path)
