"""`kombain gallery list | search | open | delete | keep | export`: what was made, with an assistant or without."""

import json
import re
import sys
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer

app = typer.Typer(help="What was made. · Что было сделано.", no_args_is_help=True)
AGE = re.compile(r"(\d{1,5})([hdw])", re.ASCII)
HOURS = {"h": 1, "d": 24, "w": 168}
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Kind = Annotated[str | None, typer.Option(help="picture or clip.")]
Limit = Annotated[int, typer.Option(min=1, help="At most so many, the newest.")]
Since = Annotated[str | None, typer.Option(help="A date (2026-11-23) or an age (12h, 3d, 2w).")]
Ids = Annotated[list[str], typer.Argument(metavar="ID...", help="Ids, their last six signs, or “last”.")]


@app.callback()
def gallery() -> None:
    """Look at what was made. · Посмотреть, что было сделано."""


@app.command("list")
def list_(as_json: Json = False, kind: Kind = None, limit: Limit = 20, since: Since = None) -> None:
    """List pictures and clips, the newest first. · Показать, что было сделано."""
    _show(as_json, limit, "gallery.empty", kind=kind, since=_since(since))


@app.command()
def search(
    words: Annotated[list[str], typer.Argument(metavar="WORDS...", help="Words of the prompt, in any form.")],
    as_json: Json = False,
    kind: Kind = None,
    limit: Limit = 20,
    since: Since = None,
) -> None:
    """Find pictures and clips by their words. · Найти по словам."""
    _show(as_json, limit, "gallery.nothing_found", kind=kind, since=_since(since), text=" ".join(words))


@app.command("open")
def open_(which: Annotated[str, typer.Argument(help="“last” or an id.")] = "last") -> None:
    """Print where a picture or clip is, and open it on a desktop. · Открыть."""
    from daemon.desktop import launch

    path = str(path_of(which))
    print(path)
    launch(path)


@app.command()
def delete(
    ids: Ids,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    as_json: Json = False,
) -> None:
    """Delete pictures and clips for good. · Удалить насовсем."""
    from daemon import messages
    from daemon.cli.language import system_language
    from daemon.errors import CommandError

    language = system_language()
    meant = _ask(ids=ids)
    if not yes:
        if not sys.stdin.isatty():
            raise CommandError("gallery.unsure")
        _print(meant, language)
        if not typer.confirm(messages.text("gallery.sure", language, n=len(meant))):
            print(messages.text("gallery.untouched", language))
            raise typer.Exit(1)
    gone = _ask(do="delete", ids=[entry["id"] for entry in meant])
    if as_json:
        print(json.dumps(gone, ensure_ascii=False))
    else:
        print(messages.text("gallery.deleted", language, n=len(gone)))


@app.command()
def keep(ids: Ids) -> None:
    """Never delete these to make room. · Хранить и не удалять ради места."""
    _mark("keep", ids)


@app.command()
def unkeep(ids: Ids) -> None:
    """Allow deleting these to make room again. · Больше не хранить особо."""
    _mark("unkeep", ids)


@app.command()
def export(
    where: Annotated[list[str], typer.Argument(metavar="[ID...] FOLDER", help="What, and the folder to copy it to.")],
    everything: Annotated[bool, typer.Option("--all", help="All that is there.")] = False,
    as_json: Json = False,
) -> None:
    """Copy pictures and clips into a folder, under names made of their prompts. · Скопировать в папку."""
    from daemon import messages
    from daemon.cli.language import system_language
    from daemon.errors import CommandError, ConfigError
    from daemon.gallery.export import copy

    *ids, last = where
    folder = Path(last)
    if bool(ids) == everything:
        raise CommandError("gallery.either" if ids else "gallery.nothing_named")
    entries = [one for one in _pages() if one["present"]] if everything else _whole(_ask(ids=ids))
    try:
        folder.mkdir(parents=True, exist_ok=True)
        copied = [str(copy(Path(entry["path"]), entry, folder)) for entry in entries]
    except OSError as error:
        raise ConfigError("gallery.folder", path=folder, why=error.strerror) from error
    if as_json:
        print(json.dumps(copied, ensure_ascii=False))
    else:
        print(messages.text("gallery.exported", system_language(), n=len(copied), folder=folder))


def path_of(which: str) -> Path:
    """Return the file of an id, the end of one, or “last”. Raises JobError, CommandError where there is none."""
    return Path(_whole(_ask(ids=[which]))[0]["path"])


