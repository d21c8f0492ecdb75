"""What the words of a request become on their way to a drawing."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

Home = Literal["ground", "sky", "water", "under", "space"]

SIDE = 1024
"""The side of the canvas, in the units of layout and drawing; pixels come in at the very end."""


class Link(StrEnum):
    """How one thing stands to another."""

    ON = "on"
    IN = "in"
    UNDER = "under"
    OVER = "over"
    BESIDE = "beside"
    BEHIND = "behind"
    BEFORE = "before"
    BETWEEN = "between"
    WITH = "with"
    AND = "and"
    CHASE = "chase"
    """The subject flees, the anchor is after it."""
    FACE = "face"
    """The anchor looks at the subject, or has to do with it."""
    EAT = "eat"
    """The subject is the anchor's meal."""


TAILING = frozenset({Link.AND, Link.WITH, Link.BESIDE, Link.CHASE, Link.FACE, Link.EAT})
"""Links whose second thing is placed by the first; with all others the first is placed by the second."""


@dataclass(frozen=True, slots=True)
class Thing:
    """A row of `things.yaml`: what can be drawn."""

    glyph: str
    """An emoji, or the name of a drawing in `vector`."""
    name: str
    """Its first English word."""
    scene: str
    """The place where it is at home."""
    size: float
    """1 an insect ... 9 a castle."""
    home: Home
    motion: str
    flags: frozenset[str] = frozenset()
    seat: float | None = None
    """How far below its top something put on it stands, as a share of its height; None: where its ink begins."""
    rim: float = 0.5
    """How far below its top the opening of something hollow is, as a share of its height."""
    wear: str = ""
    """Where on a body it is worn: head, eyes, neck, feet; "" when it is no clothing."""
    mix: tuple[str, ...] = ()
    """The glyphs of those it consists of: people are men, women, children."""

    @property
    def gaze(self) -> int:
        """Return which way its picture looks: -1 to the left, 1 to the right, 0 at us."""
        return 1 if "right" in self.flags else 0 if "front" in self.flags else -1


@dataclass(frozen=True, slots=True)
class Item:
    """A thing asked for, as it was described."""

    thing: Thing
    count: int = 1
    colour: str | None = None
    size: float = 1.0
    """A factor on its usual size."""
    traits: tuple[str, ...] = ()
    vague: bool = False
    """Several, and nobody said how many."""


@dataclass(frozen=True, slots=True)
class Relation:
    """`subject` stands in this relation to `anchor`: both are indexes of `Request.items`."""

    subject: int
    kind: Link
    anchor: int


@dataclass(frozen=True, slots=True)
class Request:
    """A prompt, understood."""

    items: tuple[Item, ...]
    relations: tuple[Relation, ...] = ()
    place: str | None = None
    weather: str | None = None
    time: str | None = None
    """night, sunset, dawn, day"""
    season: str | None = None
    style: str | None = None
    """watercolour, pencil ...: see `style.py`"""
    missing: tuple[str, ...] = ()
    """The words, as they were written, that can't be drawn."""

    @property
    def nothing(self) -> bool:
        """Tell whether nothing at all of it can be drawn."""
        return not (self.items or self.place or self.weather or self.time or self.season)


@dataclass(frozen=True, slots=True)
class Carrier:
    """What a placed thing rides on, is worn or held by, and moves with."""

    item: Item
    dx: float
    """From the carrier's feet to those of what it carries, in canvas units."""
    dy: float
    box: float
    """The side of the carrier's square."""
    flip: bool
    group: int


@dataclass(frozen=True, slots=True)
class Placed:
    """One drawn copy of a thing on the canvas."""

    item: Item
    x: float
    """The middle of its feet, in canvas units."""
    y: float
    box: float
    """The side of the square that its glyph fills, in canvas units."""
    z: float = 0.0
    """Greater is nearer to us."""
    flip: bool = False
    angle: float = 0.0
    """Degrees counter-clockwise."""
    grounded: bool = True
    """It casts a shadow where its feet are."""
    front: float = 0.0
    """Draw only this share of it, from below: the near side of a thing that holds another."""
    group: int = 0
    """Copies with the same group move as one."""
    carrier: Carrier | None = None

    @property
    def gaze(self) -> int:
        """Return which way it looks on the canvas: -1 to the left, 1 to the right, 0 at us."""
        return -self.item.thing.gaze if self.flip else self.item.thing.gaze


@dataclass(frozen=True, slots=True)
class Light:
    """The main light: a sun, a moon or a window; places in canvas units."""

    x: float
    y: float
    reach: float
    """The length of a shadow, as a share of the height of what throws it."""
    force: float
    """How dark shadows are, 0 to 1."""
    disc: bool
    """The backdrop shows it: it is neither a thing that was asked for nor outside the room."""

    def lean(self, x: float) -> float:
        """Return how far a shadow at `x` falls to the side (greater: to the right), as a share of its length."""
        return max(-1.3, min(1.3, (x - self.x) / 420))


@dataclass(frozen=True, slots=True)
class Scene:
    """A finished composition: what is where, before what."""

    request: Request
    place: str
    time: str
    season: str
    weather: str
    seed: int
    placed: tuple[Placed, ...]
    """From far to near."""
    light: Light
    style: str = ""
