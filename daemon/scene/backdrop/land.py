"""Places on dry land."""

import math

from daemon.scene.backdrop.easel import Easel, Layer
from daemon.scene.backdrop.plants import beams, firs, leafy_trees, round_trees, tufts
from daemon.scene.backdrop.sky import clouds

GREEN = {"autumn": "#b9922f", "winter": "#e9f1f8"}


def meadow(e: Easel) -> list[Layer]:
    """Paint rolling hills, a line of trees, grass with flowers."""
    if e.season == "winter":
        return snow(e)
    layers = [
        e.hill(e.ridge(528, 40, 2.2), "#8fb6cf", "#a9cfd6", 0.15),
        e.hill(e.ridge(575, 26, 2.6), e.leafy("#8cc27a", autumn="#d0a850"), e.leafy("#79b364", autumn="#bf9038"), 0.3),
        round_trees(e, 600, 0.42),
        e.hill(
            e.ridge(630, 16, 1.7, 0.4), e.leafy("#86c95c", autumn="#c9a544"), e.leafy("#4c9a3f", autumn="#8f7430"), 0.7
        ),
    ]
    return [*layers, tufts(e, 690, 1010, e.leafy("#3f8a38", autumn="#8a6a28"), 0.9, flowers=26)]


def garden(e: Easel) -> list[Layer]:
    """Paint a lawn with a white fence and many flowers."""
    layers = meadow(e)[:-1]
    sheet = e.sheet(560, 700)
    board, dark = e.colour("#f6f1e6"), e.colour("#d8d0bf")
    sheet.rect(dark, e.left, 610, e.right, 620)
    sheet.rect(dark, e.left, 655, e.right, 665)
    x = e.left
    while x < e.right:
        sheet.poly(board, (x, 688), (x, 592), (x + 13, 576), (x + 26, 592), (x + 26, 688))
        x += 40
    return [*layers, sheet.layer(0.72), tufts(e, 690, 1015, e.leafy("#3f8a38", autumn="#8a6a28"), 0.9, flowers=110)]


def field(e: Easel) -> list[Layer]:
    """Ripe wheat in rows to the horizon."""
    layers = [
        e.hill(e.ridge(545, 26, 2.2), "#93b7c9", "#aecbd0", 0.15),
        round_trees(e, 590, 0.35),
        e.hill(e.ridge(600, 8, 1.5, 0.4), "#f0cf6b", "#d9a53a", 0.6),
    ]
    sheet = e.sheet(600, 1024)
    furrow = (*e.colour("#b9822c"), 90)
    for i in range(-16, 33):
        a, b = 512 + (i - 8) * 16, 512 + (i - 8) * 120
        sheet.poly(furrow, (a, 604), (a + 3, 604), (b + 36, 1024), (b, 1024))
    return [*layers, sheet.layer(0.8), tufts(e, 680, 1010, "#c08f2e", 0.9, flowers=12)]


def forest(e: Easel) -> list[Layer]:
    """Trunks behind trunks in a green haze, beams of light."""
    winter = e.season == "winter" or e.weather == "snowfall"
    haze = [("#a8cfae", 0.12), ("#7fb58a", 0.26), ("#4f8f62", 0.45)]
    if winter:
        haze = [("#c4d6e4", 0.12), ("#9db8cc", 0.26), ("#6f93ac", 0.45)]
    if e.season == "autumn":
        haze = [("#e8cf9a", 0.12), ("#d9a95a", 0.26), ("#b9783a", 0.45)]
    layers = [e.hill(e.ridge(330, 20, 3), haze[0][0], haze[0][0], 0.1)]
    stand = leafy_trees if e.season == "autumn" else firs
    for rank, (tone, depth) in enumerate(haze):
        layers.append(stand(e, 560 + 32 * rank, 250 + 130 * rank, tone, depth, 15 - 4 * rank))
        y = 548 + 32 * rank  # above the feet of the trees, which would let through what is behind them
        layers.append(e.hill(e.ridge(y, 8, 2), tone, tone, depth))
    ground = (
        ("#e6eef6", "#c2d4e6")
        if winter
        else (e.leafy("#6fae55", autumn="#c99a45"), e.leafy("#2f6b35", autumn="#7d5a28"))
    )
    layers.append(e.hill(e.ridge(668, 12, 1.8, 0.4), *ground, 0.75))
    if e.time != "night" and not e.weather:
        layers.append(beams(e))
    layers.append(
        tufts(
            e,
            700,
            1010,
            "#b7cadb" if winter else e.leafy("#245a2b", autumn="#6e4c20"),
            0.9,
            flowers=0 if winter else 10,
        )
    )
    return layers


