"""Bodies for those of whom the font has only the head: animals that sit, people who stand."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from daemon.scene.vector.pen import Pen


@dataclass(frozen=True, slots=True)
class Fur:
    """A sitting animal: its head, and the colours of coat, chest, paws and the tail's tip."""

    head: str
    coat: str
    chest: str
    paws: str
    tip: str = ""
    tail: str = "bushy"


@dataclass(frozen=True, slots=True)
class Dress:
    """A standing person: the head, and the colours of what they wear."""

    head: str
    top: str
    legs: str
    skin: str = "#fbc02d"
    shoes: str = "#4a3b36"
    skirt: bool = False
    head_size: float = 50


FURS = {
    "fox": Fur("🦊", "#f26a1b", "#fff1e2", "#4a4340", "#fff1e2"),
    "wolf": Fur("🐺", "#9aa0a3", "#e8ebec", "#7c8285", "#6f7578"),
    "bear": Fur("🐻", "#a5694a", "#c99a78", "#8a563b", tail="none"),
    "panda": Fur("🐼", "#f4f4f4", "#ffffff", "#2e2e2e", tail="none"),
    "polarbear": Fur("🐻‍❄️", "#eef6fb", "#ffffff", "#d9e8f2", tail="none"),
    "lion": Fur("🦁", "#f9bf45", "#ffe3a0", "#e5a52e", "#8a4b1f", tail="thin"),
    "koala": Fur("🐨", "#9aa4ab", "#dfe5e8", "#7f8990", tail="none"),
    "raccoon": Fur("🦝", "#8d9499", "#cfd5d8", "#4a4f54", "#3c4146"),
    "kitten": Fur("🐱", "#fcc45c", "#ffe9bf", "#f3b03f", "#f3b03f", tail="thin"),
    "puppy": Fur("🐶", "#f0dcc0", "#fff6e8", "#dcbf9a", "#a5744f", tail="thin"),
    "calf": Fur("🐮", "#f3e6d2", "#fff8ec", "#5b4a40", "#5b4a40", tail="thin"),
    "piglet": Fur("🐷", "#f7b8b4", "#fcd3d0", "#e69a97", tail="none"),
    "hamster": Fur("🐹", "#f3c079", "#fff3df", "#eaa98f", tail="none"),
}

DRESSES = {
    "girl": Dress("👧", "#e85d75", "#e85d75", skirt=True),
    "boy": Dress("👦", "#3f87c9", "#4b5b73"),
    "child": Dress("🧒", "#58a65c", "#8a6a45"),
    "baby": Dress("👶", "#a9d7f2", "#a9d7f2", shoes="#a9d7f2", head_size=58),
    "man": Dress("👨", "#4f7fa8", "#4a4f5c", head_size=42),
    "woman": Dress("👩", "#a5489a", "#a5489a", skirt=True, head_size=42),
    "oldman": Dress("👴", "#7a8a5a", "#6a5a4a", head_size=42),
    "oldwoman": Dress("👵", "#7a6aa5", "#7a6aa5", skirt=True, head_size=42),
    "prince": Dress("🤴", "#2f5fb5", "#e8e2d4", shoes="#7a4a2a", head_size=46),
    "princess": Dress("👸", "#f090b8", "#f090b8", skirt=True, head_size=46),
    "clown": Dress("🤡", "#f5c63a", "#3fa35b", skin="#ffffff", shoes="#d33b33", head_size=50),
    "cowboy": Dress("🤠", "#b5543c", "#3f5f8f", shoes="#6b4226", head_size=46),
    "devil": Dress("😈", "#8e24aa", "#6a1b80", skin="#ab47bc", shoes="#4a148c"),
    "monster": Dress("👹", "#c0392b", "#7a2018", skin="#e0493b", shoes="#5a1812", head_size=54),
    "alien": Dress("👽", "#8fa8a0", "#7a948c", skin="#b5c9c2", shoes="#6a827a", head_size=50),
    "santa": Dress("🎅", "#d3362e", "#d3362e", shoes="#2b2422", head_size=48),
    "mrsclaus": Dress("🤶", "#d3362e", "#d3362e", shoes="#2b2422", skirt=True, head_size=48),
    "snowmaiden": Dress("👧", "#5fa0dc", "#5fa0dc", shoes="#ffffff", skirt=True, head_size=48),
}


