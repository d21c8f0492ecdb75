"""Bodies for those of whom the font has only the head: animals that sit, people who stand."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from daemon.scene.vector import figures
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


@dataclass(frozen=True, slots=True)
class Bust:
    """Someone of whom there is only a bust: an emoji or a drawing, and the colours of what is below."""

    head: str | Callable[[Pen], None]
    top: str
    legs: str = "#4a4f5c"
    shoes: str = "#3a302c"
    robe: bool = False
    """A skirt or robe to the ground instead of legs."""
    hand: str = "#fbc02d"


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
    "person": Dress("🧑", "#3f9a8a", "#4b5b73", head_size=42),
    "gnome": Dress("🎅", "#3f7fb5", "#7a5230", shoes="#5b3a20", head_size=60),
    "giant": Dress("🧔", "#7a5a3a", "#5b4a3a", shoes="#3a2a1e", head_size=36),
    "fisherman": Dress("🧔", "#d9a82f", "#3f5f4a", shoes="#2f4a3a", head_size=44),
    "sailor": Dress("🧑", "#eef3f8", "#27406b", head_size=42),
    "hunter": Dress("🧔", "#5f7a3f", "#6b5230", head_size=42),
    "teacher": Dress("👱", "#5f7fa5", "#3f4a5c", head_size=42),
    "writer": Dress("🧓", "#6a5a7a", "#4a4f5c", head_size=42),
    "driver": Dress("🧑", "#c9762f", "#3f4a5c", head_size=42),
    "snowmaiden": Dress("👧", "#5fa0dc", "#5fa0dc", shoes="#ffffff", skirt=True, head_size=48),
}

BUSTS = {
    "farmer": Bust("🧑‍🌾", "#2f7fd0", "#2f7fd0", "#6b4226"),
    "guard": Bust("💂", "#e53935", "#2b2b33", "#1b1b20"),
    "wizard": Bust("🧙", "#303f9f", robe=True),
    "witch": Bust("🧙‍♀️", "#303f9f", robe=True),
    "elf": Bust("🧝", "#e65100", "#6d7f4a", "#5b4630"),
    "vampire": Bust("🧛", "#37474f", "#26323a", "#1b1b20"),
    "zombie": Bust("🧟", "#e67e22", "#5b6b7a", "#3a302c", hand="#7cb342"),
    "cook": Bust("🧑‍🍳", "#f2f2f2", "#5a6570", "#2b2422"),
    "doctor": Bust("🧑‍⚕️", "#f0f3f5", "#8fb8d0", "#e8eef2"),
    "policeman": Bust("👮", "#2b4bb5", "#22357f", "#1b1b20"),
    "builder": Bust("👷", "#f58220", "#3f5f8f", "#6b4226"),
    "firefighter": Bust("🧑‍🚒", "#d9342b", "#3a3f48", "#1b1b20"),
    "pilot": Bust("🧑‍✈️", "#37414a", "#2b333b", "#1b1b20"),
    "detective": Bust("🕵️", "#616161", "#4a4a4a", "#2b2422"),
    "groom": Bust("🤵", "#37414a", "#2b333b", "#1b1b20"),
    "bride": Bust("👰", "#f7f7fa", "#f7f7fa", robe=True),
    "singer": Bust("🧑‍🎤", "#f2711c", "#33333b", "#c8463c"),
    "artist": Bust("🧑‍🎨", "#f2f4f5", "#4b5b73", "#6b4226"),
    "scientist": Bust("🧑‍🔬", "#eef1f3", "#4b5b73", "#3a302c"),
    "student": Bust("🧑‍🎓", "#2f3a42", "#2f3a42", robe=True),
    "astronaut": Bust("🧑‍🚀", "#e6eaed", "#d3d9de", "#9aa4ab", hand="#d3d9de"),
    "ninja": Bust("🥷", "#37414a", "#2b333b", "#1b1b20", hand="#37414a"),
    "king": Bust(figures.king, "#9b1f3a", robe=True),
    "queen": Bust(figures.queen, "#7a2c8f", robe=True),
    "knight": Bust(figures.knight, "#7b8894", "#93a0ab", "#5f6b76", hand="#a7b3bd"),
    "pirate": Bust(figures.pirate, "#8e1f26", "#3a3a45", "#2b2422"),
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


def _whole(bust: Bust, p: Pen) -> None:
    """Draw a body below a bust that ends at its shoulders."""
    for side in (-1, 1):
        p.line(bust.top, 9, (50 + side * 20, 59), (50 + side * 24, 72))
        p.oval(bust.hand, 50 + side * 24.5, 77, 4)
    if bust.robe:
        p.curve(bust.top, (31, 55), (69, 55), (68, 72), (76, 95), (62, 98), (38, 98), (24, 95), (32, 72))
    else:
        for side in (-1, 1):
            p.rect(bust.legs, 50 + side * 8 - 7, 74, 50 + side * 8 + 7, 95, 2)
            p.oval(bust.shoes, 50 + side * 9.5, 95.6, 9, 3.4)
        p.curve(bust.top, (30, 55), (70, 55), (67, 68), (66, 80), (34, 80), (33, 68))
    if isinstance(bust.head, str):
        p.stamp(bust.head, 50, 29.5, 60)
    else:
        p.draw_within(bust.head, 50, 0.56, 58)


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
    **{name: partial(_whole, bust) for name, bust in BUSTS.items()},
    "robot": robot,
    "family": family,
}
