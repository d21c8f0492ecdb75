"""Rooms."""

from daemon.scene.backdrop.easel import Easel, Layer, Sheet

FLOOR = 700.0


def room(e: Easel) -> list[Layer]:
    """Paint a papered wall, a window, a picture, a wooden floor with a rug."""
    sheet = _walls(e, "#efdcc0", "#e7d0b0", stripes=True)
    _window(sheet, 150, 150, 390, 470)
    _picture(sheet, 680, 190, 860, 330)
    _boards(sheet)
    _rug(sheet, "#b5475a", "#f0d5a4")
    return _finish(e, sheet)


def bedroom(e: Easel) -> list[Layer]:
    """Paint a blue room with stars on the wall."""
    sheet = _walls(e, "#b7cbe3", "#a9c0dc", stripes=False)
    for _ in range(34):
        x, y = float(e.rng.uniform(e.left, e.right)), float(e.rng.uniform(40, 620))
        sheet.poly(
            e.colour("#dce8f6"),
            (x, y - 9),
            (x + 3, y - 3),
            (x + 9, y),
            (x + 3, y + 3),
            (x, y + 9),
            (x - 3, y + 3),
            (x - 9, y),
            (x - 3, y - 3),
        )
    _window(sheet, 600, 150, 850, 460)
    _boards(sheet)
    _rug(sheet, "#5f7fb5", "#e6ecf6")
    return _finish(e, sheet)


def kitchen(e: Easel) -> list[Layer]:
    """Tiles, a shelf with jars, a wooden worktop before us."""
    sheet = _walls(e, "#eef1ea", "#eef1ea", stripes=False)
    line = e.colour("#d3dad2")
    for i in range(-4, 22):
        sheet.line(line, 3, (i * 64, 0), (i * 64, 700))
    for i in range(11):
        sheet.line(line, 3, (e.left, i * 64), (e.right, i * 64))
    _window(sheet, 120, 110, 380, 400)
    sheet.rect(e.colour("#a9764a"), 560, 300, 940, 318)
    for i, tone in enumerate(("#d9573f", "#e8b44a", "#6fa86a", "#5f8fb5", "#c98ab0")):
        x = 580.0 + i * 70
        sheet.rect(e.colour(tone), x, 236, x + 46, 300)
        sheet.rect(e.colour("#f7f2e6"), x + 4, 226, x + 42, 240)
    sheet.rect(e.colour("#b9844f"), e.left, 700, e.right, 740)
    sheet.rect(e.colour("#d9a86c"), e.left, 690, e.right, 1024)
    for i in range(13):
        y = 706 + i * 26
        x = float(e.rng.uniform(e.left, 600))
        sheet.line((*e.colour("#bf8a4e"), 110), 3, (x, y), (x + float(e.rng.uniform(160, 480)), y + 3))
    sheet.rect(e.colour("#ecc48c"), e.left, 690, e.right, 700)
    return _finish(e, sheet)


def classroom(e: Easel) -> list[Layer]:
    """Paint a blackboard with chalk marks."""
    sheet = _walls(e, "#e6e0c8", "#e0d8bc", stripes=False)
    sheet.rect(e.colour("#8a5f3c"), 150, 120, 874, 520)
    sheet.rect(e.colour("#2f5a48"), 168, 138, 856, 502)
    chalk = (*e.colour("#eef4ee"), 190)
    for i in range(3):
        for k in range(5 - i):
            x, y = 220 + k * 60, 200 + i * 80
            sheet.line(chalk, 5, (x, y), (x + 30, y + 34), (x + 34, y - 4))
    sheet.oval(chalk, 690, 300, 70, 70)
    sheet.oval(e.colour("#2f5a48"), 690, 300, 63, 63)
    sheet.line(chalk, 5, (690, 300), (760, 300))
    _boards(sheet)
    return _finish(e, sheet)


def stage(e: Easel) -> list[Layer]:
    """Curtains, a spotlight, boards."""
    sheet = _walls(e, "#4a1f3a", "#4a1f3a", stripes=False)
    for i in range(30):
        x = e.left + i * (e.right - e.left) / 30
        sheet.rect(e.colour("#5b2646" if i % 2 else "#421a34"), x, 0, x + 40, 700)
    for side in (0, 1):
        for i in range(6):
            x = (e.left + i * 32) if side == 0 else (e.right - 32 - i * 32)
            sheet.rect(e.colour("#b5243a" if i % 2 else "#92182c"), x, 0, x + 32, 740)
    for i in range(12):
        x = e.left + i * (e.right - e.left) / 12
        sheet.oval(e.colour("#b5243a" if i % 2 else "#92182c"), x + 50, 20, 62, 80)
    _boards(sheet)
    light = e.sheet(0, 1000)
    light.poly((255, 244, 200, 70), (470, 0), (554, 0), (800, 930), (224, 930))
    light.oval((255, 244, 200, 90), 512, 920, 300, 66)
    return [*_finish(e, sheet), light.layer(0.8, blur=12)]


