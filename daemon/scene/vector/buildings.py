# ruff: noqa: D103 - every function draws what its name says
"""Buildings and what stands around them."""

from daemon.scene.vector.pen import Pen


def windmill(p: Pen) -> None:
    p.poly("#b98a5e", (36, 98), (64, 98), (58, 40), (42, 40))
    p.poly("#a3764d", (50, 98), (64, 98), (58, 40), (50, 40))
    p.pie("#8d3b32", 50, 42, 11, 14, 180, 360)
    p.rect("#5b3a29", 46, 82, 54, 98, 3)
    p.rect("#ffe7a0", 47, 58, 53, 66, 1)
    for dx, dy in ((1, 0.35), (-0.35, 1), (-1, -0.35), (0.35, -1)):
        x, y = 50 + dx * 40, 38 + dy * 40
        p.line("#5b3a29", 1.6, (50, 38), (x, y))
        a, b = 50 + dx * 10, 38 + dy * 10
        p.poly("#f5eedc", (a, b), (x, y), (x - dy * 10, y + dx * 10), (a - dy * 10, b + dx * 10))
        for k in (0.25, 0.5, 0.75):
            u, v = a + (x - a) * k, b + (y - b) * k
            p.line("#c9b998", 0.7, (u, v), (u - dy * 10, v + dx * 10))
    p.oval("#5b3a29", 50, 38, 3)


def tower(p: Pen) -> None:
    p.rect("#a8a29a", 33, 30, 67, 98)
    p.rect("#928c84", 52, 30, 67, 98)
    for row in range(9):
        for col in range(4):
            x = 34 + col * 9 + (row % 2) * 4
            if x < 62:
                p.rect("#b9b3aa" if col < 2 else "#9f9990", x, 34 + row * 7.2, x + 6, 37.5 + row * 7.2, 1)
    p.rect("#8f8980", 28, 24, 72, 32)
    for x in (28, 38, 48, 58, 67):
        p.rect("#8f8980", x, 18, x + 5, 26)
    p.poly("#b23a3a", (36, 18), (64, 18), (50, 2))
    p.poly("#8f2d2d", (50, 18), (64, 18), (50, 2))
    p.rect("#3d3530", 43, 80, 57, 98, 6)
    for y in (42, 60):
        p.rect("#4a4038", 46, y, 54, y + 11, 4)
        p.rect("#ffd977", 47.5, y + 2, 52.5, y + 10, 3)


def bridge(p: Pen) -> None:
    p.curve("#a79b8d", (0, 88), (0, 62), (25, 48), (50, 44), (75, 48), (100, 62), (100, 88), (50, 90))
    p.pie("#00000000", 50, 90, 30, 34, 180, 360)
    p.hole((0, 89), (100, 89), (100, 100), (0, 100))
    for i in range(13):
        x = 4 + i * 7.6
        y = 62 - 17.5 * (1 - ((x - 50) / 50) ** 2)
        p.rect("#8b7f71", x - 1.2, y - 13, x + 1.2, y + 2, 1)
    top = [(x, 50 - 17.5 * (1 - ((x - 50) / 50) ** 2)) for x in range(2, 99, 4)]
    p.line("#8b7f71", 2.6, *top)
    p.line("#c3b8aa", 3.2, *[(x, y + 13) for x, y in top])
    for i in range(9):
        x = 12 + i * 9.5
        if abs(x - 50) > 33:
            p.rect("#958a7c", x - 3, 72, x + 3, 75, 1)


def fence(p: Pen) -> None:
    p.rect("#a87c50", 1, 62, 99, 67, 1)
    p.rect("#a87c50", 1, 80, 99, 85, 1)
    for i in range(7):
        x = 4 + i * 14
        p.poly("#c79a68", (x, 98), (x, 54), (x + 4.5, 47), (x + 9, 54), (x + 9, 98))
        p.poly("#b1854f", (x + 5, 98), (x + 5, 48), (x + 9, 54), (x + 9, 98))


def wall(p: Pen) -> None:
    p.rect("#8c5a4a", 1, 45, 99, 98)
    for row in range(7):
        for col in range(-1, 7):
            x = col * 16 + (row % 2) * 8
            tone = ("#b9654d", "#c4745a", "#ad5a44")[(row * 3 + col * 5) % 3]
            if x > -12 and x < 98:
                p.rect(tone, max(1, x + 1), 46 + row * 7.5, min(99, x + 15), 52 + row * 7.5)
    p.rect("#a04f3c", 0, 42, 100, 46, 1)


