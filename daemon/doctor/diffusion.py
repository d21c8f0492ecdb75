"""Checks of what paints and films with diffusers: libraries, models, and whether a GPU that is there is used."""

import importlib.metadata
import sys
from pathlib import Path
from typing import Any

from daemon.diffusion import model, weights
from daemon.diffusion import pictures as pipelines
from daemon.doctor.finding import Findings, House, failure, warning
from daemon.engines.clip import diffusers_video, svd
from daemon.engines.section import EngineSection
from daemon.errors import EngineError

INSTALL = f"{sys.executable} -m pip install"
LIBRARIES = f"{INSTALL} 'kombain[diffusion]'"
CUDA = f"{INSTALL} --force-reinstall torch"

KINDS: dict[str, dict[str, tuple[str, ...]]] = {
    "picture": {"diffusers": pipelines.KINDS},
    "clip": {"svd": svd.KINDS, "diffusers_video": diffusers_video.KINDS},
}
"""The pipelines of each engine on diffusers."""


def pictures(house: House) -> Findings:
    """Look at the model that is configured, or found, and at the torch that would run it."""
    yield from _models(house, house.config.picture, "diffusion_library")


def films(house: House) -> Findings:
    """Look at the models of clips that are configured, or found, and at the torch that would run them."""
    yield from _models(house, house.config.clip, "film_library")


def _models(house: House, section: EngineSection, library: str) -> Findings:
    for name, kinds in KINDS[section.kind].items():
        if section.engine not in {"auto", name}:
            continue
        options: Any = section.options(name)
        if (place := model.found(options, house.models, kinds)) is None:
            continue  # with auto nothing is wrong; where it was named, `makers` tells
        yield from _whole(place)
        if model.missing(options, house.models, kinds, "") == "diffusion.no_library":
            if section.engine == "auto":
                yield warning(library, LIBRARIES, path=place)
        elif _idle_gpu(house, options.device):
            yield warning("cpu_torch", CUDA)


def mending(house: House, section: EngineSection) -> str | None:
    """Return the command that mends an engine of diffusers that was named and can't run; None for any other engine."""
    if (kinds := KINDS[section.kind].get(section.engine)) is None:
        return None
    options: Any = section.options(section.engine)
    if model.missing(options, house.models, kinds, "") == "diffusion.no_library":
        return LIBRARIES
    return f"hf download OWNER/NAME --local-dir {house.models}/NAME"


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
