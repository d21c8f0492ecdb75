"""What a running assistant is told: `kombain ask | stop | cancel | repeat | mute | volume | status | reload ...`."""

import json
import sys
from typing import Annotated, Any

import typer

RELOAD_S = 600.0
"""Seconds that a reload may take: until the running turn and job are over, and a large model has loaded."""


def ask(
    text: Annotated[str, typer.Argument(help="A request, as you would say it.")],
    language: Annotated[str | None, typer.Option(help="en or ru; default: the text's own.")] = None,
) -> None:
    """Handle a text as if it had been spoken. · Выполнить просьбу, как сказанную вслух."""
    from daemon.cli.follow import follow
    from daemon.cli.language import checked
    from daemon.cli.remote import running

    language = checked(language, text)
    if (remote := running()) is None:
        from daemon.cli.once import answer

        answer(text, language)
        return
    with remote:
        remote.ask("events")
        for made in follow(remote, remote.ask("ask", text=text, language=language)["turn"]):
            print(made["path"])


def stop() -> None:
    """Stop what is being said. · Замолчать."""
    _tell("stop")


def cancel(job: Annotated[str, typer.Argument(help="A job's id, “last” or “all”.")] = "last") -> None:
    """Cancel what is being made. · Отменить работу."""
    from daemon import messages
    from daemon.cli.language import system_language
    from daemon.cli.remote import Remote

    with Remote() as remote:
        nothing = not remote.ask("status")["status"]["jobs"]
        remote.ask("cancel", text=job)
    print(messages.text("replies.nothing_to_cancel" if nothing else "replies.cancelled", system_language()))


def repeat() -> None:
    """Say the last reply again. · Повторить последний ответ."""
    from daemon.cli.follow import follow
    from daemon.cli.remote import Remote

    with Remote() as remote:
        remote.ask("events")
        follow(remote, remote.ask("repeat")["turn"])


def mute(
    on: Annotated[str, typer.Argument(metavar="ON|OFF", help="on closes the microphone, off opens it.")] = "on",
) -> None:
    """Close the microphone, or open it. · Выключить или включить микрофон."""
    _tell("mute", text=on)


def volume(level: Annotated[str, typer.Argument(help="0 to 100, or a change: +10, -10.")]) -> None:
    """Set the volume of replies. · Громкость ответов."""
    _tell("volume", text=level)


def status(as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False) -> None:
    """Tell how the assistant is. · Как дела у помощника."""
    from daemon import messages
    from daemon.cli.language import system_language
    from daemon.cli.remote import Remote

    language = system_language()
    with Remote() as remote:
        found = remote.ask("status", language=language)["status"]
    if as_json:
        print(json.dumps(found, ensure_ascii=False))
        return
    state = messages.text(f"demo.state.{found['state']}", language)
    print(messages.text("status.line", language, version=found["version"], state=state, volume=found["volume"]))
    for job in found["jobs"]:
        share = round(100 * job["progress"])
        told = messages.text(f"demo.job.{job['state']}", language)
        print(messages.text("status.job", language, job=job["job"], prompt=job["prompt"], state=told, share=share))
    for kind, host in found["elsewhere"].items():
        print(messages.text(f"status.elsewhere.{kind}", language, host=host))
    for kind, maker in found["makers"].items():
        for other, why in maker.get("declined", {}).items():
            print(messages.text("status.declined", language, kind=kind, engine=maker["engine"], other=other, why=why))
    for trouble in found["troubles"]:
        print(f"! {trouble}")


def reload() -> None:
    """Take up the changed config; only what changed starts anew. · Перечитать настройки."""
    from daemon import messages
    from daemon.cli.language import system_language
    from daemon.cli.remote import Remote

    language = system_language()
    with Remote() as remote:
        found = remote.ask("reload", patience=RELOAD_S, language=language)["reloaded"]
    for name in ("changed", "later"):
        if found[name]:
            print(messages.text(f"reload.{name}", language, sections=", ".join(found[name])))
    if not any(found.values()):
        print(messages.text("reload.nothing", language))
    for problem in found["problems"]:
        print(problem, file=sys.stderr)
    if found["problems"]:
        raise typer.Exit(1)


def events() -> None:
    """Print every event as a line of JSON until Ctrl-C. · Печатать события."""
    from daemon.cli.remote import Remote

    with Remote() as remote:
        remote.ask("events")
        for event in remote.events():
            print(json.dumps(event, ensure_ascii=False), flush=True)


def show(which: Annotated[str, typer.Argument(help="“last” or the id of a picture or clip.")] = "last") -> None:
    """Open a picture or clip. · Открыть картинку или ролик."""
    from daemon.cli.remote import Remote
    from daemon.desktop import launch

    with Remote() as remote:
        found = remote.ask("show", text=which)["path"]
    print(found)
    launch(found)


def push_to_talk() -> None:
    """Let the assistant listen now, as if the wake word had been heard."""
    _tell("listen")


def _tell(command: str, **fields: Any) -> None:
    from daemon.cli.remote import Remote

    with Remote() as remote:
        remote.ask(command, **fields)