def _sit(fur: Fur, p: Pen) -> None:
    if fur.tail == "bushy":
        p.curve(fur.coat, (58, 92), (74, 94), (90, 84), (96, 66), (88, 50), (80, 58), (80, 72), (66, 82))
        p.curve(fur.tip, (96, 66), (94, 54), (87, 46), (80, 56), (84, 64))
    elif fur.tail == "thin":
        p.line(fur.coat, 4.5, (66, 92), (80, 88), (88, 76), (86, 64))
        p.oval(fur.tip, 86, 63, 4.4)
    p.curve(fur.coat, (50, 40), (64, 50), (72, 70), (76, 88), (68, 97), (32, 97), (24, 88), (28, 70), (36, 50))
    p.oval(fur.chest, 50, 69, 13, 21)
    for x in (30, 70):
        p.oval(fur.coat, x, 86, 12, 11)
        p.oval(fur.paws, x, 95, 11, 4.4)
    for x in (43, 57):
        p.rect(fur.coat, x - 5.4, 66, x + 5.4, 97, 5)
        p.rect(fur.paws, x - 5.4, 88, x + 5.4, 98, 4.6)
    p.stamp(fur.head, 50, 31, 60)


def _stand(dress: Dress, p: Pen) -> None:
    neck = dress.head_size * 0.86
    hip = neck + (98 - neck) * 0.52
    for side in (-1, 1):
        p.line(dress.skin, 6, (50 + side * 10, neck + 5), (50 + side * 21, hip - 2))
        p.line(dress.top, 7.5, (50 + side * 9, neck + 4), (50 + side * 16, neck + (hip - neck) * 0.62))
    if dress.skirt:
        for side in (-1, 1):
            p.rect(dress.skin, 50 + side * 7 - 3, hip + 6, 50 + side * 7 + 3, 95)
            p.oval(dress.shoes, 50 + side * 8.5, 95.6, 6, 3)
        p.curve(dress.legs, (41, neck + 8), (59, neck + 8), (72, hip + 18), (50, hip + 21), (28, hip + 18))
    else:
        for side in (-1, 1):
            p.rect(dress.legs, 50 + side * 6.4 - 5.6, hip - 4, 50 + side * 6.4 + 5.6, 94, 2)
            p.oval(dress.shoes, 50 + side * 8, 95.4, 7.4, 3.4)
    p.curve(dress.top, (40, neck), (60, neck), (63, neck + 8), (61, hip + 2), (39, hip + 2), (37, neck + 8))
    p.stamp(dress.head, 50, dress.head_size / 2 + 0.5, dress.head_size)


def robot(p: Pen) -> None:
    """Draw a head on a box with a dial, hoses for arms, wheels."""
    for side in (-1, 1):
        p.line("#7d8f99", 5, (50 + side * 18, 58), (50 + side * 32, 66), (50 + side * 32, 78))
        p.oval("#546069", 50 + side * 32, 80, 5)
        p.rect("#7d8f99", 50 + side * 10 - 5, 84, 50 + side * 10 + 5, 94)
        p.rect("#546069", 50 + side * 12 - 9, 92, 50 + side * 12 + 9, 98, 3)
    p.rect("#8fa3ae", 29, 48, 71, 87, 5)
    p.rect("#c3d0d7", 36, 56, 64, 74, 3)
    p.oval("#e8574c", 43, 65, 4)
    p.oval("#f5c542", 55, 61, 2.6)
    p.oval("#56b870", 55, 69, 2.6)
    p.stamp("🤖", 50, 26, 52)


def family(p: Pen) -> None:
    """Draw two grown-ups and a child between them."""
    for dress, x, size in ((DRESSES["man"], 26, 0.9), (DRESSES["woman"], 74, 0.86), (DRESSES["girl"], 50, 0.56)):
        p.draw_within(partial(_stand, dress), x, size)


DRAWINGS: dict[str, Callable[[Pen], None]] = {
    **{name: partial(_sit, fur) for name, fur in FURS.items()},
    **{name: partial(_stand, dress) for name, dress in DRESSES.items()},
    "robot": robot,
    "family": family,
}
