"""Places by, on and under the water."""

import math

from daemon.scene.backdrop.easel import Easel, Layer, Sheet
from daemon.scene.backdrop.plants import tufts

SEA = {"sunset": ("#f0a878", "#5f5f9a"), "dawn": ("#c9d3e6", "#6f9fcf")}


def sea(e: Easel) -> list[Layer]:
    """Paint the open sea, with a nearer wave before the things."""
    top, bottom = SEA.get(e.time, ("#7cc4ea", "#1f6fb5"))
    layers = [e.hill(e.ridge(572, 0.6, 2), top, bottom, 0.25), _glitter(e, 580, 1010, 110)]
    layers.append(_wave(e, 690, "#3f93d2", 0.5))
    layers.append(_wave(e, 760, "#2f82c6", 0.75))
    return [*layers, _wave(e, 812, "#2474b8", 1.0, front=True), _wave(e, 906, "#1a629f", 1.15, front=True)]


def lake(e: Easel) -> list[Layer]:
    """Paint a still lake below hills."""
    layers = [
        *_far_shore(e),
        _wave(e, 812, "#3f93c8", 1.0, front=True, high=5, end=960),
        e.hill(e.ridge(952, 16, 1.4, 0.4), e.leafy("#6fb552"), e.leafy("#3f8a38", winter="#c3d7ea"), 1.1, front=True),
    ]
    return [*layers, _front(tufts(e, 965, 1022, e.leafy("#2f7a30", autumn="#8a6a28"), 1.12, flowers=10))]


def shore(e: Easel) -> list[Layer]:
    """Paint the same lake from its near bank, on which things stand."""
    grass = e.leafy("#86c95c", autumn="#c9a544"), e.leafy("#4c9a3f", autumn="#8f7430", winter="#c3d7ea")
    return [
        *_far_shore(e),
        e.hill(e.ridge(742, 14, 1.3, 0.4), "#d9c48c", "#c9b27c", 0.7, end=800),
        e.hill(e.ridge(756, 14, 1.3, 0.4), *grass, 0.8),
        tufts(e, 785, 1010, e.leafy("#3f8a38", autumn="#8a6a28", winter="#a9c0d6"), 0.9, flowers=22),
    ]


def _far_shore(e: Easel) -> list[Layer]:
    return [
        e.hill(e.ridge(470, 56, 2.1, 0.55), "#a3bccd", "#bccfd9", 0.12),
        e.hill(
            e.ridge(540, 28, 2.6),
            e.leafy("#7fae78", autumn="#c9973f"),
            e.leafy("#6a9f68", autumn="#b5823a"),
            0.25,
            end=640,
        ),
        e.hill(e.ridge(612, 0.8, 2), "#a9d4ea", "#3f8fc4", 0.3),
        _glitter(e, 622, 900, 60),
    ]