def jungle(e: Easel) -> list[Layer]:
    """Dense green, hanging leaves."""
    layers = forest(e)[1:-1]
    sheet = e.sheet(0, 300)
    for i in range(26):
        x = e.left + (e.right - e.left) * i / 25
        long = float(e.rng.uniform(90, 250)) * (0.5 + abs(x - 512) / 640)
        sheet.line(e.colour("#2b6a30"), 5, (x, 0), (x + float(e.rng.uniform(-30, 30)), long))
        for k in range(int(long // 26)):
            y = k * 26.0
            sheet.oval(e.colour("#3f8f3f" if k % 2 else "#58a84c"), x + (12 if k % 2 else -12), y, 18, 9)
    return [*layers, sheet.layer(0.85), tufts(e, 690, 1010, "#1f5a2a", 0.9, flowers=30)]


def mountains(e: Easel) -> list[Layer]:
    """Snow-capped peaks behind green foothills."""
    far = e.ridge(420, 70, 2.6, 0.62)
    near = e.ridge(380, 130, 1.7, 0.55)
    cap = e.hill(near, "#f4f8fc", "#dfe9f2", 0.22, end=720)
    rock = e.hill(near + 60 + 34 * (e.ridge(0, 1, 11, 0.7)), "#7f8fa6", "#5f7088", 0.22, end=760)
    return [
        e.hill(far, "#b9cadb", "#cfdde8", 0.1, end=700),
        cap,
        rock,
        e.hill(e.ridge(600, 24, 2), e.leafy("#7fa86a", winter="#dfe8f0"), e.leafy("#6a985a", winter="#cfdce8"), 0.4),
        firs(e, 650, 110, e.leafy("#4f8058", autumn="#8a7a3a", winter="#8fa9bd"), 0.55, 22),
        e.hill(
            e.ridge(655, 16, 1.6, 0.4), e.leafy("#84bd62"), e.leafy("#4a8b42", autumn="#8f7430", winter="#b9cde0"), 0.75
        ),
        tufts(e, 700, 1010, e.leafy("#3c7d38", autumn="#8a6a28", winter="#a9c0d6"), 0.9, flowers=16),
    ]


def waterfall(e: Easel) -> list[Layer]:
    """Water falling from cliffs into a pool."""
    sheet = e.sheet(180, 800)
    rock, dark = e.colour("#7d7f86"), e.colour("#5c5f69")
    sheet.poly(rock, (e.left, 190), (330, 230), (390, 260), (400, 760), (e.left, 760))
    sheet.poly(rock, (e.right, 180), (720, 220), (640, 262), (630, 760), (e.right, 760))
    for i in range(26):
        x = float(e.rng.uniform(e.left, 380)) if i % 2 else float(e.rng.uniform(640, e.right))
        y = float(e.rng.uniform(260, 700))
        sheet.poly(dark, (x, y), (x + 40, y - 26), (x + 54, y + 30), (x + 12, y + 60))
    sheet.poly((*e.colour("#cfeaf8"), 255), (385, 256), (645, 256), (636, 760), (394, 760))
    for _ in range(44):
        x = float(e.rng.uniform(392, 634))
        y = float(e.rng.uniform(250, 620))
        sheet.line(
            (*e.colour("#ffffff"), 190), float(e.rng.uniform(2, 7)), (x, y), (x, y + float(e.rng.uniform(60, 200)))
        )
    mist = e.sheet(650, 830)
    for _ in range(34):
        mist.oval((255, 255, 255, 120), float(e.rng.uniform(340, 690)), float(e.rng.uniform(730, 770)), 46, 22)
    pool = e.hill(e.ridge(752, 3, 2), "#7cc4e4", "#3f93c4", 0.6, end=900)
    bank = e.hill(e.ridge(836, 14, 1.4, 0.4), e.leafy("#7fc05c"), e.leafy("#4c9a3f", winter="#b9cde0"), 0.85)
    return [
        sheet.layer(0.4),
        pool,
        mist.layer(0.5, blur=9),
        bank,
        tufts(e, 850, 1015, e.leafy("#3f8a38"), 0.92, flowers=20),
    ]


def river(e: Easel) -> list[Layer]:
    """Paint a meadow with a river winding to us."""
    layers = meadow(e)[:-1]
    sheet = e.sheet(620, 1024)
    edge: list[tuple[float, float]] = []
    other: list[tuple[float, float]] = []
    for i in range(41):
        t = i / 40
        y = 642 + 382 * t**1.35
        middle = 560 + 190 * math.sin(4.6 * t + 0.6) * (0.25 + t)
        half = 14 + 330 * t**1.5
        edge.append((middle - half, y))
        other.append((middle + half, y))
    bank = [(x - 8 - 14 * i / 40, y) for i, (x, y) in enumerate(edge)]
    sheet.poly(e.colour("#c9b27c"), *bank, *[(x + 8 + 14 * i / 40, y) for i, (x, y) in enumerate(other)][::-1])
    sheet.poly(e.colour("#58aede"), *edge, *other[::-1])
    for i in range(8, 40, 2):
        (a, y), (b, _) = edge[i], other[i]
        x = a + (b - a) * float(e.rng.uniform(0.15, 0.6))
        sheet.line((*e.colour("#d6effb"), 200), 2.5, (x, y), (x + (b - a) * 0.22, y))
    return [
        *layers,
        sheet.layer(0.8),
        tufts(e, 760, 1010, e.leafy("#3f8a38", autumn="#8a6a28", winter="#a9c0d6"), 0.9, flowers=14, sides=True),
    ]


def snow(e: Easel) -> list[Layer]:
    """Soft snow, blue shadows, firs in the distance."""
    layers = [
        e.hill(e.ridge(505, 46, 2.3, 0.55), "#bccfe2", "#d3e0ec", 0.15),
        firs(e, 590, 120, "#8aa5b8", 0.28, 26, snowy=True),
        e.hill(e.ridge(590, 18, 2.2), "#dde9f4", "#cddeee", 0.35),
        firs(e, 650, 190, "#5f8496", 0.5, 11, snowy=True),
        e.hill(e.ridge(650, 20, 1.6, 0.4), "#f6fafe", "#dbe8f4", 0.7),
        e.hill(e.ridge(760, 24, 1.3, 0.35), "#eef5fc", "#c3d7ea", 0.85),
    ]
    sheet = e.sheet(680, 1024)
    for _ in range(150):
        x, y = float(e.rng.uniform(e.left, e.right)), float(e.rng.uniform(690, 1020))
        r = 0.8 + 2.2 * (y - 680) / 340 * float(e.rng.random())
        sheet.oval((255, 255, 255, 230), x, y, r, r * 0.7)
    for _ in range(14):
        x, y = float(e.rng.uniform(e.left, e.right)), float(e.rng.uniform(720, 1010))
        wide = float(e.rng.uniform(50, 130))
        sheet.oval((*e.colour("#a9c3de"), 70), x, y, wide, wide * 0.07)
    return [*layers, sheet.layer(0.9, blur=0.8)]


def desert(e: Easel) -> list[Layer]:
    """Dunes behind dunes."""
    return [
        e.hill(e.ridge(520, 22, 3, 0.7), "#d9a06e", "#e3b482", 0.15),
        e.hill(e.ridge(560, 36, 1.6, 0.3), "#efc98a", "#e0ad66", 0.35),
        e.hill(e.ridge(630, 40, 1.2, 0.25), "#f3d296", "#d9a55c", 0.6),
        e.hill(e.ridge(740, 40, 0.9, 0.25), "#f6d9a2", "#cf9850", 0.85),
        _ripples(e),
    ]


def savanna(e: Easel) -> list[Layer]:
    """Dry grass and flat-topped acacias."""
    sheet = e.sheet(380, 660)
    for near, size in ((150, 0.8), (830, 1.05), (480, 0.45)):
        bark, leaf = e.colour("#6b4f35"), e.colour("#6f8a3f")
        x = near + float(e.rng.uniform(-40, 40))
        base = 636
        sheet.line(bark, 9 * size, (x, base), (x + 6 * size, base - 110 * size), (x - 34 * size, base - 190 * size))
        sheet.line(bark, 7 * size, (x + 6 * size, base - 110 * size), (x + 50 * size, base - 190 * size))
        for k in range(9):
            sheet.oval(leaf, x + (k - 4) * 30 * size, base - (198 + 10 * (k % 3)) * size, 40 * size, 16 * size)
    return [
        e.hill(e.ridge(560, 18, 2.4), "#b9b58a", "#cdbf85", 0.15),
        e.hill(e.ridge(610, 10, 1.8), "#dcc06a", "#cfae58", 0.35),
        sheet.layer(0.45),
        e.hill(e.ridge(640, 10, 1.5, 0.4), "#e6c766", "#b98f3c", 0.7),
        tufts(e, 680, 1015, "#a67f35", 0.9, flowers=0),
    ]


def above(e: Easel) -> list[Layer]:
    """High up: clouds all around, the land far below."""
    return [
        e.hill(e.ridge(930, 16, 2.4), e.leafy("#9fc7a8", autumn="#c9b27c"), e.leafy("#8abb8a", autumn="#b99a5a"), 0.1),
        clouds(e, 6, 0.3, 3.0, low=640),
        clouds(e, 5, 0.6, 5.0, low=960),
    ]


def _ripples(e: Easel) -> Layer:
    sheet = e.sheet(760, 1024)
    for i in range(40):
        y = 770 + 250 * (i / 40) ** 1.3
        x = float(e.rng.uniform(e.left, e.right))
        wide = float(e.rng.uniform(60, 240))
        points = [(x + wide * k / 12, y + 4 * math.sin(k * 0.9 + i)) for k in range(13)]
        sheet.line((*e.colour("#b9803f"), 80), 2, *points)
    return sheet.layer(0.9)
