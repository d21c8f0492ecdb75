"""A wake word for tests: a frame of constant value 1000 + n is the word with score n / 100."""

from pathlib import Path
from typing import ClassVar

import numpy as np
from pydantic import Field

from daemon.ears.pcm import FRAME, WIDTH, samples
from daemon.ears.wake import WordRule
from daemon.engines import base

BASE = 1000
FULL = 100
DITHER = 3
"""How far a resampler may move the samples."""


class Engine:
    """A detector whose scores the test writes into the sound: `spoken(0.9)` is a frame that scores 0.9."""

    class Options(base.Options):
        """The word to listen for."""

        word: str = Field("hey_jarvis", description="name of the only word")
        threshold: float = Field(0.5, gt=0, lt=1, description="score from which the word counts as heard")
        patience: int = Field(1, ge=1, description="frames in a row that must reach the threshold")

    requires: ClassVar[tuple[str, ...]] = ()
    memory_mb: ClassVar[int] = 0

    def __init__(self, options: "Engine.Options", *, models: Path) -> None:  # noqa: ARG002 - the protocol's
        """`models` is not used."""
        self.words = {options.word: WordRule(options.threshold, options.patience)}

    @classmethod
    def missing(cls, options: "Engine.Options", *, models: Path) -> str | None:
        """Return None: it can always run."""

    def load(self) -> None:
        """Nothing to load."""

    def score(self, pcm: bytes) -> dict[str, float]:
        """Return the score that is written in the frame, 0 for any other sound."""
        if len(pcm) != FRAME * WIDTH:
            raise ValueError(f"a frame is {FRAME} samples, not {len(pcm) // WIDTH}")
        values = samples(pcm)
        written = round(float(np.median(values))) - BASE
        plain = int(np.abs(values - np.median(values)).max()) <= DITHER and 0 <= written <= FULL
        return dict.fromkeys(self.words, written / FULL if plain else 0.0)

    def reset(self) -> None:
        """Nothing to forget."""


def spoken(score: float) -> bytes:
    """Return a frame that the fake scores so."""
    return (BASE + round(score * FULL)).to_bytes(2, "little", signed=True) * FRAME
