"""What lies where in a checkout of VideoCrafter, and what is not there. Nothing is loaded."""

import os
import sys
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Variant:
    """One of upstream's models."""

    config: str
    """Under `configs/`."""
    checkpoint: str
    """Folder under `checkpoints/` where upstream's scripts expect `model.ckpt`."""
    width: int
    height: int
    motion_fps: int
    """The pace that upstream's scripts ask for."""
    image: bool = False
    """True when it starts from a picture."""


VARIANTS = {
    "t2v_512": Variant("inference_t2v_512_v1.0.yaml", "base_512_v1", 512, 320, 28),
    "t2v_1024": Variant("inference_t2v_1024_v1.0.yaml", "base_1024_v1", 1024, 576, 28),
    "i2v_512": Variant("inference_i2v_512_v1.0.yaml", "i2v_512_v1", 512, 320, 8, image=True),
    "t2v_512_v2": Variant("inference_t2v_512_v2.0.yaml", "base_512_v2", 512, 320, 28),
}
"""`scripts/run_text2video.sh`, `scripts/run_image2video.sh` and the README's table of models."""


@dataclass(frozen=True, slots=True)
class Checkout:
    """The files that are used."""

    folder: Path
    config: Path
    checkpoint: Path
    python: Path


def find(folder: Path, variant: Variant, checkpoint: Path | None, python: Path | None) -> Checkout:
    """Return where everything should lie. Links are kept: an environment's Python is a link to another one."""
    folder = folder.expanduser().absolute()
    usual = folder / "checkpoints" / variant.checkpoint / "model.ckpt"
    return Checkout(
        folder,
        folder / "configs" / variant.config,
        checkpoint.expanduser().absolute() if checkpoint else usual,
        python.expanduser().absolute() if python else Path(sys.executable),
    )


def lacking(checkout: Checkout) -> str | None:
    """Return the code of the error that tells what is not there, or None."""
    if not checkout.folder.is_dir():
        return "videocrafter.no_checkout"
    if not (checkout.folder / "lvdm").is_dir() or not (checkout.folder / "utils").is_dir():
        return "videocrafter.not_checkout"
    if not checkout.config.is_file():
        return "videocrafter.no_config"
    if not checkout.checkpoint.is_file():
        return "videocrafter.no_checkpoint"
    if not (checkout.python.is_file() and os.access(checkout.python, os.X_OK)):
        return "videocrafter.no_python"
    return None
