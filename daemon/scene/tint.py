"""What is done to a picture's pixels: enlarging flat art with sharp edges, colours, materials and moods."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
Colour = tuple[int, int, int]

RAMPS: dict[str, tuple[Colour, Colour, Colour]] = {
    "red": ((92, 8, 22), (218, 38, 44), (255, 176, 164)),
    "ginger": ((110, 40, 8), (222, 92, 30), (255, 206, 158)),
    "orange": ((128, 52, 4), (245, 134, 28), (255, 218, 160)),
    "yellow": ((140, 92, 6), (250, 206, 40), (255, 246, 188)),
    "green": ((12, 66, 28), (62, 160, 62), (200, 240, 176)),
    "turquoise": ((4, 72, 80), (32, 178, 176), (190, 246, 240)),
    "lightblue": ((30, 86, 140), (106, 186, 240), (222, 242, 255)),
    "blue": ((12, 26, 98), (44, 98, 216), (178, 212, 255)),
    "purple": ((52, 16, 92), (136, 68, 190), (226, 194, 250)),
    "pink": ((140, 28, 88), (244, 128, 178), (255, 220, 236)),
    "brown": ((54, 28, 12), (136, 84, 46), (222, 184, 142)),
    "white": ((122, 128, 144), (236, 238, 244), (255, 255, 255)),
    "grey": ((44, 46, 52), (136, 140, 148), (224, 226, 230)),
    "black": ((8, 8, 12), (44, 44, 52), (128, 130, 142)),
    "golden": ((112, 66, 4), (232, 176, 40), (255, 242, 176)),
    "silver": ((62, 70, 82), (172, 182, 194), (248, 250, 255)),
    "sepia": ((56, 40, 26), (158, 132, 98), (236, 222, 194)),
    "ice": ((52, 108, 160), (156, 208, 240), (240, 250, 255)),
    "fire": ((116, 14, 4), (242, 96, 20), (255, 226, 110)),
}
GINGER = {"fox", "chipmunk", "cat", "kitten", "deer", "orangutan", "dog", "puppy", "panda"}
"""Animals whose red is nature's."""


def enlarge(image: Any, side: int) -> Any:
    """Enlarge flat art to `side` pixels square: smooth outlines, sharp edges (pixels are drawn away from edges)."""
    from PIL import Image, ImageFilter

    big = image.convert("RGBa").resize((side, side), Image.Resampling.BICUBIC)
    pixels = np.asarray(big).astype(np.float32)
    grey = pixels @ np.array([0.3, 0.5, 0.2, 0.6], np.float32)
    grey_image = Image.fromarray(np.clip(grey * 0.63, 0, 255).astype(np.uint8)).filter(ImageFilter.GaussianBlur(1.6))
    dy, dx = np.gradient(np.asarray(grey_image).astype(np.float32))
    edge = np.sqrt(dx * dx + dy * dy)
    soft = Image.fromarray(np.clip(edge * 10, 0, 255).astype(np.uint8)).filter(ImageFilter.GaussianBlur(2.2))
    ey, ex = np.gradient(np.asarray(soft).astype(np.float32))
    rows, columns = np.mgrid[0:side, 0:side]
    rows = np.clip(np.rint(rows - np.clip(ey * 0.28, -3, 3)), 0, side - 1).astype(np.intp)
    columns = np.clip(np.rint(columns - np.clip(ex * 0.28, -3, 3)), 0, side - 1).astype(np.intp)
    warped = Image.fromarray(pixels[rows, columns].astype(np.uint8), "RGBa").filter(ImageFilter.GaussianBlur(0.7))
    return warped.convert("RGBA")


def recolour(image: Any, colour: str) -> Any:
    """Give a picture another colour and keep its light and shade, its whites and its blacks."""
    from PIL import Image

    pixels = np.asarray(image).astype(np.float32)
    rgb, alpha = pixels[..., :3], pixels[..., 3] / 255
    light = rgb @ np.array([0.299, 0.587, 0.114], np.float32) / 255
    top, bottom = rgb.max(-1), rgb.min(-1)
    colourful = (top - bottom) / 255
    inked = alpha > 0.5
    seen = inked & (light > 0.2)
    if seen.any() and float((colourful[seen] > 0.25).mean()) > 0.45:
        weight = _step(colourful, 0.12, 0.35)
    else:
        weight = np.maximum(_step(colourful, 0.12, 0.35), _step(light, 0.34, 0.52))
    chosen = inked & (weight > 0.5)
    middle = float(np.median(light[chosen])) if chosen.any() else 0.5
    if colour == "rainbow":
        painted = _rainbow(light - middle)
    else:
        painted = _ramp(np.clip(0.5 + (light - middle) * 0.9, 0, 1), RAMPS[colour])
    pixels[..., :3] = rgb * (1 - weight[..., None]) + painted * weight[..., None]
    return Image.fromarray(pixels.astype(np.uint8))


