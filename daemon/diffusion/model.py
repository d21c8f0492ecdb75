"""The model of a generator on diffusers: what can be set about it, where it lies, how it is to be placed."""

from collections.abc import Collection
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from daemon.diffusion import memory, weights
from daemon.engines.base import Options
from daemon.errors import EngineError

LIBRARIES = ("torch", "diffusers", "transformers", "accelerate")
REQUIRES = tuple(f"python:{name}" for name in LIBRARIES)
AUTO = "auto"
Side = Annotated[int, Field(ge=64, le=4096)]
Language = Annotated[str, Field(pattern="^[a-z]{2,3}$")]


class ModelOptions(Options):
    """What every engine on diffusers lets one set."""

    model: str = Field(
        AUTO,
        min_length=1,
        description="Folder, name in models/, owner/name in the hub cache; auto: the first in models/.",
    )
    device: str = Field(AUTO, pattern=r"^(auto|cpu|cuda(:\d)?)$", description="auto, cpu, cuda or cuda:NUMBER.")
    dtype: Literal["auto", "float32", "float16", "bfloat16"] = Field(
        "auto", description="Precision of the weights; auto: 16 bits on a GPU, 32 on the processor."
    )
    offload: memory.Offload | Literal["auto"] = Field(
        "auto", description="Keep weights in main memory: whole models, layers, or layers one by one; auto: as needed."
    )


def missing(options: ModelOptions, models: Path, kinds: Collection[str], absent: str) -> str | None:
    """Return `diffusion.no_library`, or `absent` where no model is; None when it can run."""
    if any(find_spec(name) is None for name in LIBRARIES):
        return "diffusion.no_library"
    return absent if found(options, models, kinds) is None else None


def found(options: ModelOptions, models: Path, kinds: Collection[str]) -> Path | None:
    """Return where the model is: what `model` names, else the first in `models` whose pipeline is one of `kinds`."""
    if options.model != AUTO:
        return weights.find(options.model, models)
    return next((place for place, index in weights.shelved(models) if index["_class_name"] in kinds), None)


def located(options: ModelOptions, models: Path, kinds: Collection[str]) -> Path:
    """Return where the model is. Raises EngineError `diffusion.model_missing`."""
    if (place := found(options, models, kinds)) is None:
        raise EngineError("diffusion.model_missing", model=options.model, folder=models)
    return place


def planned(whole: weights.Weights, options: ModelOptions, megapixels: float, half: str = AUTO) -> memory.Plan:
    """Return how checked weights are placed on the device of the options, by what is free there now.

    `megapixels`: what is worked on at once; `half`: the numbers of a GPU where nobody chose. Raises EngineError.
    """
    device = memory.seen(options.device)
    dtype = half if options.dtype == AUTO and device.name != "cpu" else options.dtype
    return memory.plan(whole.parameters, device, megapixels=megapixels, dtype=dtype, offload=options.offload)
