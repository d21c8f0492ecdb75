# ruff: noqa: D103 - every function draws what its name says
"""What stands in yards and parks."""

from daemon.scene.vector.pen import Pen


def bench(p: Pen) -> None:
    for x in (16, 78):
        p.rect("#4a4f57", x, 46, x + 6, 98, 1)
    for y in (48, 57):
        p.rect("#b57a45", 4, y, 96, y + 7, 1)
    p.rect("#c98d55", 2, 72, 98, 80, 1)
    p.rect("#8f5f36", 2, 79, 98, 82, 1)


def swing(p: Pen) -> None:
    for x in (14, 86):
        p.line("#a9562f", 4, (50 + (x - 50) * 0.74, 6), (x - 8, 98))
        p.line("#c96a3c", 4, (50 + (x - 50) * 0.74, 6), (x + 8, 98))
    p.rect("#a9562f", 18, 3, 82, 9, 2)
    p.line("#6b6f77", 1.4, (38, 8), (36, 72))
    p.line("#6b6f77", 1.4, (62, 8), (64, 72))
    p.rect("#e0a83a", 32, 70, 68, 76, 2)


def well(p: Pen) -> None:
    for x in (22, 74):
        p.rect("#7a5230", x, 26, x + 5, 66)
    p.poly("#a5432f", (50, 6), (92, 32), (8, 32))
    p.poly("#8a3524", (50, 6), (92, 32), (86, 32), (50, 12))
    p.rect("#8f6338", 20, 38, 80, 43, 2)
    p.line("#d9c49a", 1.4, (50, 40), (50, 56))
    p.stamp("🪣", 50, 58, 16)
    p.oval("#3a3f46", 50, 66, 32, 6)
    p.rect("#8d9299", 18, 66, 82, 97, 2)
    for row in range(4):
        for col in range(5):
            x = 19 + col * 13 + (row % 2) * 5
            p.rect("#a5abb2", x, 67 + row * 7.5, min(81, x + 11), 73 + row * 7.5, 1.5)


def cart(p: Pen) -> None:
    p.poly("#9c6a3c", (6, 48), (80, 48), (74, 74), (14, 74))
    for y in (54, 61, 68):
        p.line("#7d5230", 1, (9, y), (78, y))
    p.line("#7d5230", 3, (76, 66), (98, 56))
    for x in (26, 62):
        p.oval("#5b3a20", x, 80, 18)
        p.oval("#c9a878", x, 80, 14)
        for dx, dy in ((14, 0), (7, 12), (-7, 12)):
            p.line("#5b3a20", 2, (x - dx, 80 - dy), (x + dx, 80 + dy))
        p.oval("#5b3a20", x, 80, 4)


def cave(p: Pen) -> None:
    p.curve("#7d8088", (2, 98), (6, 62), (22, 34), (46, 14), (70, 20), (90, 48), (98, 98))
    p.curve("#969aa3", (10, 92), (16, 62), (32, 38), (48, 24), (56, 40), (30, 60), (22, 94))
    p.curve("#1d1a1c", (26, 98), (28, 74), (40, 54), (56, 50), (70, 60), (76, 80), (78, 98))
    p.curve("#2f2a2d", (32, 98), (36, 78), (46, 62), (58, 60), (66, 72), (70, 98))
    p.hole((0, 98.5), (100, 98.5), (100, 100), (0, 100))


def grass(p: Pen) -> None:
    tones = ("#3f8f3a", "#56a84a", "#2f7a34", "#6fbf55")
    for i in range(19):
        x = 8 + i * 4.7
        lean, tall = ((i * 7) % 11 - 5) * 1.6, 34 + (i * 13) % 26
        p.poly(tones[i % 4], (x - 2.6, 98), (x + 2.6, 98), (x + lean, 98 - tall))


def flower(p: Pen) -> None:
    p.line("#3f8f3a", 4, (50, 98), (52, 74), (50, 46))
    p.curve("#56a84a", (51, 84), (66, 66), (82, 64), (74, 80))
    p.curve("#4a9a42", (50, 92), (36, 74), (20, 74), (28, 90))
    p.stamp("🌸", 50, 32, 60)


def smoke(p: Pen) -> None:
    for x, y, r in ((44, 90, 9), (50, 76, 13), (42, 58, 16), (56, 40, 20), (44, 20, 19), (66, 16, 15)):
        p.oval("#c3c9d0c8", x, y, r)
    for x, y, r in ((42, 88, 6), (47, 73, 9), (38, 54, 11), (51, 35, 14), (40, 15, 13)):
        p.oval("#dde2e8d8", x, y, r)


def chimney(p: Pen) -> None:
    p.draw_within(smoke, 50, 0.5, 52)
    p.rect("#a5543c", 32, 56, 68, 98)
    for row in range(6):
        for col in range(3):
            x = 33 + col * 13 - (row % 2) * 4
            p.rect("#bd6a50", max(32.6, x), 57 + row * 7, min(67.4, x + 11), 62.6 + row * 7, 0.6)
    p.rect("#8a4432", 29, 50, 71, 57, 1)


def helmet(p: Pen) -> None:
    p.curve("#b5bfc8", (16, 84), (14, 50), (30, 26), (50, 20), (70, 26), (86, 50), (84, 84), (66, 90), (34, 90))
    p.curve("#d3dbe2", (22, 76), (22, 50), (34, 32), (46, 28), (42, 60), (36, 84))
    p.rect("#232a31", 26, 52, 74, 61, 3)
    p.rect("#8d9aa6", 47.5, 22, 52.5, 88, 2)
    p.curve("#d3332f", (50, 22), (40, 8), (60, 3), (88, 14), (80, 26), (64, 18))


def spear(p: Pen) -> None:
    p.line("#8a5f2c", 3, (50, 98), (50, 22))
    p.poly("#cfd8df", (50, 1), (57, 17), (50, 26), (43, 17))
    p.poly("#aab6c0", (50, 1), (57, 17), (50, 26))
    p.rect("#c8463c", 46.5, 26, 53.5, 30, 1)