def gate(p: Pen) -> None:
    for x in (6, 82):
        p.rect("#9a948b", x, 34, x + 12, 98)
        p.rect("#b3ada4", x - 2, 28, x + 14, 36, 2)
        p.oval("#b3ada4", x + 6, 25, 5)
    for i in range(9):
        x = 21 + i * 7
        y = 46 - 8 * (1 - ((x - 50) / 32) ** 2)
        p.line("#3a3f45", 1.8, (x, 97), (x, y))
        p.poly("#3a3f45", (x - 2, y), (x + 2, y), (x, y - 5))
    p.line("#3a3f45", 2.2, (18, 88), (82, 88))
    p.line("#3a3f45", 2.2, (18, 56), (82, 56))


def roof(p: Pen) -> None:
    p.rect("#8d4a3c", 66, 26, 76, 60)
    p.poly("#c4553f", (2, 96), (98, 96), (72, 38), (28, 38))
    for row in range(7):
        y = 44 + row * 8
        half = 24 + row * 3.6
        for i in range(9):
            x = 50 - half + i * half / 4
            p.pie("#a94532" if (i + row) % 2 else "#d26a52", x, y, half / 8 + 0.6, 6, 0, 180)


def barn(p: Pen) -> None:
    p.poly("#b5392f", (8, 98), (8, 50), (22, 26), (50, 12), (78, 26), (92, 50), (92, 98))
    for x in range(14, 92, 8):
        p.line("#9c2f27", 0.8, (x, 97), (x, 52))
    p.line("#e8e2d8", 5, (4, 52), (21, 25), (50, 10), (79, 25), (96, 52))
    p.rect("#f1ece2", 32, 58, 68, 98)
    p.rect("#8f2a22", 35, 61, 65, 98)
    p.line("#f1ece2", 2.4, (35, 61), (65, 98))
    p.line("#f1ece2", 2.4, (65, 61), (35, 98))
    p.rect("#f1ece2", 42, 28, 58, 44, 2)
    p.rect("#4a2d22", 44.5, 30.5, 55.5, 44)


def pyramid(p: Pen) -> None:
    p.poly("#e3bd74", (50, 12), (2, 96), (66, 96))
    p.poly("#b98f4d", (50, 12), (66, 96), (98, 92))
    for row in range(1, 10):
        k = row / 10
        p.line("#cfa760", 0.6, (50 - 48 * k, 12 + 84 * k), (50 + 16 * k, 12 + 84 * k))
        p.line("#a37c40", 0.6, (50 + 16 * k, 12 + 84 * k), (50 + 48 * k, 12 + 80 * k))
    p.poly("#f2d798", (50, 12), (44.2, 22), (52, 22))


def igloo(p: Pen) -> None:
    p.pie("#e6f2fb", 46, 96, 44, 56, 180, 360)
    for k in (0.33, 0.66):
        p.line("#b7d3e8", 1, *[(46 + x * 44 * (1 - k**2.2) ** 0.5, 96 - 56 * k) for x in (-0.98, 0.98)])
    for row, xs in enumerate(((14, 30, 46, 62, 78), (22, 38, 54, 70), (34, 46, 58))):
        for x in xs:
            p.line("#b7d3e8", 1, (x, 95 - row * 18.5), (x + (46 - x) * 0.06, 79 - row * 18.5))
    p.pie("#cfe3f2", 76, 96, 20, 30, 180, 360)
    p.pie("#31506b", 78, 96, 13, 22, 180, 360)


def sandcastle(p: Pen) -> None:
    p.curve("#dcb878", (2, 98), (10, 86), (50, 82), (90, 86), (98, 98))
    for x, w, top in ((16, 18, 52), (66, 18, 52), (36, 28, 34)):
        p.rect("#e6c689", x, top, x + w, 92)
        p.rect("#d1a964", x + w * 0.6, top, x + w, 92)
        for i in range(3):
            p.rect("#e6c689", x + i * w * 0.38, top - 6, x + i * w * 0.38 + w * 0.24, top + 1)
    p.rect("#8d6a3a", 45, 72, 55, 92, 5)
    p.line("#7a5a30", 1.2, (50, 30), (50, 8))
    p.poly("#e2473f", (50, 8), (66, 13), (50, 18))
    p.stamp("🐚", 26, 72, 9)
    p.stamp("🐚", 75, 72, 9)


