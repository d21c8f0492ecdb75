"""The config sections of what is heard and played."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class SpeakerOptions(BaseModel):
    """Where replies go, and how loud they are."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    output: Literal["device", "file", "both", "none"] = Field(
        "device", description="device: a sound card; file: one WAV file a reply; both; none: replies are text only"
    )
    device: str = Field("", description="name of the sound card, or a part of it; empty: the default one")
    volume: int = Field(80, ge=0, le=100, description="volume of replies, 0 to 100")
    earcons: bool = Field(default=True, description="short sounds for wake, done and error")
