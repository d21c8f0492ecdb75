"""Make the twelve sketches of docs/gallery.md anew: `python scripts/sketches.py`, with Kombain's own Python."""

from pathlib import Path
from typing import Any

import yaml
from PIL import Image

from daemon.scene import drawing, filming, glyphs
from daemon.scene.layout import compose
from daemon.scene.model import Scene
from daemon.scene.parse import parse

FOLDER = Path(__file__).parent.parent / "docs" / "gallery"
SIDE = 1024
"""Drawn at the size of the assistant's pictures, shown at half of it."""
CLIP_SIDE, SECONDS, FPS = 240, 3.0, 6


def main() -> None:
    """Write every picture and clip of the list."""
    for row in yaml.safe_load((FOLDER / "sketches.yaml").read_text("utf-8")):
        scene = compose(parse(row["prompt"]), row["seed"], glyphs.shape)
        path = FOLDER / row["file"]
        if ".anim." in path.name:
            frames = _clip(scene)
            frames[0].save(
                path, save_all=True, append_images=frames[1:], duration=1000 // FPS, loop=0, quality=30, method=6
            )
        else:
            picture = drawing.draw(scene, lambda _share: None, SIDE).resize((512, 512), Image.Resampling.LANCZOS)
            picture.save(path, quality=88, method=6)
        print(f"{path.stat().st_size / 1000:5.1f} kB  {path.name}  {row['prompt']}")


def _clip(scene: Scene) -> list[Any]:
    frames = filming.film(scene, CLIP_SIDE * 2, SECONDS, FPS)
    return [frame().resize((CLIP_SIDE, CLIP_SIDE), Image.Resampling.LANCZOS) for frame in frames]


if __name__ == "__main__":
    main()
