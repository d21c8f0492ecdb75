"""Small pictures of what was made: `NAME.thumb.jpg` beside a picture or clip."""

from pathlib import Path
from typing import Any

from daemon.film import MIMES, POSTER

SIDE = 320
"""Pixels of the longer side."""
SUFFIX = ".thumb.jpg"
PICTURES = {".png", ".jpg", ".jpeg", ".webp"}


def make(path: Path) -> Path | None:
    """Write the thumbnail of a picture or clip beside it; None for a file of which there is no picture.

    Decodes the whole picture: not for the event loop. Raises OSError for a file that can't be read or written.
    """
    picture = _picture(path)
    if picture is None:
        return None
    picture.thumbnail((SIDE, SIDE), reducing_gap=2.0)
    small = path.with_name(path.stem + SUFFIX)
    picture.convert("RGB").save(small, "JPEG", quality=82)
    return small


def _picture(path: Path) -> Any:
    from PIL import Image

    if path.suffix in PICTURES:
        return Image.open(path)
    if path.suffix not in MIMES:
        return None
    poster = path.with_name(path.stem + POSTER)
    return Image.open(poster) if poster.exists() else _first_frame(path)


def _first_frame(path: Path) -> Any:
    import av

    with av.open(str(path)) as container:
        frame: Any = next(container.decode(video=0), None)
        return frame and frame.to_image()
