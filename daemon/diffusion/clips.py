"""What the clip engines on diffusers share: how their model is loaded, the picture a clip begins with, its frames."""

from collections.abc import Collection
from pathlib import Path
from typing import Any

from daemon import film
from daemon.diffusion import images, loading, memory, model, weights
from daemon.errors import EngineError
from daemon.scene.parse import clean

REQUIRES = (*model.REQUIRES, "python:av")
LEAST = 64
"""Pixels of the shorter side of a picture that a clip can begin with."""


class ClipOptions(model.ModelOptions, film.FilmOptions):
    """What every clip engine on diffusers lets one set."""


def opened(
    place: Path, options: ClipOptions, *, megapixels: float, half: str = model.AUTO, precise: Collection[str] = ()
) -> tuple[Any, memory.Plan]:
    """Check, load and place the model of a folder; return the pipeline and how it was placed.

    `megapixels` and `half` as for `model.planned`; `precise`: components that compute in 32 bits.
    Raises EngineError `diffusion.*`, `engine.*`.
    """
    if not place.is_dir():
        raise EngineError("diffusion.not_a_folder", path=place)
    whole = weights.check(place)
    loading.quiet()
    import torch
    from diffusers import DiffusionPipeline

    how = model.planned(whole, options, megapixels, half)
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


def told(request: dict[str, Any], seed: int, engine: str) -> dict[str, Any]:
    """Return what is to be known of a clip before it is made. Raises EngineError `scene.empty_prompt`."""
    prompt = clean(str(request["prompt"]))
    return {"prompt": prompt, "language": request.get("language"), "seed": seed, "engine": engine, "missing": []}
