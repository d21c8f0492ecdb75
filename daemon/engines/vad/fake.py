"""Voice activity by level alone, for tests: whatever is louder than -40 dB is speech."""

from pathlib import Path
from typing import ClassVar

from pydantic import Field

from daemon.ears.pcm import levels
from daemon.engines import base


class Engine:
    """A detector that needs nothing and is always right about test tones."""

    class Options(base.Options):
        """What counts as voice."""

        level: float = Field(-40.0, ge=-100, le=0, description="decibels of full scale from which sound is speech")

    requires: ClassVar[tuple[str, ...]] = ()
    memory_mb: ClassVar[int] = 0

    def __init__(self, options: "Engine.Options", *, models: Path) -> None:  # noqa: ARG002 - the protocol's
        """`models` is not used."""
        self._level = options.level

    @classmethod
    def missing(cls, options: "Engine.Options", *, models: Path) -> str | None:
        """Return None: it can always run."""

    def load(self) -> None:
        """Nothing to load."""

    def voiced(self, pcm: bytes) -> list[bool]:
        """Say of each 20 ms whether it is loud enough."""
        return [level >= self._level for level in levels(pcm)]
