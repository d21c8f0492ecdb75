"""A pipeline is loaded and placed: offline, safetensors only, without anybody else's code."""

import logging
import os
import warnings
from pathlib import Path
from typing import Any

from daemon.diffusion import faults, memory, weights
from daemon.errors import EngineError


def quiet() -> None:
    """Keep the libraries from the network, from progress bars and from advice. Comes before diffusers is imported."""
    os.environ.update(dict.fromkeys(("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE", "HF_HUB_DISABLE_TELEMETRY"), "1"))
    os.environ.update(dict.fromkeys(("TRANSFORMERS_VERBOSITY", "DIFFUSERS_VERBOSITY"), "error"))
    logging.getLogger("transformers").setLevel(logging.ERROR)
    logging.getLogger("diffusers").setLevel(logging.ERROR)
    for category in (FutureWarning, DeprecationWarning):
        warnings.filterwarnings("ignore", category=category, module="diffusers|transformers")
    import diffusers.utils
    import transformers.utils

    for library in (diffusers.utils, transformers.utils):
        library.logging.set_verbosity_error()
        library.logging.disable_progress_bar()


def opened(found: weights.Weights, how: memory.Plan, loader: Any, config: Path | None = None, **more: Any) -> Any:
    """Return the pipeline of checked weights, placed as planned.

    `loader`: a class of diffusers with `from_pretrained`; for a single file, which needs the folder `config`, with
    `from_single_file`. `more` goes to it.

    Raises EngineError `diffusion.unloadable`, `engine.out_of_memory`, `engine.device`.
    """
    import torch

    given = {"dtype": getattr(torch, how.dtype), "local_files_only": True, "use_safetensors": True, **more}
    with faults.explained(how.device):
        try:
            if config is not None:
                pipe = loader.from_single_file(str(found.path), config=str(config), **given)
            else:
                given |= {"variant": found.variant} | dict.fromkeys(_absent(found.path))
                pipe = loader.from_pretrained(str(found.path), **given)
        except (OSError, ValueError, KeyError, TypeError, AttributeError, ImportError) as error:
            why = next(iter(str(error).strip().splitlines()), type(error).__name__)[:200]
            raise EngineError("diffusion.unloadable", path=found.path, why=why) from error
        memory.apply(pipe, how)
    pipe.set_progress_bar_config(disable=True)
    return pipe


def _absent(folder: Path) -> list[str]:
    """Return the components that the index names as left out, for instance the third reader of SD 3."""
    return [name for name, made_of in weights.index(folder).items() if made_of == [None, None]]