def beach(e: Easel) -> list[Layer]:
    """Sea, foam, sand with shells."""
    top, bottom = SEA.get(e.time, ("#6fc0ea", "#49bcd0"))
    sand = e.ridge(716, 12, 1.3, 0.35)
    foam = e.sheet(670, 790)
    points = [(e.left + (e.right - e.left) * i / 60, 0.0) for i in range(61)]
    edge = [(x, float(sand[min(len(sand) - 1, i * len(sand) // 60)]) - 6) for i, (x, _) in enumerate(points)]
    foam.line((*e.colour("#ffffff"), 235), 15, *edge)
    foam.line((*e.colour("#ffffff"), 150), 6, *[(x, y - 26 + 5 * math.sin(x / 40)) for x, y in edge])
    grains = e.sheet(730, 1024)
    for _ in range(170):
        x, y = float(e.rng.uniform(e.left, e.right)), float(e.rng.uniform(745, 1020))
        r = 1 + 2.4 * float(e.rng.random())
        grains.oval((*e.colour("#c79a5a"), 120), x, y, r, r * 0.6)
    for _ in range(9):
        x, y = float(e.rng.uniform(e.left, e.right)), float(e.rng.uniform(780, 1010))
        grains.oval(e.colour("#f7e9df"), x, y, 7, 5)
        grains.oval(e.colour("#e8b9a4"), x + 1, y + 1, 4, 2.6)
    return [
        e.hill(e.ridge(566, 0.6, 2), top, bottom, 0.25, end=800),
        _glitter(e, 575, 700, 60),
        e.hill(sand, "#f3dca6", "#dcb26c", 0.8),
        foam.layer(0.78, blur=1.4),
        grains.layer(0.9),
    ]


def underwater(e: Easel) -> list[Layer]:
    """Blue depth, rays from above, weeds on a sandy floor."""
    tones = [(0.0, e.colour("#6fd3e8")), (0.4, e.colour("#2a9cc9")), (1.0, e.colour("#0f4f86"))]
    rays = e.sheet(0, 860)
    for i in range(6):
        x = e.left + (i + float(e.rng.random())) * 190
        rays.poly((225, 250, 255, 40), (x, 0), (x + 70, 0), (x + 10, 860), (x - 190, 860))
    weeds = e.sheet(560, 1024)
    for i in range(16):
        x = float(e.rng.uniform(e.left, e.right))
        tall = float(e.rng.uniform(90, 330)) * (0.35 + abs(x - 512) / 560)
        tone = e.colour(("#2f9a6a", "#3fae5c", "#1f7f6a")[i % 3])
        points = [(x + 15 * math.sin(k * 0.8 + i), 960 - tall * k / 12) for k in range(13)]
        weeds.line(tone, 13, *points)
    for i in range(7):
        x = float(e.rng.uniform(e.left, e.right))
        weeds.oval(e.colour(("#e8745a", "#f29ac0", "#8f7fd6")[i % 3]), x, 968, 34, 26)
        weeds.oval(e.colour(("#f08a70", "#f7b3d0", "#a596e6")[i % 3]), x - 14, 956, 16, 18)
    bubbles = e.sheet(0, 1024)
    for _ in range(34):
        x, y, r = float(e.rng.uniform(e.left, e.right)), float(e.rng.uniform(40, 940)), float(e.rng.uniform(3, 12))
        bubbles.oval((235, 252, 255, 90), x, y, r, r)
        bubbles.oval((255, 255, 255, 190), x - r * 0.3, y - r * 0.3, r * 0.3, r * 0.3)
    return [
        Layer(e.gradient(tones), 0, 0.0),
        rays.layer(0.1, blur=10),
        e.hill(e.ridge(850, 22, 2.2), "#3f8fb0", "#2f7a9f", 0.3),
        e.hill(e.ridge(920, 14, 1.6), "#e0cf98", "#b9a06a", 0.8),
        weeds.layer(0.75),
        bubbles.layer(0.6),
    ]


def _wave(
    e: Easel, y: float, tone: str, depth: float, *, front: bool = False, high: float = 9, end: float = 1024
) -> Layer:
    """Draw a swell with a light crest, seen through."""
    phase = float(e.rng.uniform(0, 6))
    sheet = e.sheet(y - 20, end)
    count = 120
    crest = []
    for i in range(count + 1):
        x = e.left + (e.right - e.left) * i / count
        crest.append((x, y + high * math.sin(x / 46 + phase) + 0.5 * high * math.sin(x / 19 + 2 * phase)))
    body = {"sunset": "#7a5f92", "dawn": "#7f9fcc"}.get(e.time, tone)
    sheet.poly((*e.colour(body), 205 if front else 120), *crest, (e.right, end), (e.left, end))
    sheet.line((*e.colour("#e9f7fd"), 190), 3.2, *crest)
    return sheet.layer(depth, front=front)


def _glitter(e: Easel, y0: float, y1: float, count: int) -> Layer:
    sheet = e.sheet(y0, y1)
    tone = {"sunset": "#ffe0b0", "night": "#c9d6ff"}.get(e.time, "#ffffff")
    for _ in range(count):
        k = float(e.rng.random()) ** 1.6
        x, y = float(e.rng.uniform(e.left, e.right)), y0 + (y1 - y0) * k
        wide = 8 + 46 * k * float(e.rng.random())
        sheet.line((*e.colour(tone), 150), 1.2 + 2 * k, (x, y), (x + wide, y))
    if e.time != "day" and not e.weather:
        _gleam(e, sheet, y0, y1)
    return sheet.layer(0.4)


def _gleam(e: Easel, sheet: Sheet, y0: float, y1: float) -> None:
    """Lay the way of light below a low sun or the moon."""
    tone = {"sunset": (255, 214, 140), "dawn": (255, 236, 200)}.get(e.time, (206, 220, 255))
    for _ in range(150):
        k = float(e.rng.random())
        y = y0 + (y1 - y0) * k
        spread, wide = 16 + 70 * k, 10 + 50 * k * float(e.rng.random())
        x = e.light.x + float(e.rng.normal(0, 0.5)) * spread - wide / 2
        sheet.line((*tone, int(190 - 110 * k)), 1.6 + 2.6 * k, (x, y), (x + wide, y))


def _front(layer: Layer) -> Layer:
    return Layer(layer.image, layer.top, layer.depth, front=True)
