"""The section `ears` of the config: where sound comes from, what wakes, and when an utterance ends."""

from pathlib import Path
from typing import ClassVar, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from daemon.engines.section import EngineSection


class WakeSection(EngineSection):
    """The wake word engine and, under its name, its options."""

    kind: ClassVar[str] = "wake"

    engine: str = Field("openwakeword", description="Wake word engine by name, or “package.module:Class”.")


class VadSection(EngineSection):
    """The voice activity engine and, under its name, its options."""

    kind: ClassVar[str] = "vad"

    engine: str = Field("webrtc", description="Voice activity engine by name, or “package.module:Class”.")


class EndpointingOptions(BaseModel):
    """When an utterance ends."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    silence: float = Field(0.6, ge=0.2, le=5, description="Seconds of silence after speech that end it.")
    limit: float = Field(15.0, ge=1, le=30, description="Seconds after which an utterance is ended anyway.")
    nothing: float = Field(4.0, ge=1, le=30, description="Seconds in which nothing is said before we stop listening.")


class EarsOptions(BaseModel):
    """Hearing."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    source: Literal["microphone", "file", "pipe"] = Field("microphone", description="Where sound comes from.")
    device: str | None = Field(
        None, description="Microphone by (part of) its name or its number; null: the system's default."
    )
    path: Path | None = Field(
        None, description="Recording (source file), or FIFO of raw 16 kHz signed 16-bit mono (source pipe; “-”: stdin)."
    )
    pace: float = Field(
        1.0, ge=0, le=100, description="Speed at which a recording is heard: 1 real time, 0 as fast as possible."
    )
    pre_roll: float = Field(
        2.0, ge=1, le=10, description="Seconds of sound kept from before a wake word, so that no word is lost."
    )
    gate: bool = Field(
        default=True, description="Run the wake word model only while there is voice; saves power, loses nothing."
    )
    gain: int = Field(
        0, ge=0, le=31, description="Automatic gain, in dB at most; 0: off. Needs the extra “gain” (webrtc-noise-gain)."
    )
    suppression: int = Field(
        0, ge=0, le=4, description="Noise suppression, 1 little to 4 much; 0: off. Needs the extra “gain”."
    )
    wake: WakeSection = Field(WakeSection(), description="What wakes.")
    vad: VadSection = Field(VadSection(), description="What tells voice from silence.")
    endpointing: EndpointingOptions = Field(EndpointingOptions(), description="When an utterance ends.")

    @model_validator(mode="after")
    def _source_has_a_path(self) -> Self:
        if self.source != "microphone" and self.path is None:
            raise ValueError(f"source {self.source} needs a path")
        return self
