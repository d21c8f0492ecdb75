"""Pictures composed from the words of the request: emoji and drawings of ours in a painted scene."""

from pathlib import Path
from typing import Any, ClassVar

from pydantic import Field

from daemon.engines import base, png
from daemon.engines.base import Made, Step
from daemon.engines.request import seeded
from daemon.scene import glyphs, layout, lexicon, parse
from daemon.scene.model import Request, Scene


class Settings(base.Options):
    """Settings of the sketch engine for pictures."""

    side: int = Field(1024, ge=128, le=4096, description="Width and height of the picture, in pixels.")


class Engine:
    """Draws a scene of what the prompt names; the same prompt and seed give the same file."""

    Options: ClassVar[type[base.Options]] = Settings
    requires: ClassVar[tuple[str, ...]] = ("font:Noto Color Emoji", "python:PIL")
    memory_mb: ClassVar[int] = 180
    suffix: ClassVar[str] = ".png"
    sketch: ClassVar[bool] = True
    needs_image: bool = False
    reads: tuple[str, ...] = ("en", "ru")

    def __init__(self, options: Settings, *, models: Path) -> None:  # noqa: ARG002 - the protocol gives it
        self._options = options

    @classmethod
    def missing(cls, options: Any, *, models: Path) -> str | None:  # noqa: ARG003 - the protocol gives it
        """Return "engine.no_emoji_font" when there is nothing to draw with."""
        return None if glyphs.find_font() else "engine.no_emoji_font"

    def load(self) -> None:
        """Read the tables and open the font. Raises EngineError `engine.no_emoji_font`."""
        import PIL.Image

        PIL.Image.preinit()
        lexicon.index()
        glyphs.font()
        parse.parse("кот и cat")

    def estimate(self, request: dict[str, Any]) -> float:  # noqa: ARG002 - the protocol gives it
        """Return the seconds it takes on two plain cores."""
        return round(0.6 * (self._options.side / 1024) ** 2, 2)

    def make(self, request: dict[str, Any], path: Path, step: Step) -> Made:
        """Draw `prompt`. Raises EngineError `scene.empty_prompt`, `engine.no_emoji_font`; Cancelled from `step`."""
        from daemon.scene import drawing

        step(0.0)
        scene = scene_of(request)
        step(0.1)
        picture = drawing.draw(scene, step, self._options.side)
        step(0.92)
        meta = meta_of(request, scene, self._options.side)
        png.write(picture, path, meta)
        step(1.0)
        return Made("image/png", meta)


def scene_of(request: dict[str, Any]) -> Scene:
    """Compose the scene of a request; a seed is thrown when it has none."""
    return layout.compose(parse.parse(str(request["prompt"])), seeded(request), glyphs.shape)


def meta_of(request: dict[str, Any], scene: Scene, side: int) -> dict[str, Any]:
    """Return what is to be known of a sketch."""
    return {
        "prompt": parse.clean(str(request["prompt"])),
        "language": request.get("language"),
        "seed": scene.seed,
        "engine": "sketch",
        "width": side,
        "height": side,
        "missing": list(scene.request.missing),
        "things": _things(scene.request),
        "place": scene.place,
    }


def _things(request: Request) -> list[dict[str, Any]]:
    return [{"name": item.thing.name, "count": item.count, "colour": item.colour} for item in request.items]
