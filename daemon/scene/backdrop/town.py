"""Places where people live, seen from outside."""

from daemon.scene.backdrop.easel import Easel, Layer, Sheet
from daemon.scene.backdrop.land import field, meadow
from daemon.scene.backdrop.plants import tufts


def city(e: Easel) -> list[Layer]:
    """Paint a skyline in three depths, a park strip before it."""
    layers = [
        _skyline(e, 640, 330, "#b3c4d6", 0.12, 13),
        _skyline(e, 660, 290, "#8ea3bd", 0.28, 11),
        _skyline(e, 690, 210, "#66799a", 0.5, 9),
    ]
    winter = e.season == "winter"
    layers.append(
        e.hill(e.ridge(690, 3, 1.5, 0.4), "#e6eef6" if winter else "#9aa3ab", "#c2d4e6" if winter else "#7d868f", 0.7)
    )
    return [*layers, _paving(e)]


def street(e: Easel) -> list[Layer]:
    """House fronts, a pavement, a road."""
    layers = [_skyline(e, 640, 300, "#a9bacb", 0.15, 12), _fronts(e)]
    sheet = e.sheet(690, 1024)
    winter = e.season == "winter"
    sheet.rect(e.colour("#eef4fa" if winter else "#b9b5ab"), e.left, 692, e.right, 770)
    sheet.rect(e.colour("#c9d6e4" if winter else "#8f8b82"), e.left, 764, e.right, 776)
    sheet.rect(e.colour("#b4c0cd" if winter else "#565b63"), e.left, 776, e.right, 1024)
    if winter:
        for i in range(9):  # tracks of wheels
            y = 800 + 26 * i
            sheet.line((*e.colour("#e6edf5"), 200), 9, (e.left, y), (e.right, y + float(e.rng.uniform(-6, 6))))
    x = e.left
    while x < e.right:
        sheet.rect(e.colour("#e9e2c4"), x, 884, x + 90, 895)
        x += 170
    return [*layers, sheet.layer(0.85)]


def village(e: Easel) -> list[Layer]:
    """Little houses on the hills."""
    layers = meadow(e)
    sheet = e.sheet(480, 680)
    for i in range(8):
        x = e.left + (i + float(e.rng.uniform(0.15, 0.85))) * (e.right - e.left) / 8
        _cottage(sheet, x, float(e.rng.uniform(612, 640)), float(e.rng.uniform(0.7, 1.1)), i)
    return [*layers[:-2], sheet.layer(0.5), *layers[-2:]]


def farm(e: Easel) -> list[Layer]:
    """Paint a red barn far off, fields, a fence."""
    layers = field(e)[:-1] if e.season != "winter" else meadow(e)[:-1]
    barn = e.sheet(450, 650)
    x = 190 if e.rng.random() < 0.5 else 800
    red, trim = e.colour("#b5392f"), e.colour("#f1ece2")
    barn.poly(red, (x - 80, 622), (x - 80, 545), (x - 50, 505), (x, 482), (x + 50, 505), (x + 80, 545), (x + 80, 622))
    barn.line(trim, 6, (x - 86, 548), (x - 52, 502), (x, 478), (x + 52, 502), (x + 86, 548))
    barn.rect(trim, x - 28, 566, x + 28, 622)
    barn.rect(e.colour("#8f2a22"), x - 23, 571, x + 23, 622)
    fence = e.sheet(640, 740)
    wood = e.colour("#9b7148")
    for y in (668, 696):
        fence.rect(wood, e.left, y, e.right, y + 9)
    step = e.left
    while step < e.right:
        fence.rect(wood, step, 650, step + 14, 728)
        step += 104
    grass = e.hill(
        e.ridge(712, 8, 1.5, 0.4), e.leafy("#86c95c", autumn="#c9a544"), e.leafy("#4c9a3f", autumn="#8f7430"), 0.85
    )
    end = tufts(e, 740, 1010, e.leafy("#3f8a38", autumn="#8a6a28", winter="#b7cadb"), 0.92, flowers=18)
    return [*layers, barn.layer(0.4), fence.layer(0.7), grass, end]


