"""What the clip engines on diffusers share: their options, how their model is found, the picture a clip begins with."""

import random
from collections.abc import Collection
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Literal

from pydantic import Field

from daemon import film
from daemon.diffusion import images, loading, memory, weights
from daemon.errors import EngineError
from daemon.scene.parse import clean

LIBRARIES = ("torch", "diffusers", "transformers", "accelerate")
REQUIRES = (*(f"python:{name}" for name in LIBRARIES), "python:av")
AUTO = "auto"
LEAST = 64
"""Pixels of the shorter side of a picture that a clip can begin with."""


class ModelOptions(film.FilmOptions):
    """What every clip engine on diffusers lets one set."""

    model: str = Field(
        AUTO,
        min_length=1,
        description="Folder, name in models/, owner/name in the hub cache; auto: the first in models/.",
    )
    device: str = Field("auto", pattern=r"^(auto|cpu|cuda(:\d)?)$", description="auto, cpu, cuda or cuda:NUMBER.")
    dtype: Literal["auto", "float32", "float16", "bfloat16"] = Field(
        "auto", description="Precision; auto: 16 bits on a GPU."
    )
    offload: memory.Offload | Literal["auto"] = Field(
        "auto", description="Keep weights in main memory until they are needed: auto: as needed."
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
    """Return the folder of the model. Raises EngineError `diffusion.model_missing`, `diffusion.not_a_folder`."""
    place = found(options, models, kinds)
    if place is None:
        raise EngineError("diffusion.model_missing", model=options.model, folder=models)
    if not place.is_dir():
        raise EngineError("diffusion.not_a_folder", path=place)
    return place


def opened(
    place: Path, options: ModelOptions, *, megapixels: float, half: str, precise: Collection[str] = ()
) -> tuple[Any, memory.Plan]:
    """Check, load and place the model of a folder; return the pipeline and how it was placed.

    `megapixels`: what is worked on at once, for the plan of memory; `half`: the numbers of a GPU where nobody chose,
    "auto" or those it was published in; `precise`: components that compute in 32 bits. Raises EngineError.
    """
    loading.quiet()
    import torch
    from diffusers import DiffusionPipeline

    whole = weights.check(place)
    device = memory.seen(options.device)
    dtype = half if options.dtype == "auto" and device.name != "cpu" else options.dtype
    how = memory.plan(whole.parameters, device, megapixels=megapixels, dtype=dtype, offload=options.offload)
    exact: Any = {"dtype": {"default": getattr(torch, how.dtype)} | dict.fromkeys(precise, torch.float32)}
    return loading.opened(whole, how, DiffusionPipeline, **(exact if precise else {})), how


def picture(request: dict[str, Any]) -> Any:
    """Return the picture that a request begins with, as RGB.

    Raises EngineError `making.no_image`, `making.small_image`, `picture.image`.
    """
    path = request.get("image")
    if not path:
        raise EngineError("making.no_image")
    upright = images.opened(Path(path))
    if min(upright.size) < LEAST:
        raise EngineError("making.small_image", path=path, least=LEAST)
    return upright


def cropped(image: Any, width: int, height: int) -> Any:
    """Return its middle at that size; nothing is stretched."""
    from PIL import Image, ImageOps

    return ImageOps.fit(image, (width, height), Image.Resampling.LANCZOS)


def seen(frames: Any, dtype: str) -> Any:
    """Return frames, an array of floats. Raises EngineError `making.black` where nothing is to be seen in any of them.

    Numbers that overflow (NaN) become black too.
    """
    if not frames.max() > 0:
        raise EngineError("making.black", dtype=dtype)
    return frames


def seeded(request: dict[str, Any]) -> int:
    """Return the request's seed, or throw one."""
    seed = request.get("seed")
    return random.randrange(2**31) if seed is None else int(seed) % 2**63


def told(request: dict[str, Any], seed: int, engine: str) -> dict[str, Any]:
    """Return what is to be known of a clip before it is made. Raises EngineError `scene.empty_prompt`."""
    prompt = clean(str(request["prompt"]))
    return {"prompt": prompt, "language": request.get("language"), "seed": seed, "engine": engine, "missing": []}
