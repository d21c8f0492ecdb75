"""What the running assistant says and makes for the command line, waited for to its end."""

import contextlib
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import typer

from daemon import messages
from daemon.cli.language import system_language
from daemon.cli.remote import Remote, running
from daemon.errors import ConfigError

COMMANDS = {"picture": "draw", "clip": "clip"}
ENDED = {"done", "failed", "cancelled", "quarantined"}


def follow(remote: Remote, turn: str) -> list[dict[str, Any]]:
    """Print replies as they are spoken until the turn and its jobs are over; return the artifacts that came of them.

    `ask("events")` must have been asked before the turn's command. Exits with 1 when the turn or a job failed.
    """
    jobs: dict[str, str] = {}
    artifacts: list[dict[str, Any]] = []
    over = False
    with _progress() as show:
        for event in remote.events():
            if event.get("turn") != turn:
                continue
            match event["event_type"]:
                case "tts_start":
                    print(event["text"])
                case "error":
                    print(event["text"], file=sys.stderr)
                    raise typer.Exit(1)
                case "job_changed":
                    jobs[event["job"]] = event["state"]
                    show(event["progress"])
                case "artifact_ready":
                    artifacts.append(event)
                case "turn_end":
                    over = True
            if over and set(jobs.values()) <= ENDED and len(artifacts) >= list(jobs.values()).count("done"):
                break
    if jobs and not artifacts:
        print(messages.text(f"demo.job.{list(jobs.values())[-1]}", system_language()), file=sys.stderr)
        raise typer.Exit(1)
    return artifacts


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
