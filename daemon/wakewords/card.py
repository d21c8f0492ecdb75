"""The card of a wake word model, NAME.json beside NAME.onnx: what it hears, from which score on, and how well."""

from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from daemon.errors import EngineError

LARGEST = 1 << 20
"""Bytes; a card has a few thousand."""
BAR, BAR_HOURS = 0.05, 5.0
"""Of what is said clearly no more is to be missed, and in so many hours nothing is to wake wrongly."""


class Figures(BaseModel):
    """How a model did on one part of the material, at the threshold and patience of the card."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    clips: int = Field(description="recordings of the phrase")
    false_rejects: float = Field(description="share of them that did not wake")
    other_synthesizer: float | None = Field(None, description="the same in the voices that are not espeak-ng's")
    clear: float | None = Field(None, description="the same for phrases said clearly in a quiet room")
    hours: float = Field(description="hours of other speech, noise and music")
    false_accepts: int = Field(description="wakings in those hours")
    near_misses: int = Field(description="recordings of phrases that are nearly the wake phrase")
    near_misses_woken: int = Field(description="those that woke")

    @property
    def verdict(self) -> Literal["met", "missed", "short"]:
        """Say whether the bar is met, missed, or can't be told of so few hours."""
        if self.false_accepts or self.clear is None or self.clear > BAR:
            return "missed"
        return "met" if self.hours >= BAR_HOURS else "short"


class Card(BaseModel):
    """All that is known of a model of ours."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: int = Field(1, ge=1, le=1)
    phrases: tuple[str, ...] = Field(min_length=1)
    language: str
    threshold: float = Field(gt=0, lt=1, description="score from which the word counts as heard")
    patience: int = Field(1, ge=1, le=10, description="frames of 80 ms in a row that must reach it")
    spellings: tuple[str, ...] = Field((), description="how speech to text may write the phrase")
    made: str = Field("", description="day on which it was trained")
    synthesizers: str = Field("", description="what spoke, with the version")
    voices: tuple[str, ...] = Field((), description="voices it has learnt from")
    unseen: tuple[str, ...] = Field((), description="voices that only the test had")
    validation: Figures | None = Field(None, description="on the material that the threshold was chosen by")
    test: Figures | None = Field(None, description="on the material that nothing was chosen by")


def read(model: Path) -> Card | None:
    """Return the card beside a model, None when there is none. Raises EngineError `wake.damaged_card`."""
    path = model.with_suffix(".json")
    try:
        with path.open("rb") as file:
            return Card.model_validate_json(file.read(LARGEST))
    except FileNotFoundError:
        return None
    except (OSError, ValidationError) as error:
        raise EngineError("wake.damaged_card", path=path) from error
