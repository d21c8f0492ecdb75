# ruff: noqa: D103 - every function draws what its name says
"""What helps in a house and a yard: machines, linen, tools."""

from daemon.scene.vector.pen import Pen


def washer(p: Pen) -> None:
    p.rect("#eef1f4", 14, 6, 86, 98, 4)
    p.rect("#d5dbe1", 14, 6, 86, 24, 4)
    p.rect("#ffffff", 20, 10, 44, 19, 1)
    p.oval("#8a96a3", 74, 15, 5)
    p.oval("#b9c3cc", 50, 60, 29)
    p.oval("#4f6f8c", 50, 60, 23)
    p.curve("#8fc4ea", (29, 62), (40, 57), (52, 64), (71, 58), (70, 70), (50, 82), (31, 72))
    p.oval("#e6f4ff", 42, 50, 4)


def microwave(p: Pen) -> None:
    p.rect("#dfe4e8", 4, 30, 96, 88, 3)
    p.rect("#2c3540", 9, 36, 68, 82, 2)
    p.oval("#f2c14e", 39, 68, 16, 5)
    p.rect("#3d4a57", 74, 36, 91, 46, 1)
    for i in range(6):
        p.oval("#9aa6b2", 78 + 9 * (i % 2), 54 + 10 * (i // 2), 2.6)


def vacuum(p: Pen) -> None:
    p.line("#5a6470", 4, (62, 70), (40, 20), (22, 88))
    p.rect("#3f4a56", 4, 88, 40, 96, 2)
    p.curve("#d8433b", (52, 94), (52, 68), (68, 58), (90, 64), (97, 94))
    p.oval("#2b2f36", 62, 92, 7)
    p.oval("#2b2f36", 88, 93, 5)
    p.oval("#f4f4f4", 76, 74, 6)


def iron(p: Pen) -> None:
    p.poly("#b7c0c9", (4, 90), (94, 90), (94, 80), (20, 80))
    p.curve("#3f86c9", (10, 82), (32, 56), (62, 46), (94, 50), (94, 82))
    p.line("#2b3a4a", 7, (44, 44), (82, 36), (88, 54))
    p.oval("#f4f7fa", 62, 66, 6)


def fan(p: Pen) -> None:
    p.oval("#56616c", 50, 95, 22, 4)
    p.rect("#7d8994", 48, 60, 52, 95)
    p.oval("#7d8994", 50, 36, 34)
    p.oval("#e8f1f6", 50, 36, 31)
    for blade in ([(50, 36), (38, 14), (58, 10)], [(50, 36), (77, 38), (70, 56)], [(50, 36), (32, 58), (22, 42)]):
        p.curve("#8fb8d8", *blade)
    p.oval("#3f6f95", 50, 36, 6)


def tap(p: Pen) -> None:
    p.rect("#9aa6b2", 70, 30, 96, 46, 3)
    p.curve("#b9c3cc", (34, 32), (46, 26), (76, 28), (76, 46), (52, 44), (44, 58), (28, 58), (28, 42))
    p.rect("#9aa6b2", 54, 16, 60, 30)
    p.rect("#7d8994", 42, 10, 72, 18, 3)
    p.curve("#5fb4ea", (36, 66), (43, 80), (36, 90), (29, 80))


def sink(p: Pen) -> None:
    p.rect("#dfe5ea", 40, 66, 60, 98)
    p.curve("#f7fafc", (4, 48), (96, 48), (84, 72), (16, 72))
    p.rect("#ffffff", 2, 42, 98, 52, 4)
    p.line("#9aa6b2", 5, (50, 44), (50, 22), (64, 20), (66, 30))


def towel(p: Pen) -> None:
    p.rect("#8a6a45", 6, 10, 94, 15, 2)
    p.rect("#5fa8d3", 22, 10, 78, 92, 2)
    for y in (68, 76, 84):
        p.rect("#e8f4fb", 22, y, 78, y + 3)
    for i in range(14):
        p.line("#e8f4fb", 1, (24 + 4 * i, 92), (24 + 4 * i, 97))


def blanket(p: Pen) -> None:
    for i, tone in enumerate(("#b5483f", "#d9705f", "#b5483f", "#e8c39a")):
        p.rect(tone, 8, 40 + 14 * i, 92, 56 + 14 * i, 7)
    for i in range(11):
        p.line("#f3dfc0", 1.2, (12 + 7.6 * i, 96), (12 + 7.6 * i, 99))


def curtain(p: Pen) -> None:
    p.rect("#8a5a34", 2, 4, 98, 9, 2)
    for i in range(4):
        for x in (6 + 9 * i, 84 - 9 * i):
            tone = "#c8463c" if i % 2 else "#a8352f"
            p.poly(tone, (x, 8), (x + 10, 8), (x + (7 if x < 50 else 12), 97), (x - (2 if x < 50 else -3), 97))


def shovel(p: Pen) -> None:
    p.line("#a8743f", 5, (50, 14), (50, 66))
    p.line("#a8743f", 5, (40, 10), (60, 10))
    p.curve("#8d99a6", (34, 60), (66, 60), (66, 80), (50, 99), (34, 80))
    p.line("#6b7783", 2, (50, 64), (50, 88))


def sack(p: Pen) -> None:
    p.curve("#c9a468", (24, 34), (76, 34), (92, 70), (84, 97), (16, 97), (8, 70))
    p.curve("#d9b87e", (34, 14), (66, 14), (60, 32), (40, 32))
    p.line("#7a5230", 4, (34, 33), (66, 33))
    p.mark("#b58e52", 2, (30, 50), (24, 80))


def stick(p: Pen) -> None:
    p.line("#7a5230", 5, (16, 88), (50, 54), (84, 14))
    p.line("#7a5230", 3.4, (56, 47), (74, 44))
    p.line("#5f3f24", 1.2, (24, 81), (46, 59))


def plank(p: Pen) -> None:
    p.poly("#c08a52", (4, 60), (86, 34), (97, 50), (14, 78))
    for i in range(3):
        p.line("#96683a", 1, (12 + 3 * i, 63 + 4 * i), (86 + 3 * i, 40 + 4 * i))


def jam(p: Pen) -> None:
    p.rect("#b8324a", 24, 34, 76, 96, 8)
    p.rect("#e8f1f6", 24, 30, 76, 42, 3)
    p.rect("#e0a83a", 22, 18, 78, 32, 4)
    p.rect("#fff6e0", 30, 54, 70, 78, 2)
    p.stamp("🍓", 50, 66, 18)
