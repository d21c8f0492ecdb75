"""An intent (what was understood) and the actions that a plan is made of."""

from dataclasses import dataclass
from typing import Any, Literal


@dataclass(frozen=True, slots=True)
class Intent:
    """What a text asks for; `name` is None when it is nothing that we do."""

    name: str | None
    slots: dict[str, Any]
    """`text` of say; `prompt` of draw and clip, cut from the original, and `several` where a number was said; `level`
    of volume_set, 0 to 100; `by` of volume_up and volume_down, where a number was said, 1 to 100; `kind` of another,
    show and delete, where it was said: picture or clip; `artifact` of delete, where it was asked and the answer yes."""
    text: str
    """The original text."""
    language: str
    score: float
    """1.0 when every word is the grammar's own, 0.8 when a slot took free words, 0.0 for nothing."""


@dataclass(frozen=True, slots=True)
class Say:
    """Speak this text."""

    text: str
    language: str


@dataclass(frozen=True, slots=True)
class Tell:
    """Speak a sentence of ours: the daemon finds the words."""

    what: Literal["time", "date", "help", "status", "made", "stays", "not_understood", "nothing_heard"]


@dataclass(frozen=True, slots=True)
class Generate:
    """Make a picture or a clip."""

    kind: Literal["picture", "clip"]
    prompt: str
    language: str
    source: Literal["last"] | None = None
    """What it begins with: the last picture, whose prompt then counts."""
    count: int = 1
    """How many, each with a seed of its own."""


@dataclass(frozen=True, slots=True)
class Another:
    """Make what was asked for last once more, with another seed."""

    kind: Literal["picture", "clip"] | None = None
    """None: whatever it was."""


@dataclass(frozen=True, slots=True)
class Show:
    """Open what was made last on the desktop."""

    kind: Literal["picture", "clip"] | None = None


@dataclass(frozen=True, slots=True)
class Delete:
    """Delete what was made last, after a question; with an `artifact` the question was answered with yes."""

    kind: Literal["picture", "clip"] | None = None
    artifact: str = ""


@dataclass(frozen=True, slots=True)
class Stop:
    """Stop speaking."""


@dataclass(frozen=True, slots=True)
class Cancel:
    """Give up what is being made."""


@dataclass(frozen=True, slots=True)
class Repeat:
    """Speak the last reply again."""


@dataclass(frozen=True, slots=True)
class Volume:
    """Set the volume of replies `to` 0..100, or change it `by` so many points: one of the two is None."""

    to: int | None = None
    by: int | None = None


@dataclass(frozen=True, slots=True)
class Mute:
    """Close (`on`) or open the microphone."""

    on: bool


@dataclass(frozen=True, slots=True)
class Question:
    """Ask what to draw or film, or whether to delete it, and listen once without the wake word."""

    kind: Literal["draw", "clip", "delete"]
    count: int = 1
    """How many of them."""
    artifact: str = ""
    """The id of what is to be deleted."""


Action = Say | Tell | Generate | Another | Show | Delete | Stop | Cancel | Repeat | Volume | Mute | Question
Plan = tuple[Action, ...]
