"""Settings of making: what is shared by pictures and clips."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Device = Annotated[str, StringConstraints(pattern=r"^(cpu|cuda:\d{1,2})$")]


class MakingOptions(BaseModel):
    """Where models of generators lie, and how long."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    devices: Literal["auto"] | tuple[Device, ...] = Field(
        "auto", description="auto: every GPU, or the processor where there is none; or a list, the preferred first."
    )
    idle_minutes: float = Field(
        10.0, ge=0, description="Minutes after which a model that nobody needs is unloaded; 0: it stays."
    )