def _show(as_json: bool, limit: int, nothing: str, **query: Any) -> None:
    from itertools import islice

    from daemon import messages
    from daemon.cli.language import system_language

    found = list(islice(_pages(**query), limit + 1))
    shown, language = found[:limit], system_language()
    if as_json:
        print(json.dumps(shown, ensure_ascii=False))
        return
    if not shown:
        print(messages.text(nothing, language))
        return
    _print(shown, language)
    if len(found) > limit:
        print(messages.text("gallery.more", language, n=limit))
    if lost := sum(not entry["present"] for entry in shown):
        print(messages.text("gallery.lost", language, n=lost))


def _print(entries: list[dict[str, Any]], language: str) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from daemon import messages

    columns = ("id", "when", "kind", "prompt", "engine", "size")
    table = Table(*(messages.text(f"gallery.{column}", language) for column in columns))
    for entry in entries:
        when = datetime.fromtimestamp(entry["created"]).astimezone()
        table.add_row(
            Text(entry["id"] + " ★" * entry["kept"], overflow="fold"),
            f"{when:%Y-%m-%d %H:%M}",
            messages.text(f"demo.kind.{entry['kind']}", language),
            Text(entry["prompt"]),
            Text(entry["engine"]),
            _size(entry, language),
            style=None if entry["present"] else "dim",
        )
    Console(width=None if sys.stdout.isatty() else 160).print(table)


def _size(entry: dict[str, Any], language: str) -> str:
    from daemon import messages

    if not entry["present"]:
        return messages.text("gallery.gone", language)
    if entry["bytes"] < 1e6:  # noqa: PLR2004 - a megabyte
        return messages.text("gallery.kb", language, kb=entry["bytes"] / 1e3)
    return messages.text("gallery.mb", language, mb=entry["bytes"] / 1e6)


def _mark(do: str, ids: list[str]) -> None:
    from daemon import messages
    from daemon.cli.language import system_language

    for entry in _ask(do=do, ids=ids):
        print(messages.text("gallery.kept" if entry["kept"] else "gallery.unkept", system_language(), id=entry["id"]))


def _whole(entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the entries. Raises CommandError `gallery.lost` for the first whose file is gone."""
    from daemon.errors import CommandError

    for entry in entries:
        if not entry["present"]:
            raise CommandError("gallery.lost", id=entry["id"], path=entry["path"])
    return entries


def _pages(**query: Any) -> Iterator[dict[str, Any]]:
    """Yield all entries that fit, the newest first."""
    from daemon.gallery.wish import PAGE

    before = None
    while page := _ask(**query, before=before, limit=PAGE):
        yield from page
        before = page[-1]["number"]


def _ask(**fields: Any) -> list[dict[str, Any]]:
    """Ask the running assistant, or the store itself where none runs. Raises KombainError."""
    from daemon.cli.remote import running
    from daemon.gallery import wish

    asked = wish.read({name: value for name, value in fields.items() if value is not None})
    if (remote := running()) is None:
        return _direct(asked)
    with remote:
        return list(remote.ask("gallery", **asked.model_dump(exclude_defaults=True))["entries"])


def _direct(asked: Any) -> list[dict[str, Any]]:
    import asyncio
    from contextlib import closing

    from daemon import log, paths
    from daemon.artifacts import Artifacts
    from daemon.bus import Bus
    from daemon.config import load
    from daemon.errors import JobError
    from daemon.gallery.gallery import Gallery
    from daemon.ledger import Ledger
    from daemon.store import FILE, Store

    log.start("error")
    state = load(paths.config()).state or paths.state()
    if not (state / FILE).exists():
        if asked.ids:
            raise JobError("gallery.nothing" if asked.ids[0] == "last" else "gallery.no_such", id=asked.ids[0])
        return []
    with closing(Store(state)) as store:
        desk = Gallery(Artifacts(state / "artifacts", store), Bus(), Ledger(store).ingredients)
        return list(asyncio.run(desk.answer(asked))["entries"])


def _since(given: str | None) -> float | None:
    """Return Unix seconds. Raises CommandError `gallery.since`."""
    from daemon.errors import CommandError

    if given is None:
        return None
    if age := AGE.fullmatch(given):
        return time.time() - 3600 * int(age[1]) * HOURS[age[2]]
    try:
        return datetime.fromisoformat(given).astimezone().timestamp()
    except (ValueError, OverflowError, OSError) as error:
        raise CommandError("gallery.since", since=given[:40]) from error
