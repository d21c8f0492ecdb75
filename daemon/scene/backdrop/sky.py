"""The sky: its colours at each hour, sun and moon, stars, clouds."""

from typing import Any

import numpy as np

from daemon.scene.backdrop.easel import Easel, Layer, Rgb

SKIES: dict[str, list[tuple[float, Rgb]]] = {
    "day": [(0, (74, 158, 230)), (0.4, (142, 205, 246)), (0.62, (222, 242, 252)), (1, (236, 247, 252))],
    "sunset": [
        (0, (60, 52, 112)),
        (0.28, (168, 78, 118)),
        (0.46, (244, 128, 92)),
        (0.62, (255, 208, 128)),
        (1, (255, 222, 160)),
    ],
    "dawn": [
        (0, (104, 146, 210)),
        (0.3, (186, 176, 214)),
        (0.5, (250, 190, 176)),
        (0.64, (255, 232, 190)),
        (1, (255, 240, 214)),
    ],
    "night": [(0, (8, 12, 40)), (0.35, (20, 32, 78)), (0.62, (52, 70, 124)), (1, (66, 84, 136))],
}
GLOOM: list[tuple[float, Rgb]] = [
    (0, (92, 104, 122)),
    (0.4, (140, 152, 166)),
    (0.62, (188, 196, 204)),
    (1, (200, 206, 212)),
]
OVERCAST = {"rain": 0.85, "storm": 1.0, "snowfall": 0.55, "fog": 0.75, "cloudy": 0.7}


def sky(easel: Easel) -> list[Layer]:
    """Paint the sky: an opaque sheet, and clouds that drift."""
    image = easel.gradient(_stops(easel))
    clear = OVERCAST.get(easel.weather, 0) < 0.6
    if easel.time == "night" and clear:
        stars(easel, image, 170, 0.62)
    if easel.light.disc and clear:
        _sun_or_moon(easel, image)
    layers = [Layer(image, 0, 0.0)]
    if easel.weather != "fog" and not (easel.time == "night" and clear and easel.rng.random() < 0.4):
        layers.append(clouds(easel, 7 if not clear else 4, 0.24, 2.0))
    return layers


def _stops(easel: Easel) -> list[tuple[float, Rgb]]:
    stops = SKIES[easel.time]
    gloom = OVERCAST.get(easel.weather, 0)
    red, green, blue = easel.ambient()
    grey = [(int(c[0] * red), int(c[1] * green), int(c[2] * blue)) for _, c in GLOOM]
    places = [stop[0] for stop in GLOOM]
    mixed: list[tuple[float, Rgb]] = []
    for place, colour in stops:
        other = tuple(float(np.interp(place, places, [tone[c] for tone in grey])) for c in range(3))
        r, g, b = (int(colour[c] * (1 - gloom) + other[c] * gloom) for c in range(3))
        mixed.append((place, (r, g, b)))
    return mixed


def stars(easel: Easel, image: Any, count: int, low: float) -> None:
    """Scatter stars over an opaque image, down to the share `low` of its height."""
    from PIL import ImageDraw

    draw = ImageDraw.Draw(image, "RGBA")
    for _ in range(count):
        x, y = easel.rng.uniform(0, easel.width), easel.rng.uniform(0, low * easel.side)
        size = easel.unit * float(easel.rng.choice([0.8, 1.1, 1.6, 2.4], p=[0.45, 0.3, 0.18, 0.07]))
        light = int(easel.rng.uniform(110, 255))
        tone = (255, int(easel.rng.uniform(225, 255)), int(easel.rng.uniform(205, 255)), light)
        draw.ellipse([x - size, y - size, x + size, y + size], fill=tone)
        if size > 2 * easel.unit:
            draw.line([x - 4 * size, y, x + 4 * size, y], fill=(255, 255, 255, 70))
            draw.line([x, y - 4 * size, x, y + 4 * size], fill=(255, 255, 255, 70))


def _sun_or_moon(easel: Easel, image: Any) -> None:
    from PIL import Image, ImageDraw

    x, y = easel.light.x, easel.light.y
    match easel.time:
        case "night":
            r, glow, disc = 52.0, (150, 170, 230), (246, 242, 222)
        case "sunset":
            r, glow, disc = 72.0, (255, 196, 110), (255, 232, 168)
        case "dawn":
            r, glow, disc = 62.0, (255, 226, 170), (255, 246, 214)
        case _:
            r, glow, disc = 56.0, (255, 246, 200), (255, 240, 170)
    easel.glow(image, x, y, r * 6, glow, 0.75)
    pixels = round(2 * r * easel.unit)
    mask = Image.new("L", (pixels * 4, pixels * 4))
    ImageDraw.Draw(mask).ellipse([0, 0, pixels * 4 - 1, pixels * 4 - 1], fill=255)
    face = Image.new("RGB", (pixels * 4, pixels * 4), disc)
    if easel.time == "night":
        draw = ImageDraw.Draw(face)
        for dx, dy, q in (
            (0.3, 0.35, 0.13),
            (0.62, 0.25, 0.08),
            (0.6, 0.62, 0.17),
            (0.32, 0.7, 0.07),
            (0.8, 0.5, 0.06),
        ):
            a, b, c = dx * pixels * 4, dy * pixels * 4, q * pixels * 4
            draw.ellipse([a - c, b - c, a + c, b + c], fill=(222, 216, 192))
    at = round((x - r) * easel.unit) + easel.margin, round((y - r) * easel.unit)
    image.paste(face.reduce(4), at, mask.reduce(4))


def clouds(easel: Easel, count: int, depth: float, drift: float, low: float = 330) -> Layer:
    """Paint soft heaps of cloud."""
    sheet = easel.sheet(0, low + 90)
    dark = OVERCAST.get(easel.weather, 0) > 0.6
    white = {"sunset": (255, 206, 186), "dawn": (255, 238, 230), "night": (92, 106, 156)}.get(
        easel.time, (255, 255, 255)
    )
    shade = {"sunset": (206, 120, 132), "dawn": (228, 200, 212), "night": (58, 70, 116)}.get(
        easel.time, (214, 230, 244)
    )
    if dark:
        white, shade = easel.colour("#c9d0d8"), easel.colour("#98a2ae")
    for i in range(count):
        x = easel.left + (i + float(easel.rng.uniform(0.1, 0.9))) * (easel.right - easel.left) / count
        y = float(easel.rng.uniform(70, low - 60))
        size = float(easel.rng.uniform(0.55, 1.15)) * (0.55 + 0.6 * (1 - y / low))
        puffs = [
            (x + dx * size, (58 - abs(dx) * 0.36 + float(easel.rng.uniform(-9, 9))) * size)
            for dx in (-96, -70, -44, -20, 4, 30, 54, 80, 100)
        ]
        for px, r in puffs:
            sheet.oval((*shade, 235), px, y + 7 * size - r * 0.42, r, r * 0.8)
        for px, r in puffs:
            sheet.oval((*white, 245), px - 3 * size, y - r * 0.52, r * 0.93, r * 0.72)
    return sheet.layer(depth, blur=2.2, drift=drift * 4)
