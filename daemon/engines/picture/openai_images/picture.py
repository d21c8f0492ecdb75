"""The bytes of a picture that came from a server, checked and kept as PNG."""

import io
import warnings
from pathlib import Path
from typing import IO, Any

from daemon.errors import EngineError

FORMATS = ("PNG", "JPEG", "WEBP")
MOST_PIXELS = 40_000_000
FAULTS = (OSError, ValueError, SyntaxError, EOFError, Warning)
"""What Pillow raises for a file that is damaged, huge or none of FORMATS (which it knows by their first bytes)."""
LONGEST_SIDE = 2048
"""A picture to start from is sent no larger than this."""


def opened(data: bytes, host: str) -> Any:
    """Return the picture, decoded. Raises EngineError `images_api.no_picture` for anything else, or a huge one."""
    try:
        return _decoded(io.BytesIO(data))
    except FAULTS as error:
        raise EngineError("images_api.no_picture", host=host) from error


def start(path: Path) -> bytes:
    """Return the PNG of a picture to start from, no larger than it has to be. Raises EngineError `images_api.start`."""
    try:
        with path.open("rb") as file:
            image = _decoded(file)
    except FAULTS as error:
        raise EngineError("images_api.start", path=path) from error
    image.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    kept = io.BytesIO()
    image.save(kept, "PNG")
    return kept.getvalue()


def _decoded(file: IO[bytes]) -> Any:
    """Decode one of FORMATS as RGB or RGBA; raises one of FAULTS."""
    from PIL import Image

    with warnings.catch_warnings():
        warnings.simplefilter("error")  # a bomb is a warning at first, and so is damaged metadata
        image = Image.open(file, formats=FORMATS)
        if image.width * image.height > MOST_PIXELS:
            message = f"{image.width} x {image.height} pixels"
            raise ValueError(message)
        image.load()
        return image.convert("RGBA" if image.has_transparency_data else "RGB")


def write(image: Any, path: Path, meta: dict[str, Any]) -> None:
    """Write it with its prompt in text chunks; on any error leave nothing behind."""
    from PIL.PngImagePlugin import PngInfo

    info = PngInfo()
    info.add_itxt("Title", meta["prompt"])
    info.add_itxt("Description", meta["prompt"])
    info.add_text("Software", f"Kombain, {meta['model']} at {meta['host']}")
    info.add_text("Seed", "")
    try:
        image.save(path, "PNG", pnginfo=info, compress_level=1)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
