"""Checks of what paints and films with diffusers: libraries, models, and whether a GPU that is there is used."""

import importlib.metadata
import sys
from pathlib import Path
from typing import Any

from daemon.diffusion import clips, weights
from daemon.diffusion import pictures as model
from daemon.doctor.finding import Findings, House, failure, warning
from daemon.engines.clip import diffusers_video, svd
from daemon.engines.section import EngineSection
from daemon.errors import EngineError

INSTALL = f"{sys.executable} -m pip install"
LIBRARIES = f"{INSTALL} 'kombain[diffusion]'"
CUDA = f"{INSTALL} --force-reinstall torch"

FILMING: dict[str, Any] = {"svd": svd, "diffusers_video": diffusers_video}


def pictures(house: House) -> Findings:
    """Look at the model that is configured, or found, and at the torch that would run it."""
    section = house.config.picture
    if section.engine not in {"auto", "diffusers"}:
        return
    options = model.DiffusionOptions.model_validate(section.options("diffusers").model_dump())
    if (place := model.found(options, house.models)) is None:
        return  # with auto nothing is wrong; where it was named, `makers` tells
    yield from _whole(place)
    if model.missing(options, house.models) == "diffusion.no_library":
        if section.engine == "auto":
            yield warning("diffusion_library", LIBRARIES, path=place)
    elif _idle_gpu(house, options.device):
        yield warning("cpu_torch", CUDA)


def films(house: House) -> Findings:
    """Look at the models of clips that are configured, or found, and at the torch that would run them."""
    section = house.config.clip
    for name, engine in FILMING.items():
        if section.engine not in {"auto", name}:
            continue
        options = engine.Settings.model_validate(section.options(name).model_dump())
        if (place := clips.found(options, house.models, engine.KINDS)) is None:
            continue
        yield from _whole(place)
        if engine.Engine.missing(options, models=house.models) == "diffusion.no_library":
            if section.engine == "auto":
                yield warning("film_library", LIBRARIES, path=place)
        elif _idle_gpu(house, options.device):
            yield warning("cpu_torch", CUDA)


def mending(house: House, section: EngineSection) -> str | None:
    """Return the command that mends an engine of diffusers that was named and can't run; None for any other engine."""
    name = section.engine
    if section.kind == "picture" and name == "diffusers":
        options = model.DiffusionOptions.model_validate(section.options(name).model_dump())
        code = model.missing(options, house.models)
    elif section.kind == "clip" and name in FILMING:
        settings = FILMING[name].Settings.model_validate(section.options(name).model_dump())
        code = FILMING[name].Engine.missing(settings, models=house.models)
    else:
        return None
    return LIBRARIES if code == "diffusion.no_library" else f"hf download OWNER/NAME --local-dir {house.models}/NAME"


def _whole(place: Path) -> Findings:
    try:
        weights.check(place)
    except EngineError as error:
        yield failure("diffusion_weights", f"hf download OWNER/NAME --local-dir {place}", why=error)


def _idle_gpu(house: House, device: str) -> bool:
    """Say whether there is a GPU that is to be used, and a torch that can't."""
    if device == "cpu" or not house.system("/proc/driver/nvidia/version").exists():
        return False
    return importlib.metadata.version("torch").endswith("+cpu")
