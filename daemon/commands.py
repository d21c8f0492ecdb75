"""Commands from outside, the same names on MQTT and on the control socket: parsed once, at the edge. Pure."""

import json
import re
import unicodedata
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from daemon.errors import CommandError
from daemon.order import PRIORITY

MAX_PAYLOAD = 16 << 10
"""Bytes of one command."""
MAX_TEXT = 2000
"""Characters of a text to say, ask, draw or film."""

_VOLUME = re.compile(r"([+-]?)(\d{1,3})(?:\.0+)?\s?%?", re.ASCII)
_LANGUAGE = re.compile(r"([a-z]{2,3})(?:[-_][a-z0-9]{2,8})?", re.ASCII | re.IGNORECASE)
_ID = re.compile(r"[A-Za-z0-9._:-]{1,64}")
_SWITCH = {"on": True, "true": True, "1": True, "off": False, "false": False, "0": False}
_FIELDS = frozenset({"text", "language", "id", "level", "by", "on"})
MAX_PATH = 1024
_WHOLE = {"seed": (0, (1 << 63) - 1), "width": (64, 4096), "height": (64, 4096), "steps": (1, 500), "count": (1, 10)}
_REAL = {"guidance": (0.0, 50.0), "strength": (0.0, 1.0)}
MAKING = frozenset({*_WHOLE, *_REAL, "negative", "image", "priority"})
"""What draw and clip take beside the text: of `engines.base.Generator.make`, how many are wanted, and how soon."""


class Name(StrEnum):
    """What can be asked for from outside."""

    SAY = "say"
    ASK = "ask"
    DRAW = "draw"
    CLIP = "clip"
    STOP = "stop"
    CANCEL = "cancel"
    REPEAT = "repeat"
    LISTEN = "listen"
    MUTE = "mute"
    VOLUME = "volume"


@dataclass(frozen=True, slots=True)
class Command:
    """A request to the assistant; only the fields that its name calls for are set."""

    name: Name
    text: str = ""
    """say, ask, draw, clip: the text, whitespace folded, at most 2000 characters. cancel: "last", "all" or a job id."""
    language: str | None = None
    """The text's language, "en"; None: the assistant's own."""
    level: int | None = None
    """volume: 0 to 100."""
    by: int | None = None
    """volume: a change, -100 to 100."""
    on: bool | None = None
    """mute"""
    id: str | None = None
    """Idempotency key: the same id again is the same command, done once."""
    making: Mapping[str, Any] = field(default_factory=dict)
    """draw, clip: those of `MAKING` that were given; `image` is “last”, an artifact's id or an absolute path."""


class Recent:
    """Remembers the last ids, so that a command that is delivered twice is done once."""

    def __init__(self, size: int = 256) -> None:
        self._size = size
        self._seen: OrderedDict[str, None] = OrderedDict()

    def again(self, key: str | None) -> bool:
        """Say whether `key` was seen before, and remember it. None is never the same again."""
        if key is None:
            return False
        known = key in self._seen
        self._seen[key] = None
        if len(self._seen) > self._size:
            self._seen.popitem(last=False)
        return known


def parse(name: str, payload: bytes) -> Command:
    """Read a command's payload: plain text, or JSON `{"text", "language", "id", "level", "by", "on", ...MAKING}`.

    Raises CommandError with the reason: `unknown`, `too_large`, `not_utf8`, `json`, `field`, `control`, `no_text`,
    `too_long`, `volume`, `switch`, `range`, `image`, `priority`, each under `command.`. A path is for those on this
    machine only: here `image` has to be “last” or an id.
    """
    if name not in set(Name):
        raise CommandError("command.unknown", name=ascii(name)[1:-1][:40], known=", ".join(Name))
    if len(payload) > MAX_PAYLOAD:
        raise CommandError("command.too_large", name=name, size=len(payload), most=MAX_PAYLOAD)
    try:
        plain = payload.decode()
    except UnicodeDecodeError as error:
        raise CommandError("command.not_utf8", name=name) from error
    command = build(name, _object(name, plain) if plain.lstrip().startswith("{") else {"text": plain})
    if str(command.making.get("image", "")).startswith("/"):
        raise CommandError("command.image", name=name)
    return command


