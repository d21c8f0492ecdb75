"""Places beyond the sky."""

import numpy as np

from daemon.scene.backdrop.easel import Array, Easel, Layer
from daemon.scene.backdrop.sky import stars


def space(e: Easel) -> list[Layer]:
    """Stars, glowing gas, a far planet."""
    return [_deep(e), _planet(e)]


def moon(e: Easel) -> list[Layer]:
    """Paint the grey ground of the moon, craters, the earth above."""
    e.time = "day"
    sheet = e.sheet(640, 1024)
    for _ in range(26):
        x, k = float(e.rng.uniform(e.left, e.right)), float(e.rng.random())
        y, r = 690 + 320 * k, 12 + 62 * k * float(e.rng.random())
        sheet.oval((112, 114, 124, 255), x, y, r, r * 0.34)
        sheet.oval((176, 178, 186, 255), x, y + r * 0.1, r * 0.94, r * 0.27)
        sheet.oval((136, 138, 148, 255), x, y + r * 0.06, r * 0.86, r * 0.22)
    return [
        _deep(e),
        _planet(e, earth=True),
        e.hill(e.ridge(610, 30, 2.2), "#8f929c", "#a3a6b0", 0.4),
        e.hill(e.ridge(660, 16, 1.5, 0.4), "#c3c6ce", "#9a9da8", 0.8),
        sheet.layer(0.85),
    ]


def _deep(e: Easel) -> Layer:
    from PIL import Image

    base = np.asarray(e.gradient([(0, (8, 8, 30)), (0.5, (18, 14, 52)), (1, (10, 10, 34))])).astype(np.float32)
    gas: Array = e.noise(e.side, 330) * 0.6 + e.noise(e.side, 120) * 0.4
    other: Array = e.noise(e.side, 260) * 0.65 + e.noise(e.side, 90) * 0.35
    violet = np.clip((gas - 0.5) * 2.6, 0, 1)[..., None] * np.array([116, 52, 150], np.float32)
    teal = np.clip((other - 0.56) * 2.6, 0, 1)[..., None] * np.array([20, 96, 140], np.float32)
    image = Image.fromarray(np.clip(base + violet + teal, 0, 255).astype(np.uint8))
    stars(e, image, 330, 1.0)
    return Layer(image, 0, 0.06)


def _planet(e: Easel, *, earth: bool = False) -> Layer:
    x = 512 + float(e.rng.choice([-1, 1])) * float(e.rng.uniform(320, 400))
    y, r = float(e.rng.uniform(130, 250)), float(e.rng.uniform(70, 110))
    sheet = e.sheet(y - 1.5 * r, y + 1.5 * r)
    tones = (
        ("#3f7fd0", "#5f9fe8", "#6fb56a")
        if earth
        else [("#d98a5a", "#e8a878", "#c06f45"), ("#7f8fd0", "#9fb0e8", "#6272b5")][int(e.rng.integers(2))]
    )
    sheet.oval(tones[0], x, y, r, r)
    for k in range(4):
        sheet.oval(tones[2], x + r * (-0.4 + 0.28 * k), y + r * (-0.42 + 0.3 * ((k * 2) % 4)), r * 0.3, r * 0.13)
    sheet.oval(tones[1], x - r * 0.3, y - r * 0.34, r * 0.42, r * 0.34)
    if not earth:
        sheet.line((238, 220, 180, 170), 7, (x - 1.5 * r, y + 0.36 * r), (x + 1.5 * r, y - 0.36 * r))
    return sheet.layer(0.16, blur=1.2)
