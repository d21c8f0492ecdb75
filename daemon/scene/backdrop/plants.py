"""Grass, flowers, trees."""

import math

from daemon.scene.backdrop.easel import Easel, Layer, Rgb, Sheet


def tufts(e: Easel, y0: float, y1: float, tone: str, depth: float, *, flowers: int, sides: bool = False) -> Layer:
    """Scatter grass and flowers, larger towards us."""
    sheet = e.sheet(y0 - 30, y1)
    grass: Rgb = e.colour(tone)
    petals = [e.colour(c) for c in ("#ffffff", "#ffd84a", "#f27aa5", "#b98af0", "#ff7a59")]
    for i in range(190 + flowers):
        x, k = float(e.rng.uniform(e.left, e.right)), float(e.rng.random())
        y = y0 + (y1 - y0) * k
        if sides and abs(x - 560) < 330 * k + 120:
            continue
        size = 0.45 + 1.1 * k
        if i < 190:
            _blades(sheet, grass, x, y, size)
        else:
            _flower(sheet, grass, petals[i % 5], e.colour("#f6c22e"), x, y, size)
    return sheet.layer(depth)


def _blades(sheet: Sheet, grass: Rgb, x: float, y: float, size: float) -> None:
    for lean in (-5, 0, 5):
        sheet.poly(
            (*grass, 170),
            (x - 2 * size + lean * 0.3, y),
            (x + 2 * size + lean * 0.3, y),
            (x + lean * size, y - 15 * size),
        )


def _flower(sheet: Sheet, stem: Rgb, petal: Rgb, heart: Rgb, x: float, y: float, size: float) -> None:
    sheet.line(stem, 1.6 * size, (x, y), (x, y - 13 * size))
    for k in range(5):
        angle = 2 * math.pi * k / 5
        sheet.oval(
            petal, x + 4 * size * math.cos(angle), y - 15 * size + 4 * size * math.sin(angle), 3 * size, 3 * size
        )
    sheet.oval(heart, x, y - 15 * size, 2.2 * size, 2.2 * size)


def round_trees(e: Easel, base: float, depth: float) -> Layer:
    """Draw a line of small round trees."""
    sheet = e.sheet(base - 110, base + 30)
    for i in range(26):
        x = e.left + (i + float(e.rng.random())) * (e.right - e.left) / 26
        if e.rng.random() < 0.35:
            continue
        size = float(e.rng.uniform(16, 34))
        tone = e.leafy(("#6da862", "#7db56c", "#5f9a58")[i % 3], autumn=("#c9772e", "#d99a3a", "#b5562e")[i % 3])
        sheet.rect(e.colour("#7a5a3c"), x - 2, base - size, x + 2, base + 22)
        sheet.oval(e.colour(tone), x, base - size, size * 0.8, size)
    return sheet.layer(depth, blur=0.6)


def firs(e: Easel, base: float, tall: float, tone: str, depth: float, count: int, *, snowy: bool = False) -> Layer:
    """Draw a row of firs, under snow if need be."""
    sheet = e.sheet(base - tall * 1.35, base + 24)
    body, cap = e.colour(tone), (*e.colour("#f2f7fc"), 215)
    for i in range(count):
        x = e.left + (i + float(e.rng.uniform(0.1, 0.9))) * (e.right - e.left) / count
        high = tall * float(e.rng.uniform(0.65, 1.25))
        half = high * 0.26
        sheet.rect(body, x - high * 0.03, base - high * 0.2, x + high * 0.03, base + 22)
        for k in range(4):
            y0, y1 = base - high * (1 - 0.2 * k), base - high * (0.64 - 0.2 * k) + high * 0.06
            w = half * (0.42 + 0.19 * k)
            sheet.poly(body, (x, y0), (x - w, y1), (x, y1 - high * 0.03), (x + w, y1))
            if snowy:
                sheet.poly(cap, (x, y0), (x - w * 0.62, y0 + (y1 - y0) * 0.62), (x - w * 0.1, y0 + (y1 - y0) * 0.45))
    return sheet.layer(depth)


def leafy_trees(e: Easel, base: float, tall: float, tone: str, depth: float, count: int) -> Layer:
    """Draw a row of broad trees in autumn, their crowns yellow, orange and red around `tone`."""
    sheet = e.sheet(base - tall * 1.35, base + 24)
    bark = e.colour("#6b4a33")
    for i in range(count):
        x = e.left + (i + float(e.rng.uniform(0.1, 0.9))) * (e.right - e.left) / count
        high = tall * float(e.rng.uniform(0.7, 1.2))
        wide = high * 0.24
        sheet.poly(bark, (x - high * 0.03, base + 22), (x - high * 0.016, base - high * 0.7),
                   (x + high * 0.016, base - high * 0.7), (x + high * 0.03, base + 22))  # fmt: skip
        leaf = _between(e.colour(tone), e.colour(("#e0862a", "#c9502e", "#e3b341")[int(e.rng.integers(3))]), depth)
        light = _between(leaf, (255, 226, 150), 0.22)
        blobs = [(0.0, 0.78, 1.0), (-0.62, 0.6, 0.72), (0.62, 0.6, 0.72), (-0.3, 0.44, 0.6), (0.34, 0.46, 0.6)]
        for dx, up, size in blobs:
            r = wide * size * float(e.rng.uniform(0.9, 1.1))
            sheet.oval(leaf, x + dx * wide, base - high * up, r, r * 0.86)
        for dx, up, size in blobs[:3]:
            sheet.oval(light, x + (dx - 0.22) * wide, base - high * (up + 0.05), wide * size * 0.5, wide * size * 0.4)
    return sheet.layer(depth, blur=0.8)


def _between(one: Rgb, other: Rgb, share: float) -> Rgb:
    r, g, b = (int(x + (y - x) * share) for x, y in zip(one, other, strict=True))
    return r, g, b


def beams(e: Easel) -> Layer:
    """Draw light that falls through leaves, and fades towards the ground."""
    from PIL import Image, ImageChops

    sheet = e.sheet(0, 900)
    x0 = float(e.rng.uniform(120, 420))
    for i in range(4):
        x = x0 + i * 150
        sheet.poly((255, 250, 205, 34), (x, 0), (x + 60, 0), (x - 190 + 60 * i, 900), (x - 330 + 60 * i, 900))
    layer = sheet.layer(0.5, blur=12)
    fade = Image.linear_gradient("L").transpose(Image.Transpose.FLIP_TOP_BOTTOM).resize(layer.image.size)
    layer.image.putalpha(ImageChops.multiply(layer.image.getchannel("A"), fade))
    return layer
