"""What the picture engine on diffusers is told, and how it describes and loads its model."""

from pathlib import Path
from typing import Any

from pydantic import Field

from daemon.diffusion import families, loading, memory, model, weights
from daemon.diffusion.families import Family
from daemon.diffusion.model import AUTO, Language, ModelOptions, Side
from daemon.errors import EngineError

KINDS = tuple(families.FAMILIES)


class DiffusionOptions(ModelOptions):
    """`picture.diffusers` in the config."""

    model: str = Field(
        AUTO,
        min_length=1,
        description="Folder, name in models/, owner/name in the hub cache, .safetensors; auto: the first in models/.",
    )
    config: str = Field("", description="For a single .safetensors file: folder with the configs of its pipeline.")
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
    how = model.planned(checked, options, megapixels)
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
    """Return the class that loads it: its own for a single file, the one it names, else diffusers' own for words.

    Diffusers' tables of classes import fifty pipelines to know them, so they are asked only about a kind that is not
    known here, such as one for inpainting.
    """
    import diffusers

    if config is not None:
        return getattr(diffusers, weights.index(config)["_class_name"], diffusers.DiffusionPipeline)
    if found.kind in KINDS:
        return diffusers.DiffusionPipeline
    from diffusers.pipelines.auto_pipeline import SUPPORTED_TASKS_MAPPINGS

    tables: Any = SUPPORTED_TASKS_MAPPINGS
    linked = {one.__name__ for table in tables for one in table.values()}
    return diffusers.AutoPipelineForText2Image if found.kind in linked else diffusers.DiffusionPipeline
