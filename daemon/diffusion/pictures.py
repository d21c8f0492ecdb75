"""What the picture engine on diffusers is told, and how it finds, describes and loads its model."""

from importlib.util import find_spec
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field

from daemon.diffusion import families, loading, memory, weights
from daemon.diffusion.families import Family
from daemon.engines.base import Options
from daemon.errors import EngineError

LIBRARIES = ("torch", "diffusers", "transformers", "accelerate")
AUTO = "auto"
Side = Annotated[int, Field(ge=64, le=4096)]
Language = Annotated[str, Field(pattern="^[a-z]{2,3}$")]


class DiffusionOptions(Options):
    """`picture.diffusers` in the config."""

    model: str = Field(
        AUTO,
        min_length=1,
        description="Folder, name in models/, owner/name in the hub cache, .safetensors; auto: the first in models/.",
    )
    config: str = Field("", description="For a single .safetensors file: folder with the configs of its pipeline.")
    device: str = Field(AUTO, pattern=r"^(auto|cpu|cuda(:\d)?)$", description="auto, cpu, cuda or cuda:NUMBER.")
    dtype: Literal["auto", "float32", "float16", "bfloat16"] = Field(
        "auto", description="Precision of the weights; auto: 16 bits on a GPU, 32 on the processor."
    )
    offload: Literal["auto", "none", "model", "group", "sequential"] = Field(
        "auto", description="Keep weights in main memory: whole models, layers, or layers one by one; auto: as needed."
    )
    steps: int | None = Field(None, ge=1, le=200, description="Denoising steps; null: as the model's family wants.")
    guidance: float | None = Field(
        None, ge=0, le=50, description="How strictly to follow the words; null: as the model's family wants."
    )
    width: Side | None = Field(None, description="In pixels; null: as the model wants.")
    height: Side | None = Field(None, description="In pixels; null: as the model wants.")
    negative: str = Field("", max_length=2000, description="What no picture should show.")
    safety: bool = Field(default=True, description="Use the model's safety checker, where it has one.")
    previews: bool = Field(default=True, description="Write a small preview every second while a picture is made.")
    reads: tuple[Language, ...] | None = Field(
        None, description="Languages of prompts it understands, [] for all; null: as the model's family does."
    )


def missing(options: DiffusionOptions, models: Path) -> str | None:
    """Return `diffusion.no_library` or `diffusion.no_model`; None when it can run."""
    if any(find_spec(name) is None for name in LIBRARIES):
        return "diffusion.no_library"
    return None if found(options, models) else "diffusion.no_model"


def found(options: DiffusionOptions, models: Path) -> Path | None:
    """Return where the model is; "auto": the first picture model in `models`."""
    if options.model != AUTO:
        return weights.find(options.model, models)
    known = (path for path, index in weights.shelved(models) if index["_class_name"] in families.FAMILIES)
    return next(known, None)


def described(options: DiffusionOptions, place: Path | None) -> tuple[Family, int | None]:
    """Return the model's family, and the side in pixels of what it makes; what can't be read is told by `opened`."""
    try:
        folder = (_config(options, place) or place) if place else None
        if folder is None:
            return families.GENERIC, None
        family = families.of_folder(folder)
        return family, family.side or families.side(folder)
    except EngineError:
        return families.GENERIC, None


def opened(place: Path, options: DiffusionOptions, megapixels: float) -> tuple[Any, memory.Plan]:
    """Check, load and place the model; return the pipeline and how it was placed.

    Raises EngineError `diffusion.*`, `engine.*`.
    """
    checked = weights.check(place)
    config = _config(options, place)
    loading.quiet()
    how = memory.plan(
        checked.parameters,
        memory.seen(options.device),
        megapixels=megapixels,
        dtype=options.dtype,
        offload=options.offload,
    )
    more = {}
    if not options.safety and "safety_checker" in checked.parameters:
        more = {"safety_checker": None, "requires_safety_checker": False}
    return loading.opened(checked, how, _loader(checked, config), config, **more), how


def _config(options: DiffusionOptions, place: Path) -> Path | None:
    """Return the folder with the configs of a single file; None for a folder. Raises EngineError."""
    if place.is_dir():
        return None
    folder = weights.find(options.config, place.parent) if options.config else None
    if folder is None or not folder.is_dir():
        raise EngineError("diffusion.no_config", path=place)
    return folder


def _loader(found: weights.Weights, config: Path | None) -> Any:
    """Return the class that loads it; diffusers' own choice for words where it has one."""
    import diffusers
    from diffusers.pipelines.auto_pipeline import SUPPORTED_TASKS_MAPPINGS

    if config is not None:
        return getattr(diffusers, weights.index(config)["_class_name"], diffusers.DiffusionPipeline)
    tables: Any = SUPPORTED_TASKS_MAPPINGS
    linked = {one.__name__ for table in tables for one in table.values()}
    return diffusers.AutoPipelineForText2Image if found.kind in linked else diffusers.DiffusionPipeline
