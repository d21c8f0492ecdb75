# ruff: noqa: D103 - every function draws what its name says
"""Trees, waters and ways."""

from daemon.scene.vector.pen import Pen, ring


def appletree(p: Pen) -> None:
    p.curve("#7a5235", (43, 98), (46, 80), (44, 58), (50, 50), (57, 58), (55, 80), (59, 98))
    _crown(p, "#3f8f3a", "#56a84a")
    for x, y in ((30, 30), (46, 22), (64, 28), (74, 42), (22, 46), (40, 46), (57, 44), (66, 58), (34, 60)):
        p.oval("#c9302c", x, y, 3.6)
        p.oval("#f08a7c", x - 1, y - 1.2, 1.1)


def birch(p: Pen) -> None:
    p.poly("#f2efe8", (46, 98), (48, 30), (53, 30), (56, 98))
    for i, y in enumerate(range(40, 96, 8)):
        p.rect("#3a3734", 47 + (i % 2) * 3, y, 51 + (i % 2) * 3, y + 2, 1)
    _crown(p, "#7fae3f", "#9cc65a")


def bush(p: Pen) -> None:
    for x, y, r in ((22, 78, 18), (78, 78, 18), (38, 66, 20), (62, 64, 21), (50, 80, 22)):
        p.oval("#3b8a3e", x, y, r)
    for x, y, r in ((20, 74, 12), (36, 60, 14), (60, 57, 15), (76, 73, 11), (48, 74, 14)):
        p.oval("#54a550", x, y, r)
    p.hole((0, 98), (100, 98), (100, 100), (0, 100))


def path(p: Pen) -> None:
    p.curve(
        "#c9a878", (8, 98), (30, 84), (60, 74), (46, 66), (50, 60), (56, 60), (58, 66), (76, 75), (62, 86), (66, 98)
    )
    p.curve("#d8bb90", (20, 97), (38, 85), (62, 75), (52, 67), (66, 76), (52, 87), (50, 97))


def road(p: Pen) -> None:
    p.poly("#4b4f56", (2, 98), (98, 98), (58, 60), (42, 60))
    for a, b in ((0.06, 0.2), (0.32, 0.44), (0.54, 0.64), (0.72, 0.79), (0.86, 0.91)):
        ya, yb = 98 - 38 * a, 98 - 38 * b
        p.poly(
            "#f2e6b8", (50 - 3 * (1 - a), ya), (50 + 3 * (1 - a), ya), (50 + 3 * (1 - b), yb), (50 - 3 * (1 - b), yb)
        )


def pond(p: Pen) -> None:
    p.oval("#8d9c62", 50, 80, 49, 17)
    p.oval("#4aa3cf", 50, 80, 46, 15)
    p.oval("#74c0e3", 44, 77, 34, 9)
    for x, y, w in ((30, 76, 8), (58, 84, 10), (64, 74, 7)):
        p.line("#d4eefa", 0.9, (x, y), (x + w, y))


def islet(p: Pen) -> None:
    p.oval("#bfe6ee", 50, 88, 50, 12)
    p.curve("#d9b872", (5, 88), (20, 80), (50, 75), (80, 80), (95, 88), (50, 97))
    p.curve("#ecd297", (14, 86), (28, 80), (50, 77), (74, 80), (86, 86), (50, 90))


def rainbow(p: Pen) -> None:
    for i, tone in enumerate(("#ef5350", "#ffa040", "#ffe066", "#66c26a", "#4fa8ea", "#6f6fd8", "#a06fd0")):
        p.pie(f"{tone}b4", 50, 98, 49 - 2.2 * i, 62 - 2.5 * i, 180, 360)
    p.pie("#00000000", 50, 98, 33.6, 44.5, 180, 360)


def starfish(p: Pen) -> None:
    outer, inner = ring(50, 54, 46, 5, -90), ring(50, 54, 19, 5, -54)
    points = [point for pair in zip(outer, inner, strict=True) for point in pair]
    p.curve("#e8743b", *points)
    for x, y in ring(50, 54, 24, 5, -90) + ring(50, 54, 33, 5, -90) + ring(50, 54, 10, 5, -54):
        p.oval("#ffc28a", x, y, 2)