def _skyline(e: Easel, base: float, tall: float, tone: str, depth: float, count: int) -> Layer:
    sheet = e.sheet(base - tall * 1.4, base + 40)
    body = e.colour(tone)
    lit, dark = (255, 224, 138), tuple(int(c * 0.82) for c in body)
    share = {"night": 0.55, "sunset": 0.35}.get(e.time, 0.08)
    step = (e.right - e.left) / count
    for i in range(count):
        x = e.left + i * step + float(e.rng.uniform(-0.1, 0.1)) * step
        wide, high = step * float(e.rng.uniform(0.75, 1.1)), tall * float(e.rng.uniform(0.45, 1.2))
        sheet.rect(body, x, base - high, x + wide, base + 40)
        if i % 3 == 0:
            sheet.rect(body, x + wide * 0.3, base - high - 16, x + wide * 0.7, base - high)
            sheet.line(body, 3, (x + wide / 2, base - high - 16), (x + wide / 2, base - high - 52))
        cell = max(13.0, wide / 6)
        y = base - high + 14
        while y < base - 8:
            k = x + cell * 0.5
            while k < x + wide - cell * 0.6:
                sheet.rect(lit if e.rng.random() < share else dark, k, y, k + cell * 0.46, y + cell * 0.56)
                k += cell
            y += cell * 1.25
    return sheet.layer(depth)


def _fronts(e: Easel) -> Layer:
    sheet = e.sheet(300, 700)
    tones = ("#d98a6a", "#e8c98a", "#9fb8c9", "#c9a0a0", "#b5c49a", "#e0b070")
    x, i = e.left, int(e.rng.integers(6))
    while x < e.right:
        wide, high = float(e.rng.uniform(150, 210)), float(e.rng.uniform(240, 350))
        top = 694 - high
        sheet.rect(e.colour(tones[i % 6]), x, top, x + wide, 700)
        sheet.rect(e.colour("#f4f8fc" if e.season == "winter" else "#8a5a48"), x - 4, top - 12, x + wide + 4, top + 6)
        for row in range(int(high // 92)):
            for column in range(3):
                a, b = x + 18 + column * (wide - 30) / 3, top + 30 + row * 84
                lit = e.time in {"night", "sunset"} and e.rng.random() < 0.6
                sheet.rect(e.colour("#f4efe4"), a - 4, b - 4, a + 36, b + 50)
                sheet.rect((255, 222, 138) if lit else e.colour("#7fa3bf"), a, b, a + 32, b + 46)
        sheet.rect(e.colour("#5b3f30"), x + wide / 2 - 18, 630, x + wide / 2 + 18, 700)
        x += wide
        i += 1
    return sheet.layer(0.55)


def _paving(e: Easel) -> Layer:
    sheet = e.sheet(690, 1024)
    line = (*e.colour("#5f676f"), 110)
    for i in range(8):
        y = 700 + 324 * (i / 8) ** 1.5
        sheet.line(line, 2, (e.left, y), (e.right, y))
    for i in range(-14, 15):
        sheet.line(line, 2, (512 + i * 52, 694), (512 + i * 150, 1024))
    return sheet.layer(0.85)


def _cottage(sheet: Sheet, x: float, base: float, size: float, i: int) -> None:
    e = sheet.easel
    wall, roof = e.colour(("#f4ead2", "#ead9c2", "#e3e6e0")[i % 3]), e.colour(("#b5533c", "#8f4a3c", "#6f6a7a")[i % 3])
    w, h = 34 * size, 40 * size
    sheet.rect(wall, x - w, base - h, x + w, base + 8)
    snowy = e.colour("#f4f8fc") if e.season == "winter" else roof
    sheet.poly(snowy, (x - w * 1.2, base - h), (x, base - h * 1.95), (x + w * 1.2, base - h))
    lit = (255, 222, 138) if e.time in {"night", "sunset"} else e.colour("#7fa3bf")
    sheet.rect(lit, x - w * 0.65, base - h * 0.7, x - w * 0.15, base - h * 0.25)
    sheet.rect(e.colour("#6b4a30"), x + w * 0.15, base - h * 0.66, x + w * 0.6, base + 8)
