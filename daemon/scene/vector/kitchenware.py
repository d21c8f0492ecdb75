# ruff: noqa: D103 - every function draws what its name says
"""What stands in kitchens, halls and bedrooms."""

from daemon.scene.vector.pen import Pen


def fridge(p: Pen) -> None:
    p.rect("#c9d3da", 24, 4, 76, 96, 4)
    p.rect("#e9eff3", 26, 6, 74, 36, 3)
    p.rect("#e9eff3", 26, 39, 74, 93, 3)
    p.rect("#8d9aa4", 66, 16, 69, 32, 1.5)
    p.rect("#8d9aa4", 66, 44, 69, 66, 1.5)
    p.stamp("🍎", 42, 22, 12)
    p.rect("#5b666f", 28, 95, 36, 98)
    p.rect("#5b666f", 64, 95, 72, 98)


def stove(p: Pen) -> None:
    p.rect("#dfe5ea", 14, 30, 86, 98, 3)
    p.rect("#3b444c", 12, 25, 88, 32, 2)
    for x in (30, 70):
        p.oval("#20262b", x, 25, 13, 2.4)
    p.rect("#f7fafb", 16, 33, 84, 45)
    for x in (26, 42, 58, 74):
        p.oval("#4a545c", x, 39, 3.6)
    p.rect("#2b3238", 22, 52, 78, 88, 3)
    p.rect("#ff9a3c", 28, 74, 72, 82, 2)
    p.rect("#6b4a34", 28, 60, 72, 74, 1)
    p.line("#9aa6af", 2.4, (26, 49), (74, 49))


def pot(p: Pen) -> None:
    for x in (8, 92):
        p.oval("#4f5b66", x, 58, 9, 4)
    p.curve("#5f7fa8", (14, 48), (86, 48), (84, 84), (72, 97), (28, 97), (16, 84))
    p.curve("#86a3c6", (16, 50), (38, 50), (36, 86), (28, 92), (20, 82))
    p.oval("#c3cfda", 50, 47, 38, 7)
    p.oval("#9fb0c0", 50, 44, 34, 6)
    p.oval("#3b444c", 50, 36, 5, 4)


def samovar(p: Pen) -> None:
    p.rect("#8a5a12", 32, 90, 68, 97, 2)
    p.curve("#c8922a", (38, 92), (62, 92), (58, 82), (42, 82))
    p.curve("#e3b341", (26, 40), (74, 40), (80, 58), (66, 84), (34, 84), (20, 58))
    p.curve("#f5d67a", (30, 44), (42, 42), (40, 76), (34, 78), (26, 58))
    p.oval("#b37d1c", 50, 40, 26, 5)
    p.rect("#c8922a", 40, 26, 60, 40, 2)
    p.oval("#e3b341", 50, 26, 14, 4)
    p.stamp("🫖", 50, 14, 26)
    for side in (-1, 1):
        p.line("#8a5a12", 3, (50 + side * 27, 48), (50 + side * 37, 50), (50 + side * 37, 62), (50 + side * 28, 64))
    p.line("#b37d1c", 4, (50, 68), (50, 78), (46, 82))
    p.oval("#8a5a12", 50, 67, 5, 3)


def wardrobe(p: Pen) -> None:
    p.rect("#8a5a36", 12, 4, 88, 94, 2)
    p.rect("#a9764a", 16, 9, 49, 90, 1)
    p.rect("#a9764a", 51, 9, 84, 90, 1)
    for x in (20, 55):
        p.rect("#93643c", x, 14, x + 25, 46, 1)
        p.rect("#93643c", x, 52, x + 25, 85, 1)
    p.oval("#e3b341", 46, 50, 1.8)
    p.oval("#e3b341", 54, 50, 1.8)
    p.rect("#6b4226", 15, 93, 23, 98)
    p.rect("#6b4226", 77, 93, 85, 98)


def pillow(p: Pen) -> None:
    p.curve("#dfe9f5", (6, 66), (30, 70), (70, 70), (94, 66), (90, 82), (94, 98), (70, 95), (30, 95), (6, 98), (10, 82))
    p.curve("#f7fbff", (12, 69), (32, 73), (68, 73), (86, 70), (82, 80), (70, 84), (30, 84), (16, 80))


def stairs(p: Pen) -> None:
    for i in range(6):
        left, top = 8 + i * 14, 84 - i * 14
        p.rect("#b98a5a", left, top, 96, 98)
        p.rect("#d9ab78", left - 2, top - 3, 96, top + 2, 1)
        p.rect("#a5764a", left, top + 2, left + 2, 98)


def cage(p: Pen) -> None:
    p.oval("#b8860b", 50, 5, 4)
    p.rect("#c79a2b", 12, 88, 88, 98, 2)
    for i in range(9):
        x = 14 + 9 * i
        p.line("#d9b24c", 1.6, (x, 90), (x, 44), (50 + (x - 50) * 0.7, 24), (50, 9))
    for y in (44, 68):
        p.rect("#d9b24c", 13, y, 87, y + 2.4, 1)


def aquarium(p: Pen) -> None:
    p.rect("#5b4a3a", 2, 92, 98, 98, 2)
    p.rect("#bfe6f7aa", 4, 22, 96, 92, 2)
    p.rect("#5fb8dfc0", 5, 34, 95, 92)
    p.rect("#e3c98a", 5, 84, 95, 92)
    for x, tall in ((14, 34), (20, 24), (84, 40), (90, 28)):
        p.curve(
            "#3f9a5a", (x - 2, 86), (x - 4, 86 - tall * 0.6), (x + 1, 86 - tall), (x + 3, 86 - tall * 0.5), (x + 2, 86)
        )
    for x, y, r in ((70, 50, 2.4), (74, 42, 1.6), (30, 56, 2), (26, 46, 1.4)):
        p.oval("#e6f7ffc8", x, y, r)
    p.rect("#e6f4fa", 2, 18, 98, 23, 1)


def mortar(p: Pen) -> None:
    p.poly("#9a6a3c", (14, 20), (86, 20), (76, 80), (24, 80))
    p.oval("#5b3a20", 50, 20, 36, 7)
    p.rect("#7a5230", 34, 78, 66, 86)
    p.rect("#8a5c34", 20, 86, 80, 97, 4)
    for y in (34, 66):
        p.mark("#6b4426", 3, (10, y), (90, y))
