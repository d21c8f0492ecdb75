# ruff: noqa: D103 - every function draws what its name says
"""What carries people through water and air."""

from daemon.scene.vector.pen import Pen


def pirateship(p: Pen) -> None:
    for x, top in ((32, 16), (56, 6), (77, 22)):
        p.rect("#5b3a20", x - 1.2, top, x + 1.2, 76)
    for x, top, half, tall in ((32, 22, 13, 40), (56, 14, 15, 48), (77, 28, 10, 34)):
        p.curve(
            "#efe6d2", (x - half, top), (x + half, top), (x + half - 3, top + tall / 2),
            (x + half, top + tall), (x - half, top + tall), (x - half - 4, top + tall / 2),
        )  # fmt: skip
    p.stamp("💀", 55, 38, 18)
    p.poly("#1d1b1b", (56, 3), (42, 7), (56, 12))
    p.curve("#7a4a26", (3, 66), (20, 74), (70, 74), (90, 64), (98, 62), (90, 94), (60, 98), (22, 97), (12, 84))
    p.line("#d9a94a", 1.6, (12, 78), (50, 80), (92, 74))
    for x in (28, 42, 56, 70):
        p.rect("#2b1a0e", x, 83, x + 6, 89, 1)


def raft(p: Pen) -> None:
    for i in range(6):
        y = 70 + i * 4
        p.rect("#a9763f" if i % 2 else "#bd8a50", 4 + i, y, 96 - i, y + 5, 2)
    p.rect("#6b4a2a", 20, 69, 24, 95, 1)
    p.rect("#6b4a2a", 76, 69, 80, 95, 1)


def submarine(p: Pen) -> None:
    p.rect("#e0a818", 40, 22, 62, 48, 4)
    p.line("#4b5660", 3, (52, 24), (52, 8), (62, 8))
    p.curve("#f4c430", (4, 62), (18, 44), (50, 39), (80, 44), (90, 62), (80, 80), (50, 86), (18, 80))
    p.curve("#d79e12", (6, 68), (30, 74), (70, 74), (88, 68), (80, 81), (50, 86), (18, 81))
    p.poly("#d79e12", (86, 60), (98, 46), (98, 80), (86, 66))
    for x in (26, 46, 66):
        p.oval("#7c5a10", x, 60, 8)
        p.oval("#bfe8f7", x, 60, 6)
        p.oval("#ffffff", x - 2, 58, 1.8)


def hotairballoon(p: Pen) -> None:
    p.oval("#e5483f", 50, 36, 34)
    for rx, colour in ((26, "#ffd166"), (17, "#e5483f"), (8, "#ffd166")):
        p.oval(colour, 50, 36, rx, 34)
    p.poly("#e5483f", (21, 53), (79, 53), (59, 74), (41, 74))
    p.poly("#ffd166", (29, 57), (71, 57), (56.5, 74), (43.5, 74))
    p.poly("#e5483f", (36, 57), (64, 57), (54.5, 74), (45.5, 74))
    p.poly("#ffd166", (43.5, 57), (56.5, 57), (52, 74), (48, 74))
    p.line("#6b4a2a", 0.9, (42, 74), (43, 85))
    p.line("#6b4a2a", 0.9, (58, 74), (57, 85))
    p.rect("#a9763f", 41, 84, 59, 98, 3)
    p.rect("#8a5c2e", 41, 84, 59, 88, 1)


def airship(p: Pen) -> None:
    p.poly("#9aa7b3", (78, 40), (98, 22), (98, 64), (78, 48))
    p.oval("#c9d3dc", 48, 44, 46, 22)
    p.pie("#a5b2be", 48, 44, 46, 22, 10, 170)
    p.oval("#dbe4eb", 42, 37, 34, 10)
    p.rect("#4b5a68", 34, 64, 62, 74, 4)
    for x in (38, 45, 52):
        p.rect("#ffe7a3", x, 66, x + 4, 70, 1)


def excavator(p: Pen) -> None:
    p.rect("#3a3f46", 30, 82, 96, 97, 7)
    for x in (39, 54, 70, 86):
        p.oval("#7d8790", x, 89.5, 4)
    p.rect("#f2b01e", 48, 52, 96, 82, 3)
    p.rect("#e09a12", 56, 30, 82, 54, 3)
    p.rect("#bfe0f2", 60, 34, 78, 50, 2)
    p.line("#e09a12", 7, (54, 58), (34, 18), (12, 50))
    p.curve("#5a636c", (4, 48), (20, 48), (22, 64), (10, 70), (2, 60))


def tank(p: Pen) -> None:
    p.rect("#3f4a35", 6, 72, 94, 95, 10)
    for x in (18, 34, 50, 66, 82):
        p.oval("#6b7a58", x, 84, 7)
        p.oval("#3f4a35", x, 84, 3)
    p.poly("#5f7048", (4, 72), (16, 58), (86, 58), (96, 72))
    p.curve("#6b7f50", (32, 58), (38, 40), (66, 38), (74, 58))
    p.line("#4f5f3c", 5, (38, 48), (2, 44))


def combine(p: Pen) -> None:
    """Draw a combine harvester: the machine that the assistant is named after."""
    p.rect("#d23b2f", 30, 34, 94, 74, 4)
    p.rect("#b02d23", 60, 22, 94, 36, 2)
    p.rect("#bfe0f2", 24, 30, 46, 54, 3)
    p.line("#8a8f95", 3, (84, 22), (84, 8), (98, 12))
    p.oval("#2f3338", 44, 82, 16)
    p.oval("#f2c230", 44, 82, 7)
    p.oval("#2f3338", 84, 87, 10)
    p.oval("#f2c230", 84, 87, 4)
    p.poly("#e0a020", (2, 94), (6, 70), (24, 76), (22, 94))
    for i in range(5):
        p.line("#f6dc8a", 1.6, (4 + 4 * i, 66), (2 + 4 * i, 94))


def stroller(p: Pen) -> None:
    p.line("#5a636c", 3, (18, 24), (34, 36), (74, 74))
    p.curve("#4f86c6", (32, 40), (92, 40), (86, 68), (60, 74), (38, 66))
    p.pie("#3a6aa5", 62, 42, 31, 31, 270, 360)
    p.line("#5a636c", 3, (48, 72), (40, 86))
    p.line("#5a636c", 3, (76, 72), (82, 86))
    for x in (40, 82):
        p.oval("#2f3338", x, 88, 9)
        p.oval("#c9d1d8", x, 88, 4)
