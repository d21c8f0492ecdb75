# ruff: noqa: D103 - every function draws what its name says
"""Furniture and what stands in rooms."""

from daemon.scene.vector.pen import Pen


def easel(p: Pen) -> None:
    p.line("#8a5f3c", 4, (50, 8), (50, 30))
    p.line("#8a5f3c", 4, (40, 30), (20, 98))
    p.line("#8a5f3c", 4, (60, 30), (80, 98))
    p.line("#6f4a2c", 4, (50, 60), (50, 92))
    p.rect("#6f4a2c", 12, 76, 88, 81, 1)
    p.rect("#d9cdb8", 14, 16, 86, 76, 1)
    p.rect("#fffdf6", 17, 19, 83, 73)
    p.line("#9aa4b0", 4.4, (41, 36), (43, 30), (50, 27), (57, 30), (59, 36), (56, 42), (50, 47), (50, 53))
    p.oval("#9aa4b0", 50, 62, 3)


def table(p: Pen) -> None:
    for x in (12, 82):
        p.rect("#7a4f2c", x, 48, x + 6, 98, 1)
    p.rect("#8f5f36", 10, 46, 90, 55, 1)
    p.poly("#c68d57", (12, 36), (88, 36), (98, 46), (2, 46))
    p.rect("#a87243", 2, 45, 98, 50, 2)


def piano(p: Pen) -> None:
    p.rect("#2b2422", 6, 26, 94, 98, 2)
    p.rect("#3a312e", 10, 30, 90, 56, 2)
    p.rect("#1b1615", 2, 58, 98, 70, 2)
    for i in range(18):
        p.rect("#faf7f0", 5 + i * 5, 60, 9.6 + i * 5, 68)
    for i in range(17):
        if i % 7 not in (2, 6):
            p.rect("#14100f", 8.4 + i * 5, 60, 11.2 + i * 5, 65)
    p.rect("#1b1615", 8, 70, 14, 98)
    p.rect("#1b1615", 86, 70, 92, 98)
    p.rect("#d9b24c", 42, 86, 58, 90, 1)
    p.rect("#f5efe2", 38, 36, 62, 54, 1)
    for y in (40, 44, 48):
        p.line("#8a8378", 0.5, (40, y), (60, y))


def lamp(p: Pen) -> None:
    p.oval("#8a6a3c", 50, 95, 16, 4)
    p.rect("#a9854f", 48, 46, 52, 95)
    p.poly("#ffe5a3", (36, 10), (64, 10), (76, 48), (24, 48))
    p.poly("#ffd27a", (55, 10), (64, 10), (76, 48), (60, 48))
    p.rect("#d9a94a", 24, 46, 76, 50, 1)


def carpet(p: Pen) -> None:
    p.poly("#a6323b", (16, 66), (84, 66), (99, 96), (1, 96))
    p.poly("#e7c06a", (20, 69), (80, 69), (92, 93), (8, 93))
    p.poly("#8c2731", (23, 71), (77, 71), (87, 91), (13, 91))
    p.oval("#e7c06a", 50, 81, 20, 7)
    p.oval("#2f5d7c", 50, 81, 15, 5)
    p.oval("#f3dfae", 50, 81, 6, 2)


def bookshelf(p: Pen) -> None:
    p.rect("#7b5230", 14, 4, 86, 98, 1)
    tones = ("#c8463c", "#2f6ea8", "#e0a83a", "#3f8f5b", "#7d4b95", "#d97742", "#3c4a5c")
    for row in range(4):
        top = 8 + row * 22
        p.rect("#4f331d", 18, top, 82, top + 19)
        x = 19.0
        for i in range(12):
            width = 3.6 + (i * 7 + row * 5) % 3
            if x + width > 81:
                break
            tall = 12 + (i * 5 + row * 3) % 6
            p.rect(tones[(i * 3 + row) % 7], x, top + 19 - tall, x + width - 0.5, top + 19)
            x += width


def fireplace(p: Pen) -> None:
    p.rect("#b0644c", 10, 22, 90, 98)
    for row in range(9):
        for col in range(6):
            x = 10 + col * 14 + (row % 2) * 6
            p.rect("#bf745a", x + 0.7, 30 + row * 7.6, min(90, x + 12), 36 + row * 7.6, 0.5)
    p.rect("#8a5f3c", 4, 16, 96, 27, 2)
    p.rect("#241a17", 26, 46, 74, 98, 4)
    p.stamp("🔥", 50, 74, 42)
    p.stamp("🪵", 50, 92, 22)


def treasure(p: Pen) -> None:
    p.pie("#8a5526", 50, 48, 42, 34, 180, 360)
    p.pie("#3c2413", 50, 52, 38, 24, 180, 360)
    for i, x in enumerate(range(16, 86, 8)):
        p.oval("#ffd24a" if i % 2 else "#f2b632", x, 52 - (i % 3) * 4, 7, 5)
    p.stamp("💎", 36, 44, 15)
    p.stamp("💎", 62, 42, 13, 20)
    p.rect("#9c622d", 8, 54, 92, 96, 3)
    p.rect("#7d4c20", 8, 78, 92, 96, 3)
    for x in (8, 46, 84):
        p.rect("#d9ab3c", x, 54, x + 8, 96, 1)
    p.rect("#f0c95a", 43, 58, 57, 74, 2)
    p.oval("#4a2d14", 50, 65, 2.4)
