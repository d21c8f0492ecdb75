"""What the running assistant says and makes for the command line, waited for to its end."""

import contextlib
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import typer

from daemon import messages
from daemon.cli.language import system_language
from daemon.cli.remote import Remote, running
from daemon.errors import ConfigError

COMMANDS = {"picture": "draw", "clip": "clip"}
TOLD = {"done", "failed", "quarantined"}
"""The ends of a job that the assistant announces, each in a turn of its own with the same id."""
ENDED = TOLD | {"cancelled"}


@dataclass
class Course:
    """How far a turn and what was asked for in it have come."""

    turns: int = 0
    """How many of the turns with its id are over: the request's own, then those of the announcements."""
    jobs: dict[str, tuple[str, str]] = field(default_factory=dict)
    """By id, the kind and state."""
    artifacts: list[dict[str, Any]] = field(default_factory=list)

    def take(self, event: dict[str, Any]) -> None:
        """Take note of an event of that turn."""
        match event["event_type"]:
            case "job_changed":
                self.jobs[event["job"]] = (event["kind"], event["state"])
            case "artifact_ready":
                self.artifacts.append(event)
            case "turn_end":
                self.turns += 1

    @property
    def over(self) -> bool:
        """Whether nothing more is to be waited for: where something failed, not before the reason was told."""
        states = [state for _, state in self.jobs.values()]
        if not self.turns or not set(states) <= ENDED:
            return False
        if set(states) & (TOLD - {"done"}):
            return self.turns > self._announcements
        return len(self.artifacts) >= states.count("done")

    @property
    def _announcements(self) -> int:
        """How many there will be: for a clip and the picture that it begins with there is one."""
        asked = "clip" if any(kind == "clip" for kind, _ in self.jobs.values()) else "picture"
        return sum(kind == asked and state in TOLD for kind, state in self.jobs.values())


def follow(remote: Remote, turn: str) -> list[dict[str, Any]]:
    """Print replies as they are spoken until the turn and its jobs are over; return the artifacts that came of them.

    `ask("events")` must have been asked before the turn's command. Exits with 1 when the turn failed, or all its jobs.
    """
    course = Course()
    with _progress() as show:
        for event in remote.events():
            if event.get("turn") != turn:
                continue
            course.take(event)
            match event["event_type"]:
                case "tts_start":
                    print(event["text"])
                case "error":
                    print(event["text"], file=sys.stderr)
                    raise typer.Exit(1)
                case "job_changed":
                    show(event["progress"])
            if course.over:
                break
    if course.jobs and not course.artifacts:
        if (last := list(course.jobs.values())[-1][1]) == "cancelled":  # else the reason was told
            print(messages.text(f"demo.job.{last}", system_language()), file=sys.stderr)
        raise typer.Exit(1)
    return course.artifacts


def said_by_assistant(text: str, language: str) -> bool:
    """Have the running assistant say a text, and wait for its end; False when no assistant runs."""
    if (remote := running()) is None:
        return False
    with remote:
        remote.ask("events")
        follow(remote, remote.ask("say", text=text, language=language)["turn"])
    return True


def made_by_assistant(kind: str, request: dict[str, Any], out: Path | None) -> bool:
    """Have the running assistant make a picture or clip, copied to `out`; False when no assistant runs.

    Raises ConfigError `drawing.other_format` where it makes clips of another format.
    """
    import shutil

    from daemon.cli.output import numbered, whole

    if (remote := running()) is None:
        return False
    with remote:
        remote.ask("events")
        given = {name: value for name, value in request.items() if name != "prompt"}
        turn = remote.ask(COMMANDS[kind], text=request["prompt"], **given)["turn"]
        artifacts = [one for one in follow(remote, turn) if one["kind"] == kind]
    if not artifacts:
        raise typer.Exit(1)
    outs = numbered(out, len(artifacts))
    for made, to in zip((Path(one["path"]) for one in artifacts), outs, strict=True):
        if to is not None:
            if to.suffix.lower() != made.suffix:
                raise ConfigError("drawing.other_format", path=to, made=made)
            with whole(to, to.suffix) as passing:
                shutil.copyfile(made, passing)
        print(to or made)
    return True


@contextlib.contextmanager
def _progress() -> Iterator[Callable[[float], None]]:
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    label = messages.text("draw.working", system_language())
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task(label, total=1.0, visible=False)
        yield lambda share: progress.update(task, completed=share, visible=True)
