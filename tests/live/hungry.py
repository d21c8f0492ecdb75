"""A picture engine whose memory grows without end when it is asked for "everything"."""

from pathlib import Path
from typing import Any

from daemon.engines.base import Made, Step
from daemon.engines.picture import fake

PIECE = 8 << 20


class Engine(fake.Engine):
    """The fake, but for its appetite."""

    def make(self, request: dict[str, Any], path: Path, step: Step) -> Made:
        taken = []
        while request["prompt"] == "everything":
            taken.append(b"\1" * PIECE)
            step(0.0)
        return super().make(request, path, step)