def _walls(e: Easel, tone: str, other: str, *, stripes: bool) -> Sheet:
    sheet = e.sheet(0, 1024)
    sheet.rect(e.colour(tone), e.left, 0, e.right, 1024)
    if stripes:
        x = e.left
        while x < e.right:
            sheet.rect(e.colour(other), x, 0, x + 36, FLOOR)
            x += 72
    sheet.rect(e.colour("#f7f2e8"), e.left, FLOOR - 34, e.right, FLOOR)
    sheet.rect(e.colour("#d6cdbb"), e.left, FLOOR - 6, e.right, FLOOR)
    return sheet


def _boards(sheet: Sheet) -> None:
    e = sheet.easel
    sheet.rect(e.colour("#b9834f"), e.left, FLOOR, e.right, 1024)
    for i in range(-16, 17):
        a, b = 512 + i * 70, 512 + i * 158
        tone = ("#c08a55", "#b37c48", "#ba8450")[i % 3]
        sheet.poly(e.colour(tone), (a, FLOOR), (a + 70, FLOOR), (b + 158, 1024), (b, 1024))
        sheet.line((*e.colour("#8f5f35"), 150), 2, (a, FLOOR), (b, 1024))


def _rug(sheet: Sheet, tone: str, edge: str) -> None:
    e = sheet.easel
    sheet.oval(e.colour(edge), 512, 888, 430, 92)
    sheet.oval(e.colour(tone), 512, 888, 406, 82)
    sheet.oval(e.colour(edge), 512, 888, 300, 58)
    sheet.oval(e.colour(tone), 512, 888, 284, 52)


def _window(sheet: Sheet, x0: float, y0: float, x1: float, y1: float) -> None:
    e = sheet.easel
    pane = {"night": "#1b2a5c", "sunset": "#f5a070", "dawn": "#f6cdb8"}.get(e.time, "#a9dcf7")
    glass = tuple(int(pane[i : i + 2], 16) for i in (1, 3, 5))
    sheet.rect(e.colour("#fbf8f0"), x0 - 18, y0 - 18, x1 + 18, y1 + 18)
    sheet.rect(glass, x0, y0, x1, y1)
    if e.time == "night":
        for _ in range(16):
            sheet.oval(
                (255, 250, 225), float(e.rng.uniform(x0 + 6, x1 - 6)), float(e.rng.uniform(y0 + 6, y1 - 60)), 2, 2
            )
    hill = e.colour(e.leafy("#7fbf6a"))
    sheet.poly(hill, (x0, y1), (x0, y1 - 60), ((x0 + x1) / 2, y1 - 96), (x1, y1 - 50), (x1, y1))
    middle = (x0 + x1) / 2
    sheet.rect(e.colour("#fbf8f0"), middle - 6, y0, middle + 6, y1)
    sheet.rect(e.colour("#fbf8f0"), x0, (y0 + y1) / 2 - 6, x1, (y0 + y1) / 2 + 6)
    sheet.rect(e.colour("#e6dcc6"), x0 - 32, y1 + 14, x1 + 32, y1 + 34)
    drape = e.colour("#d9705a")
    for side in (-1, 1):
        x = x0 - 16 if side < 0 else x1 + 16
        sheet.poly(
            drape, (x - side * 70, y0 - 34), (x + side * 34, y0 - 34), (x + side * 34, y1 + 40), (x + side * 4, y1 + 40)
        )
    sheet.rect(e.colour("#8a5f3c"), x0 - 66, y0 - 44, x1 + 66, y0 - 32)


def _picture(sheet: Sheet, x0: float, y0: float, x1: float, y1: float) -> None:
    e = sheet.easel
    sheet.rect(e.colour("#a9763f"), x0, y0, x1, y1)
    sheet.rect(e.colour("#bfe3f5"), x0 + 12, y0 + 12, x1 - 12, y1 - 12)
    sheet.poly(e.colour("#7a93ad"), (x0 + 12, y1 - 34), (x0 + 64, y0 + 40), (x0 + 118, y1 - 34))
    sheet.rect(e.colour("#8cc27a"), x0 + 12, y1 - 40, x1 - 12, y1 - 12)
    sheet.oval(e.colour("#ffd84a"), x1 - 44, y0 + 40, 15, 15)


def _finish(e: Easel, sheet: Sheet) -> list[Layer]:
    """Flatten a room to one opaque sheet with brushwork and light falling in."""
    import numpy as np
    from PIL import Image

    flat = np.asarray(sheet.layer(0).image.convert("RGB")).astype(np.float32)
    across = np.linspace(1.06, 0.9, e.width, dtype=np.float32)[None, :, None]
    flat = np.clip(flat * e.grain()[: flat.shape[0], :, None] * across, 0, 255)
    return [Layer(Image.fromarray(flat.astype(np.uint8)), 0, 0.35)]