def lighthouse(p: Pen) -> None:
    p.curve("#7d756c", (16, 98), (22, 88), (40, 84), (62, 85), (80, 90), (86, 98))
    p.poly("#f4f1ea", (34, 90), (66, 90), (60, 30), (40, 30))
    for i in (0, 2, 4):
        a, b = i / 5, (i + 1) / 5
        p.poly(
            "#d33c35",
            (40 - 6 * a, 30 + 60 * a), (60 + 6 * a, 30 + 60 * a), (60 + 6 * b, 30 + 60 * b), (40 - 6 * b, 30 + 60 * b),
        )  # fmt: skip
    p.rect("#34404c", 35, 26, 65, 31, 1)
    p.rect("#ffe27a", 42, 13, 58, 26)
    p.rect("#34404c", 49, 13, 51, 26)
    p.poly("#d33c35", (39, 14), (61, 14), (50, 3))
    p.rect("#5b3a29", 46, 78, 54, 90, 4)


def skyscraper(p: Pen) -> None:
    p.rect("#6f8fae", 30, 12, 70, 98)
    p.rect("#58779a", 56, 12, 70, 98)
    p.poly("#7d9cba", (30, 12), (50, 4), (70, 12))
    p.line("#44566b", 1.4, (50, 5), (50, 0.8))
    for row in range(16):
        for col in range(6):
            lit = (row * 7 + col * 3) % 5 < 2
            p.rect("#ffe7a3" if lit else "#a9cbe6", 33 + col * 6, 16 + row * 5, 37 + col * 6, 19 + row * 5)
    p.rect("#34404c", 44, 92, 56, 98)


def market(p: Pen) -> None:
    p.rect("#8a5f3c", 8, 40, 12, 98)
    p.rect("#8a5f3c", 88, 40, 92, 98)
    p.rect("#b98351", 6, 66, 94, 98, 1)
    p.rect("#9b6b40", 6, 82, 94, 98, 1)
    for i, fruit in enumerate("🍎🍊🍋🍐🍅🍇🍎🍊"):
        p.stamp(fruit, 14 + i * 10.3, 60, 13)
    for i in range(8):
        colour = "#e0483e" if i % 2 else "#fff6e6"
        x = 3 + i * 11.75
        p.rect(colour, x, 16, x + 11.75, 38)
        p.pie(colour, x + 5.9, 38, 5.9, 7, 0, 180)


def streetlamp(p: Pen) -> None:
    p.rect("#2f3a42", 48, 26, 52, 98, 1)
    p.rect("#2f3a42", 43, 92, 57, 98, 2)
    p.poly("#ffe9a8", (41, 10), (59, 10), (55, 26), (45, 26))
    p.line("#2f3a42", 1.2, (41, 10), (45, 26), (55, 26), (59, 10))
    p.poly("#2f3a42", (39, 10), (61, 10), (50, 2))


def henhut(p: Pen) -> None:
    """Draw the hut on hen's legs of Russian tales."""
    for x in (38, 60):
        p.line("#f0b52e", 4, (x, 68), (x - 3, 82), (x + 2, 94))
        for toe in (-7, 0, 7):
            p.line("#f0b52e", 2.4, (x + 2, 93), (x + 2 + toe, 98))
    p.rect("#9a6a3c", 22, 38, 78, 72, 1)
    for y in (44, 51, 58, 65):
        p.line("#7a5230", 1.2, (22, y), (78, y))
    p.rect("#f6d87a", 30, 46, 44, 60, 1)
    p.line("#5b3a20", 1.4, (37, 46), (37, 60))
    p.rect("#5b3a20", 54, 46, 68, 72, 1)
    p.poly("#6b4426", (14, 42), (50, 6), (86, 42))
    p.poly("#85582f", (20, 40), (50, 10), (56, 16), (34, 40))
    p.rect("#7d7168", 64, 8, 72, 26)
