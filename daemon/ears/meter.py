"""How well a microphone hears: its level, its noise, its speech, and what is wrong with them. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from daemon.ears.pcm import SILENCE_DB, levels
from daemon.ears.signal import clipped, dead

QUIET_DB, LOW_SWING_DB = -45.0, 12.0
"""The loudest speech should be louder than the first, and stand out from the noise by the second."""
CLIPPED = 0.02
"""Share of the frames that may be clipped."""


@dataclass(slots=True)
class Meter:
    """Takes frame after frame; levels are dB of full scale."""

    level: float = SILENCE_DB
    """Of the last frame."""
    scores: dict[str, float] = field(default_factory=dict)
    """The best of each wake word."""
    _levels: list[float] = field(default_factory=list)
    _dead: int = 0
    _clipped: int = 0
    _voiced: int = 0

    def hear(self, pcm: bytes, *, voiced: bool, scores: Mapping[str, float]) -> None:
        """Take a frame of 80 ms, whether there is a voice in it, and its wake words' scores."""
        found = levels(pcm)
        self.level = max(found, default=SILENCE_DB)
        self._levels += found
        self._dead += dead(pcm)
        self._clipped += clipped(pcm)
        self._voiced += voiced
        for word, score in scores.items():
            self.scores[word] = max(score, self.scores.get(word, 0.0))

    @property
    def noise(self) -> float:
        """The level that nine tenths of the time is louder than: the noise of the room."""
        return self._share(0.1)

    @property
    def speech(self) -> float:
        """The level of the loudest twentieth."""
        return self._share(0.95)

    def troubles(self) -> list[str]:
        """Return what is wrong, as ends of `mic_test.`, the worst alone where it explains the others."""
        frames = len(self._levels) // 4
        if not frames or self._dead == frames:
            return ["silent"]
        if not self._voiced:
            return ["no_voice"]
        found = []
        if self._clipped > CLIPPED * frames:
            found.append("clipping")
        if self.speech < QUIET_DB:
            found.append("quiet")
        if self.speech - self.noise < LOW_SWING_DB:
            found.append("noisy")
        return found

    def _share(self, share: float) -> float:
        ordered = sorted(self._levels)
        return ordered[int(share * (len(ordered) - 1))] if ordered else SILENCE_DB
