"""Pictures are written as PNG, with the words and the seed they were made of in text chunks."""

from pathlib import Path
from typing import Any


def write(picture: Any, path: Path, meta: dict[str, Any]) -> None:
    """Write a picture of PIL; on any error leave nothing behind. `meta` is that of `Made`."""
    from PIL.PngImagePlugin import PngInfo

    info = PngInfo()
    info.add_itxt("Title", meta["prompt"])
    info.add_itxt("Description", meta["prompt"])
    info.add_text("Software", f"Kombain {meta['engine']}")
    info.add_text("Seed", str(meta["seed"]))
    for name in ("negative", "model", "steps", "guidance"):
        if meta.get(name) is not None:
            info.add_itxt(name.capitalize(), str(meta[name]))
    try:
        picture.save(path, "PNG", pnginfo=info, compress_level=1)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
