"""Events to MQTT messages, MQTT messages to commands. Pure: names, payloads, quality of service and retention."""

import json
import re
from dataclasses import dataclass
from typing import Any

from daemon import commands
from daemon.commands import Command
from daemon.errors import BrokerError, CommandError
from daemon.events import (
    ArtifactReady,
    Event,
    Failed,
    GalleryChanged,
    IntentEnd,
    JobChanged,
    Listening,
    MuteChanged,
    PartChanged,
    StateChanged,
    SttEnd,
    SttPartial,
    TtsEnd,
    TtsStart,
    TurnEnd,
    VolumeChanged,
    WakeScore,
    WakeWord,
)

PREFIX = "kombain"
ONLINE, OFFLINE = b"online", b"offline"
LAST: dict[type[Event], str] = {
    SttEnd: "transcript",
    IntentEnd: "intent",
    TtsStart: "reply",
    JobChanged: "job",
    ArtifactReady: "artifact",
}
"""Events whose last one is also kept as a retained topic of its own."""
_STATES = (StateChanged, MuteChanged, VolumeChanged)
PUBLISHED: tuple[type[Event], ...] = (*_STATES, *LAST, WakeWord, Listening, SttPartial, TtsEnd, Failed, GalleryChanged)
"""What is published; other events are for meters and for what the assistant tells of itself."""

# What may leave the house when `mqtt.texts` is false: a list of what is harmless, so that a new field is held back.
_HARMLESS = frozenset(
    (
        *(
            "event_type",
            "turn",
            "at",
            "position",
            "word",
            "score",
            "trigger",
            "language",
            "reason",
            "intent",
            "stopped",
        ),
        *(
            "job",
            "kind",
            "state",
            "progress",
            "remaining",
            "error",
            "parent",
            "artifact",
            "mime",
            "path",
            "code",
            "part",
            "removed",
        ),
    )
)
_HARMLESS_META = frozenset(("seed", "engine", "width", "height", "fps", "seconds", "sketch"))
_DEVICE = re.compile(r"[a-z0-9_-]{1,64}")


@dataclass(frozen=True, slots=True)
class Message:
    """One MQTT message to be published."""

    topic: str
    payload: bytes
    qos: int = 1
    retain: bool = False
    sender: str = ""
    """Which process it is from, where that matters (a user property of MQTT 5)."""


def base(device: str) -> str:
    """Return the topic under which everything of this assistant lies. Raises BrokerError `mqtt.device`."""
    if not _DEVICE.fullmatch(device):
        raise BrokerError("mqtt.device", id=ascii(device)[:80])
    return f"{PREFIX}/{device}"


def status(base: str, payload: bytes, sender: str) -> Message:
    """Return `online` or `offline`, the latter also as the last will."""
    return Message(f"{base}/status", payload, retain=True, sender=sender)


def cleared(base: str) -> list[Message]:
    """Return what removes the retained records of an earlier run, which may hold texts."""
    return [Message(f"{base}/{name}", b"", retain=True) for name in LAST.values()]


def subscriptions(base: str) -> list[str]:
    """Return the topics that commands come on."""
    return [f"{base}/{name}/set" for name in commands.Name]


def messages(event: Event, base: str, *, texts: bool) -> list[Message]:
    """Return what is published for an event; without `texts` nothing of what was said or made is in it."""
    match event:
        case StateChanged(state=state):
            return [Message(f"{base}/state", state.encode(), retain=True)]
        case MuteChanged(on=on):
            return [Message(f"{base}/mute", b"ON" if on else b"OFF", retain=True)]
        case VolumeChanged(level=level):
            return [Message(f"{base}/volume", str(level).encode(), retain=True)]
        case WakeScore() | PartChanged() | TurnEnd():
            return []
        case GalleryChanged():
            return _gallery(event, base, texts=texts)
        case SttPartial() if not texts:
            return []
    body = event.json() if texts else _without_texts(event.json())
    found = [Message(f"{base}/event", _json(body), qos=0 if isinstance(event, SttPartial) else 1)]
    silence = isinstance(event, SttEnd) and not event.text  # the last thing said stays the last transcript
    if (name := LAST.get(type(event))) and not silence:
        del body["event_type"]
        found.append(Message(f"{base}/{name}", _json(body), retain=True))
    return found


def _gallery(event: GalleryChanged, base: str, *, texts: bool) -> list[Message]:
    """Return the event, where something was removed, and the newest artifact in the place of the last one."""
    found = []
    if event.removed:
        body = event.json()
        body.pop("last", None)
        found.append(Message(f"{base}/event", _json(body)))
    if event.last is None:
        return [*found, Message(f"{base}/artifact", b"", retain=True)]
    last = event.last.json() if texts else _without_texts(event.last.json())
    del last["event_type"]
    return [*found, Message(f"{base}/artifact", _json(last), retain=True)]


def command(base: str, topic: str, payload: bytes, *, retain: bool) -> Command:
    """Read a command. Raises CommandError with the reason: `command.retained`, or as `commands.parse` does."""
    name = topic.removeprefix(f"{base}/").removesuffix("/set")
    if topic != f"{base}/{name}/set":
        raise CommandError("command.unknown", name=ascii(topic)[1:-1][:40], known=", ".join(commands.Name))
    if retain:
        raise CommandError("command.retained", name=ascii(name)[1:-1][:40])
    return commands.parse(name, payload)


def _without_texts(body: dict[str, Any]) -> dict[str, Any]:
    kept = {key: value for key, value in body.items() if key in _HARMLESS}
    if "meta" in body:
        kept["meta"] = {key: value for key, value in body["meta"].items() if key in _HARMLESS_META}
    return kept


def _json(body: dict[str, Any]) -> bytes:
    # a lone surrogate can't be sent: it becomes "?"
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode(errors="replace")
