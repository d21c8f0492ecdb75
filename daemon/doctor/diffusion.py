"""Checks of what paints with diffusers: its libraries, its model, and whether a GPU that is there is used."""

import importlib.metadata
import sys

from daemon.diffusion import pictures as model
from daemon.diffusion import weights
from daemon.doctor.finding import Findings, House, failure, warning
from daemon.errors import EngineError

INSTALL = f"{sys.executable} -m pip install"
LIBRARIES = f"{INSTALL} 'kombain[diffusion]'"
CUDA = f"{INSTALL} --force-reinstall torch --index-url https://download.pytorch.org/whl/cu128"


def pictures(house: House) -> Findings:
    """Look at the model that is configured, or found, and at the torch that would run it."""
    section = house.config.picture
    if section.engine not in {"auto", "diffusers"}:
        return
    options = model.DiffusionOptions.model_validate(section.options("diffusers").model_dump())
    if (place := model.found(options, house.models)) is None:
        return  # with auto nothing is wrong; where it was named, `makers` tells
    try:
        weights.check(place)
    except EngineError as error:
        yield failure("diffusion_weights", f"hf download OWNER/NAME --local-dir {place}", why=error)
    if model.missing(options, house.models) == "diffusion.no_library":
        if section.engine == "auto":
            yield warning("diffusion_library", LIBRARIES, path=place)
    elif options.device != "cpu" and house.system("/proc/driver/nvidia/version").exists() and _without_cuda():
        yield warning("cpu_torch", CUDA)


def mending(house: House) -> str:
    """Return the command that mends an engine that was named and can't run."""
    options = model.DiffusionOptions.model_validate(house.config.picture.options("diffusers").model_dump())
    code = model.missing(options, house.models)
    return LIBRARIES if code == "diffusion.no_library" else f"hf download OWNER/NAME --local-dir {house.models}/NAME"


def _without_cuda() -> bool:
    return importlib.metadata.version("torch").endswith("+cpu")