def mars(p: Pen) -> None:
    p.oval("#c5552f", 50, 50, 46)
    p.curve("#a9431f", (8, 44), (30, 36), (55, 46), (90, 36), (94, 50), (60, 58), (30, 50), (6, 56))
    p.curve("#d9774a", (20, 22), (45, 14), (70, 20), (55, 28), (34, 28))
    for x, y, r in ((34, 70, 7), (64, 72, 4), (70, 28, 4), (24, 60, 3), (52, 84, 4)):
        p.oval("#a23f1d", x, y, r, r * 0.8)
        p.oval("#cf6338", x + 0.8, y + 0.9, r * 0.8, r * 0.6)
    p.oval("#f6e4da", 50, 7, 13, 3)


def daisy(p: Pen) -> None:
    p.line("#3f9a46", 3.4, (50, 50), (50, 98))
    p.curve("#4fb356", (50, 84), (66, 70), (76, 72), (64, 84))
    for x, y in ring(50, 34, 21, 12):
        p.oval("#ffffff", x, y, 7.4)
    for x, y in ring(50, 34, 14, 12, 15):
        p.oval("#eef3f6", x, y, 6)
    p.oval("#f7c531", 50, 34, 11)
    p.oval("#e8ab1c", 52, 36, 7)


def plum(p: Pen) -> None:
    p.line("#6b4b2f", 3, (52, 24), (56, 8))
    p.curve("#5fa84a", (56, 16), (70, 6), (84, 12), (70, 22))
    p.curve("#6a3f8f", (50, 22), (78, 32), (82, 64), (60, 94), (36, 92), (18, 62), (24, 32))
    p.curve("#8a5fb0", (34, 36), (44, 32), (36, 56), (28, 58))
    p.line("#54307a", 1.6, (52, 26), (60, 56), (54, 90))


def raspberry(p: Pen) -> None:
    for row, count in enumerate((4, 5, 4, 3, 2)):
        for i in range(count):
            x = 50 + (i - (count - 1) / 2) * 15
            p.oval("#c2255c" if (row + i) % 2 else "#d6336c", x, 36 + 13 * row, 8.6)
            p.oval("#f06595", x - 2, 33 + 13 * row, 2)
    p.poly("#4f9a46", (50, 8), (58, 24), (80, 22), (64, 34), (36, 34), (20, 22), (42, 24))


def lilypad(p: Pen) -> None:
    p.oval("#3f8f4a", 50, 84, 46, 13)
    p.oval("#57a85c", 50, 82, 43, 11)
    p.poly("#2f6f8f", (50, 83), (88, 74), (97, 84))
    for x, y in ring(50, 82, 30, 7, 30):
        p.line("#3f8f4a", 1, (50, 82), (x, 82 + (y - 82) * 0.3))


def iceberg(p: Pen) -> None:
    p.poly("#dff1fb", (4, 92), (22, 44), (38, 50), (54, 8), (70, 34), (80, 30), (97, 92))
    p.poly("#b8dcf0", (54, 8), (70, 34), (62, 92), (40, 92), (48, 50))
    p.poly("#9cc9e4", (80, 30), (97, 92), (74, 92))
    p.poly("#f6fcff", (22, 44), (38, 50), (28, 92), (10, 92))


def fireworks(p: Pen) -> None:
    for x, y, r, tone, core in (
        (36, 36, 34, "#ff6f91", "#ffe08a"),
        (72, 58, 26, "#6fd3ff", "#ffffff"),
        (34, 78, 20, "#ffd166", "#fff6d0"),
        (78, 20, 17, "#b98cff", "#ffffff"),
    ):
        for (ax, ay), (bx, by) in zip(ring(x, y, r * 0.3, 16), ring(x, y, r, 16), strict=True):
            p.line(tone, 1.6, (ax, ay), (bx, by))
            p.oval(core, bx, by, 1.6)
        for cx, cy in ring(x, y, r * 0.55, 10, 18):
            p.oval(core, cx, cy, 1.1)


def _crown(p: Pen, dark: str, light: str) -> None:
    for x, y, r in ((30, 48, 20), (70, 48, 20), (50, 30, 24), (36, 32, 18), (64, 32, 18), (50, 54, 20)):
        p.oval(dark, x, y, r)
    for x, y, r in ((28, 42, 13), (46, 24, 17), (64, 30, 13), (70, 44, 11), (46, 46, 12)):
        p.oval(light, x, y, r)
