# ruff: noqa: D103 - every function draws what its name says
"""Animals of which the font has but the head, or only a cousin: they look to the left, as the font's do."""

from daemon.scene.vector.pen import Pen


def zebra(p: Pen) -> None:
    p.stamp("🐎", 50, 50, 98, colour="white")
    dark = "#33343a"
    for i in range(7):  # over the back and the flank
        x = 36 + 7.2 * i
        p.mark(dark, 2.6, (x, 20), (x + 2, 48), (x - 2 + 0.5 * i, 70))
    for i in range(3):  # the neck
        p.mark(dark, 2.2, (18 + 5 * i, 34 - 6 * i), (33 + 3 * i, 34 - 3 * i))
    for x, y in ((26, 70), (22, 82), (44, 82), (42, 90), (70, 78), (78, 84), (66, 90)):
        p.mark(dark, 2.2, (x - 6, y - 2), (x + 6, y + 2))


def foal(p: Pen) -> None:
    p.stamp("🐎", 50, 58, 82)
    p.curve("#fff6e8", (17, 36), (20, 34), (18, 44), (15, 46))


def lamb(p: Pen) -> None:
    p.stamp("🐑", 50, 60, 78)


def heron(p: Pen) -> None:
    p.stamp("🦩", 50, 50, 100, colour="grey")


def stork(p: Pen) -> None:
    p.stamp("🦩", 50, 50, 100, colour="white")
    p.mark("#2b2b30", 9, (64, 46), (84, 62))
    p.line("#e0492f", 3, (25, 12), (8, 22))
    p.line("#e0492f", 2.6, (58, 76), (58, 94))
    p.line("#e0492f", 2.6, (58, 94), (52, 96))


def pigeon(p: Pen) -> None:
    p.stamp("🐦", 50, 50, 98, colour="grey")
    p.mark("#5a6270", 4, (50, 62), (74, 60), (98, 36))


def gull(p: Pen) -> None:
    p.stamp("🐦", 50, 50, 98, colour="white")
    p.mark("#8d99a6", 5, (56, 60), (80, 52), (98, 36))


def bullfinch(p: Pen) -> None:
    p.stamp("🐦", 50, 50, 98, colour="grey")
    p.curve("#e2483d", (26, 46), (40, 42), (48, 56), (46, 74), (34, 72), (26, 60))
    p.curve("#2b2b33", (17, 24), (23, 16), (34, 14), (42, 22), (30, 23))


def woodpecker(p: Pen) -> None:
    p.stamp("🐦", 50, 50, 98, colour="black")
    p.curve("#d9342b", (18, 22), (26, 12), (42, 14), (40, 24), (28, 22))
    for i in range(4):
        p.mark("#f4f1ea", 2, (46 + 10 * i, 46), (52 + 10 * i, 66))
    p.poly("#4a4a50", (18, 34), (18, 42), (0, 40))


def dragonfly(p: Pen) -> None:
    for turn in (-1, 1):
        for reach, y in ((44, 32), (38, 52)):
            wing = [
                (50, 40),
                (50 + turn * reach * 0.6, y - 9),
                (50 + turn * reach, y),
                (50 + turn * reach * 0.6, y + 5),
            ]
            p.curve("#a9d8eccc", *wing)
            p.line("#6fa8c4", 0.6, (50, 41), (50 + turn * reach * 0.9, y))
    p.line("#2f7f8f", 7, (50, 34), (50, 48))
    for i in range(7):
        p.oval("#3a93a5" if i % 2 else "#2a6f80", 50, 52 + 6 * i, 2.8, 3.6)
    p.oval("#1f5f70", 50, 27, 7, 6)
    p.oval("#7fd0c0", 45, 25, 3.4)
    p.oval("#7fd0c0", 55, 25, 3.4)


def mole(p: Pen) -> None:
    p.curve("#6b4b34", (2, 96), (20, 82), (50, 76), (80, 82), (98, 96))
    p.curve("#4a4146", (26, 88), (28, 52), (50, 34), (72, 52), (74, 88))
    p.oval("#f0a6a0", 50, 56, 7, 5)
    p.oval("#1d1a1c", 41, 47, 1.8)
    p.oval("#1d1a1c", 59, 47, 1.8)
    for x in (28, 72):
        p.oval("#f0a6a0", x, 82, 8, 6)
        for i in (-4, 0, 4):
            p.line("#ffffff", 1.2, (x + i, 84), (x + i, 90))


def seahorse(p: Pen) -> None:
    tone, shade = "#f2a33a", "#d9822a"
    p.curve(tone, (52, 30), (66, 42), (66, 62), (54, 76), (46, 66), (48, 48), (44, 36))
    p.line(tone, 7, (54, 72), (62, 82), (58, 92), (48, 92), (46, 85), (52, 83))
    p.curve(shade, (66, 44), (80, 46), (78, 60), (67, 58))
    p.curve(tone, (34, 22), (42, 10), (58, 10), (64, 24), (56, 34), (42, 32))
    p.line(tone, 5, (40, 25), (22, 31))
    for x, y in ((44, 8), (52, 5), (60, 8)):
        p.line(shade, 2.4, (50, 14), (x, y))
    p.oval("#1f1f26", 46, 20, 2.6)
    for i in range(4):
        p.mark(shade, 1.2, (44, 42 + 8 * i), (66, 44 + 8 * i))


def frog(p: Pen) -> None:
    for side in (-1, 1):
        p.curve("#5f9f2f", (50 + 16 * side, 96), (50 + 18 * side, 66), (50 + 34 * side, 62), (50 + 46 * side, 80),
                (50 + 44 * side, 95))  # fmt: skip
        p.oval("#4f8a26", 50 + 36 * side, 95, 13, 4)
    p.curve("#74b83a", (28, 92), (26, 60), (50, 50), (74, 60), (72, 92), (50, 98))
    p.curve("#dff0b0", (38, 90), (38, 66), (50, 60), (62, 66), (62, 90), (50, 95))
    for side in (-1, 1):
        p.line("#74b83a", 7, (50 + 20 * side, 66), (50 + 19 * side, 92))
        p.oval("#5f9f2f", 50 + 20 * side, 95, 9, 4)
    p.stamp("🐸", 50, 36, 62)


def firefly(p: Pen) -> None:
    p.oval("#fff27a77", 50, 64, 30)
    p.oval("#fff27abb", 50, 65, 22)
    p.oval("#ffe94a", 50, 66, 13, 17)
    p.oval("#3a3226", 50, 42, 11, 13)
    p.oval("#cfe4ea", 36, 40, 12, 6)
    p.oval("#cfe4ea", 64, 40, 12, 6)
