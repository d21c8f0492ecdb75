"""What stands in the scene, as pictures ready to be put on the canvas: lit, turned, with marks of mood and shadows."""

from dataclasses import dataclass
from typing import Any

from daemon.scene import glyphs
from daemon.scene.backdrop.easel import Easel
from daemon.scene.light import DARK, lamps
from daemon.scene.model import Placed, Scene
from daemon.scene.setting import WATERS
from daemon.scene.shade import COOL, SHADE, WARM, Pools, Stain, cast, contact, halo, mirrored

SHORE = 780.0
"""What swims nearer than this is before the swell of the sea's foreground, and its image is on that swell."""
FLOATING = {"space", "underwater", "sky"}
"""Places without a ground for shadows."""

MARKS = {
    "happy": ("💛", "✨"), "love": ("❤️", "💕"), "sad": ("💧", "💧"), "angry": ("💢", "💢"), "sleeping": ("💤", ""),
    "dancing": ("🎵", "🎶"), "singing": ("🎵", "🎶"), "magic": ("✨", "✨"), "new": ("✨", ""), "running": ("💨", ""),
    "cold": ("❄️", "❄️"), "burning": ("🔥", "🔥"),
}  # fmt: skip
"""What is drawn beside a thing in this mood: right above it, and left of it."""


@dataclass(frozen=True, slots=True)
class Sprite:
    """A picture and where it stands, in pixels of a canvas without margins."""

    placed: Placed
    image: Any
    x: float
    """The middle of its feet."""
    y: float
    stains: tuple[Stain, ...] = ()
    """Its shadow or its shine, to be laid on before it."""
    mirror: Any | None = None
    """Its image in the water, RGBA, to be hung from its feet."""
    near: bool = False
    """That image lies on the water before all things, not behind the nearer ones."""


def sprites(scene: Scene, easel: Easel) -> list[Sprite]:
    """Draw every placed thing, from far to near."""
    pools = Pools(lamps(scene.placed, scene.time), easel.side, 0) if lamps(scene.placed, scene.time) else None
    return [_sprite(one, scene, easel, pools) for one in scene.placed]


def _sprite(one: Placed, scene: Scene, easel: Easel, pools: Pools | None) -> Sprite:
    from PIL import Image, ImageOps

    image = glyphs.picture(one.item, one.box * easel.unit)
    if one.flip:
        image = ImageOps.mirror(image)
    angle = one.angle + (180 if "upside" in one.item.traits else 0)
    if angle:
        image = image.rotate(angle, Image.Resampling.BICUBIC, expand=True)
    if one.front:
        cut = round(image.height * (1 - one.front))
        image = image.crop((0, cut, image.width, image.height))
    glowing = "glow" in one.item.thing.flags
    image = _lit(image, easel, glowing=glowing)
    x, y = one.x * easel.unit, one.y * easel.unit
    if pools and not glowing:
        image = pools.sprite(image, round(x - image.width / 2), round(y - image.height))
    floats = one.item.thing.home == "water" and scene.place in WATERS
    return Sprite(
        one,
        _marked(image, one),
        x,
        y,
        _stains(one, image, scene, easel),
        mirrored(image, easel.unit) if floats and one.grounded else None,
        near=scene.place in {"sea", "lake"} and one.y > SHORE,
    )


def _stains(one: Placed, image: Any, scene: Scene, easel: Easel) -> tuple[Stain, ...]:
    """Return the shine of a lamp or the shadow of what stands on the ground (none on water, none in the air)."""
    if "glow" in one.item.thing.flags:
        force = DARK.get(scene.time, 0.0)
        tone = COOL if one.item.thing.home == "sky" and scene.time == "night" else WARM
        return (halo(image.height, easel.unit, force, tone),) if force and not one.front else ()
    if not one.grounded or "flat" in one.item.thing.flags or scene.place in FLOATING:
        return ()
    if scene.place in {"sea", "lake"} or (one.item.thing.home == "water" and scene.place in WATERS):
        return ()
    tone = SHADE.get(scene.place, (22, 26, 34))
    spot = contact(image.width, tone, 0.5)
    if scene.light.force < 0.3:
        return (spot,)
    return (cast(image, scene.light, scene.light.lean(one.x), tone), spot)


def _lit(image: Any, easel: Easel, *, glowing: bool) -> Any:
    """Put a thing into the light of the hour, though less than the land behind, so that it stays the subject."""
    from PIL import Image, ImageChops

    if glowing:
        return image
    tint = [round(255 * (0.4 + 0.6 * share)) for share in easel.ambient()]
    if min(tint) > 250:
        return image
    flat = Image.new("RGBA", image.size, (*tint, 255))
    return ImageChops.multiply(image, flat)


def _marked(image: Any, one: Placed) -> Any:
    """Add the marks of moods around a picture, keeping the middle of its feet where it was."""
    from PIL import Image, ImageOps

    dust = one.grounded  # nobody raises it in the air
    marks = [MARKS[trait] for trait in one.item.traits if trait in MARKS and (dust or trait != "running")][:2]
    if not marks or image.height < 40:
        return image
    side = max(16, round(0.24 * max(image.width, image.height)))
    canvas = Image.new("RGBA", (image.width + 2 * side, image.height + side))
    canvas.alpha_composite(image, (side, side))
    mirrored = one.gaze > 0  # dust is behind who runs, on whichever side that is
    for rank, (right, left) in enumerate(marks):
        far, near = side + image.width - side // 3, round(side * 0.35)
        where = [(right, far, round(side * (0.2 + 0.9 * rank)), 1.0)]
        where.append((left, near, round(side * (0.9 + 0.9 * rank)), 0.75))
        for mark, x, y, size in where:
            if mark:
                pixels = round(side * size)
                glyph = glyphs.master(mark).resize((pixels, pixels), Image.Resampling.LANCZOS)
                at = min(x, canvas.width - pixels)
                if mirrored:
                    glyph, at = ImageOps.mirror(glyph), canvas.width - pixels - at
                canvas.alpha_composite(glyph, (at, y))
    return canvas


def put(canvas: Any, sprite: Sprite) -> None:
    """Put a sprite, and what it throws on the ground first, on an RGB canvas."""
    for stain in sprite.stains:
        stain.put(canvas, sprite.x, sprite.y)
    if sprite.mirror is not None and not sprite.near:
        reflect(canvas, sprite)
    at = round(sprite.x - sprite.image.width / 2), round(sprite.y - sprite.image.height)
    canvas.paste(sprite.image, at, sprite.image)


def reflect(canvas: Any, sprite: Sprite, dx: float = 0) -> None:
    """Put a sprite's image in the water on an RGB canvas."""
    mirror: Any = sprite.mirror
    canvas.paste(mirror, (round(sprite.x + dx - mirror.width / 2), round(sprite.y)), mirror)
