"""Pictures that a request brings along."""

from pathlib import Path
from typing import Any

from daemon.errors import EngineError


def opened(path: Path) -> Any:
    """Return a picture as RGB, the right way up. Raises EngineError `picture.image`."""
    from PIL import Image, ImageOps, UnidentifiedImageError

    try:
        with Image.open(path) as image:
            return ImageOps.exif_transpose(image).convert("RGB")
    except (OSError, ValueError, UnidentifiedImageError, Image.DecompressionBombError) as error:
        raise EngineError("picture.image", path=path) from error