def mood(image: Any, trait: str) -> Any:
    """Change a picture as an adjective asks: old, glass, dark ... Other adjectives change nothing."""
    match trait:
        case "old":
            return _blend(image, recolour(image, "sepia"), 0.7)
        case "cold":
            return _blend(image, recolour(image, "ice"), 0.6)
        case "burning":
            return _blend(image, recolour(image, "fire"), 0.75)
        case "glass":
            return _glass(image)
        case "dark":
            return _gain(image, 0.5, 0)
        case "bright":
            return _gain(image, 1.16, 6)
        case "light":
            return _gain(image, 0.62, 96)
        case "warm":
            return _blend(image, recolour(image, "orange"), 0.3)
        case "broken":
            return _crack(image)
        case _:
            return image


def _step(values: Array, low: float, high: float) -> Array:
    t = np.clip((values - low) / (high - low), 0, 1)
    return (t * t * (3 - 2 * t)).astype(np.float32)


def _ramp(light: Array, ramp: tuple[Colour, Colour, Colour]) -> Array:
    stops = np.array([0, 0.5, 1], np.float32)
    colours = np.array(ramp, np.float32)
    return np.stack([np.interp(light, stops, colours[:, c]) for c in range(3)], -1).astype(np.float32)


def _rainbow(shade: Array) -> Array:
    height, width = shade.shape
    across = (
        np.linspace(0, 1, width, dtype=np.float32)[None, :] + np.linspace(0, 0.25, height, dtype=np.float32)[:, None]
    )
    phases = np.array([0.0, 0.333, 0.667], np.float32)
    wheel = 0.5 + 0.5 * np.cos(2 * np.pi * (across[..., None] - phases))
    painted: Array = np.clip((wheel * 0.75 + 0.22 + shade[..., None] * 0.8) * 255, 0, 255).astype(np.float32)
    return painted


def _blend(image: Any, other: Any, share: float) -> Any:
    from PIL import Image

    return Image.blend(image, other, share)


def _gain(image: Any, factor: float, offset: float) -> Any:
    from PIL import Image

    pixels = np.asarray(image).astype(np.float32)
    pixels[..., :3] = np.clip(pixels[..., :3] * factor + offset, 0, 255)
    return Image.fromarray(pixels.astype(np.uint8))


def _glass(image: Any) -> Any:
    from PIL import Image

    pixels = np.asarray(recolour(image, "ice")).astype(np.float32)
    light = pixels[..., :3].mean(-1) / 255
    height, width = light.shape
    stripe = np.linspace(0, 9, width)[None, :] + np.linspace(0, 9, height)[:, None]
    shine = (np.sin(stripe) > 0.86)[..., None] * 70.0
    pixels[..., :3] = np.clip(pixels[..., :3] * 0.8 + 50 + shine, 0, 255)
    pixels[..., 3] *= 0.45 + 0.3 * (1 - light)
    return Image.fromarray(pixels.astype(np.uint8))


def _crack(image: Any) -> Any:
    from PIL import Image, ImageDraw

    cracked = image.copy()
    alpha = image.getchannel("A")
    width, height = image.size
    line = [(0.52, 0), (0.44, 0.2), (0.57, 0.38), (0.42, 0.56), (0.55, 0.76), (0.46, 1)]
    points = [(x * width, y * height) for x, y in line]
    draw = ImageDraw.Draw(cracked)
    draw.line(points, fill=(30, 24, 24, 255), width=max(3, width // 50), joint="curve")
    for (x, y), side in zip(points[1:-1], (1, -1, 1, -1), strict=True):
        draw.line(
            [(x, y), (x + side * width * 0.16, y + height * 0.07)], fill=(30, 24, 24, 255), width=max(2, width // 80)
        )
    cracked.putalpha(Image.composite(alpha, Image.new("L", image.size), alpha.point(lambda value: 255 if value else 0)))
    return cracked