def build(name: str, fields: dict[str, Any]) -> Command:
    """Make a command of `name` from the fields of a JSON object. Raises CommandError as `parse` does."""
    if name not in set(Name):
        raise CommandError("command.unknown", name=ascii(name)[1:-1][:40], known=", ".join(Name))
    known = _FIELDS | MAKING if name in {Name.DRAW, Name.CLIP} else _FIELDS
    if strange := sorted(set(fields) - known):
        raise CommandError("command.field", name=name, field=ascii(strange[0])[:40])
    text = _text(name, fields.get("text", ""))
    key = _matching(name, "id", fields.get("id"), _ID)
    match Name(name):
        case (Name.SAY | Name.ASK | Name.DRAW | Name.CLIP) as wanted:
            if not text:
                raise CommandError("command.no_text", name=name)
            language = _matching(name, "language", fields.get("language"), _LANGUAGE)
            language = language and re.split("[-_]", language)[0].lower()
            return Command(wanted, text=text, language=language, id=key, making=_making(name, fields))
        case Name.CANCEL:
            return Command(Name.CANCEL, text=_job(text), id=key)
        case Name.MUTE:
            return Command(Name.MUTE, on=_switch(fields.get("on", text)), id=key)
        case Name.VOLUME:
            level, by = _volume(fields, text)
            return Command(Name.VOLUME, level=level, by=by, id=key)
        case (Name.STOP | Name.REPEAT | Name.LISTEN) as wanted:
            return Command(wanted, id=key)


def following(request: Mapping[str, Any], number: int) -> dict[str, Any]:
    """Return the request for the one of several that comes so many after the first: the seed goes on."""
    seed = request.get("seed")
    return dict(request) if seed is None else {**request, "seed": seed + number}


def _object(name: str, plain: str) -> dict[str, Any]:
    try:
        value = json.loads(plain)
    except (ValueError, RecursionError) as error:
        raise CommandError("command.json", name=name) from error
    return value  # type: ignore[no-any-return]  # what begins with { and parses is an object


def _text(name: str, value: object) -> str:
    if not isinstance(value, str):
        raise CommandError("command.field", name=name, field="text")
    text = " ".join(value.split())
    if any(unicodedata.category(character) in {"Cc", "Cs"} for character in text):
        raise CommandError("command.control", name=name)
    if len(text) > MAX_TEXT:
        raise CommandError("command.too_long", name=name, size=len(text), most=MAX_TEXT)
    return text


def _matching(name: str, field: str, value: object, pattern: re.Pattern[str]) -> str | None:
    if value is None:
        return None
    if not isinstance(value, str) or not pattern.fullmatch(value):
        raise CommandError("command.field", name=name, field=field)
    return value


def _making(name: str, fields: dict[str, Any]) -> dict[str, Any]:
    """Return the fields of `MAKING` that are given, each within its bounds."""
    given = {key: value for key, value in fields.items() if key in MAKING and value is not None}
    for key, (least, most) in (_WHOLE | _REAL).items():
        value = given.get(key, least)
        wrong = isinstance(value, bool) or not isinstance(value, int if key in _WHOLE else int | float)
        if wrong or not least <= value <= most:
            raise CommandError("command.range", name=name, field=key, least=least, most=most, value=ascii(value)[:40])
    if "negative" in given:
        given["negative"] = _text(name, given["negative"])
    if "image" in given:
        given["image"] = _image(name, given["image"])
    if given.get("priority", "normal") not in list(PRIORITY):
        raise CommandError("command.priority", name=name, known=", ".join(PRIORITY))
    return given


def _image(name: str, value: object) -> str:
    if not isinstance(value, str) or not 0 < len(value) <= MAX_PATH or not value.isprintable():
        raise CommandError("command.field", name=name, field="image")
    if not value.startswith("/") and not _ID.fullmatch(value):
        raise CommandError("command.field", name=name, field="image")
    return value


def _job(text: str) -> str:
    if text in {"", "PRESS"}:  # what a button sends
        return "last"
    if not _ID.fullmatch(text):
        raise CommandError("command.field", name="cancel", field="text")
    return text


def _switch(value: object) -> bool:
    known = _SWITCH.get(str(value).lower())
    if known is None:
        raise CommandError("command.switch", value=ascii(value)[:40])
    return known


def _volume(fields: dict[str, Any], text: str) -> tuple[int | None, int | None]:
    """Return (level, None) or (None, change)."""
    given = [value for key in ("level", "by", "text") if (value := fields.get(key)) is not None]
    if len(given) != 1 or isinstance(given[0], bool):
        raise CommandError("command.volume", value=ascii(text)[:40])
    found = _VOLUME.fullmatch(text or str(given[0]))
    if not found or int(found[2]) > 100:  # noqa: PLR2004 - per cent
        raise CommandError("command.volume", value=ascii(text or given[0])[:40])
    number = int(found[1] + found[2])
    if "by" in fields or ("level" not in fields and found[1]):
        return None, number
    if found[1]:
        raise CommandError("command.volume", value=ascii(given[0])[:40])
    return number, None
