"""Voice activity by WebRTC's detector (webrtcvad-wheels), held against the noise floor: 3 µs for 20 ms."""

from importlib.util import find_spec
from pathlib import Path
from typing import Any, ClassVar

from pydantic import Field

from daemon.ears.pcm import hops, levels
from daemon.engines import base
from daemon.errors import EngineError
from daemon.types import RATE

QUIET_DB = -90.0
RISE_DB = 0.02
"""How fast the floor rises in 20 ms: 1 dB a second, so that speech does not become the floor."""


class Engine:
    """WebRTC calls up to 100 ms after a sound still voice; asking for a level above the floor ends that."""

    class Options(base.Options):
        """What counts as voice."""

        mode: int = Field(
            2,
            ge=0,
            le=3,
            description="0 takes much for voice, 3 little; 3 may keep the gate closed on a voice in noise",
        )
        above_noise: float = Field(6.0, ge=0, le=40, description="decibels above the noise floor that voice must have")

    requires: ClassVar[tuple[str, ...]] = ("python:webrtcvad",)
    memory_mb: ClassVar[int] = 1

    def __init__(self, options: "Engine.Options", *, models: Path) -> None:  # noqa: ARG002 - the protocol's
        """`models` is not used: there is no model file."""
        self._options = options
        self._vad: Any = None
        self._floor = 0.0

    @classmethod
    def missing(cls, options: "Engine.Options", *, models: Path) -> str | None:  # noqa: ARG003 - the protocol's
        """Return "ears.no_webrtcvad" when the module is not there."""
        return None if find_spec("webrtcvad") else "ears.no_webrtcvad"

    def load(self) -> None:
        """Build the detector. Raises EngineError `ears.no_webrtcvad`."""
        try:
            import webrtcvad
        except ImportError as error:
            raise EngineError("ears.no_webrtcvad") from error
        self._vad = webrtcvad.Vad(self._options.mode)

    def voiced(self, pcm: bytes) -> list[bool]:
        """Take the next whole hops of 20 ms (320 samples) and say of each whether it holds speech."""
        return [self._hop(hop, level) for hop, level in zip(hops(pcm), levels(pcm), strict=True)]

    def _hop(self, pcm: bytes, level: float) -> bool:
        level = max(level, QUIET_DB)
        self._floor = level if level < self._floor else self._floor + RISE_DB
        loud = level >= self._floor + self._options.above_noise
        return bool(self._vad.is_speech(pcm, RATE)) and loud
