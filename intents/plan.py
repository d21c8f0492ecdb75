"""From an intent to the actions it takes."""

from dataclasses import asdict
from typing import Any

from intents.model import (
    Action,
    Another,
    Cancel,
    Delete,
    Generate,
    Intent,
    Mute,
    Plan,
    Question,
    Repeat,
    Say,
    Show,
    Stop,
    Tell,
    Volume,
)
from intents.normalize import words

STEP = 10
"""Points of volume that "louder" and "quieter" mean when no number is said."""


def plan(intent: Intent) -> Plan:
    """Return what to do; Tell("not_understood") for a text that is no request, Tell("nothing_heard") for no words."""
    return (_action(intent),)


def plan_json(steps: Plan) -> list[dict[str, Any]]:
    """Return a plan as JSON: `[{"action": "generate", "kind": "picture", ...}]`."""
    return [{"action": type(step).__name__.lower(), **asdict(step)} for step in steps]


def _action(intent: Intent) -> Action:
    match intent.name:
        case "say":
            return Say(intent.slots["text"], intent.language)
        case "draw" | "clip":
            return _making(intent)
        case "animate":
            return Generate("clip", "", intent.language, "last")
        case "another":
            return Another(intent.slots.get("kind"))
        case "show":
            return Show(intent.slots.get("kind"))
        case "delete":
            return Delete(intent.slots.get("kind"), intent.slots.get("artifact", ""))
        case "stop":
            return Stop()
        case "cancel":
            return Cancel()
        case "repeat":
            return Repeat()
        case "time" | "date" | "help" | "status" | "made" | "stays" as what:
            return Tell(what)
        case "volume_up":
            return Volume(by=intent.slots.get("by", STEP))
        case "volume_down":
            return Volume(by=-intent.slots.get("by", STEP))
        case "volume_set":
            return Volume(to=intent.slots["level"])
        case "mute":
            return Mute(on=True)
        case "unmute":
            return Mute(on=False)
        case _:
            return Tell("not_understood" if words(intent.text) else "nothing_heard")


def _making(intent: Intent) -> Generate | Question:
    prompt, count = intent.slots.get("prompt"), intent.slots.get("several", 1)
    if not prompt:
        return Question("draw" if intent.name == "draw" else "clip", count)
    return Generate("picture" if intent.name == "draw" else "clip", prompt, intent.language, count=count)
