"""`kombain models list | pull | verify | remove`: what can be downloaded, what is here, and whether it is whole."""

import json
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from daemon.catalogue.entries import Catalogue, Model
    from daemon.catalogue.shelf import Shelf, Step

app = typer.Typer(help="Models: what can be got, what is here. · Модели.", no_args_is_help=True)
FINE = 0.1
"""Share of a file after which a line is written where there is no terminal."""
List = Annotated[Path | None, typer.Option("--catalogue", readable=False, help="A catalogue of your own.")]
Config = Annotated[Path | None, typer.Option("--config", readable=False, help="Config file.")]


@app.callback()
def models() -> None:
    """Models: what can be got, what is here. · Модели."""


@app.command("list")
def list_(
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    catalogue: List = None,
    config: Config = None,
) -> None:
    """List the models that can be got, and those that are here. · Показать модели."""
    from rich.console import Console
    from rich.table import Table

    from daemon import messages
    from daemon.cli.language import system_language

    known, shelf = _both(catalogue, config)
    if as_json:
        told = [
            {"name": name, **model.model_dump(exclude={"files", "sha256"}), "found": shelf.found(model)}
            for name, model in known.models.items()
        ]
        print(json.dumps(told, ensure_ascii=False))
        return
    language = system_language()
    columns = ("name", "kind", "languages", "size", "licence", "found")
    table = Table(*(messages.text(f"models.{column}", language) for column in columns))
    for name, model in known.models.items():
        size = messages.text("models.mb", language, mb=model.size)
        found = messages.text(f"models.{shelf.found(model)}", language)
        table.add_row(name, model.kind, " ".join(model.languages), size, model.licence, found)
    Console(width=None if sys.stdout.isatty() else 200).print(table)
    print(messages.text("models.how", language))


@app.command()
def pull(
    names: Annotated[list[str], typer.Argument(metavar="NAME...", help="Names that `kombain models list` shows.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print the progress as JSON lines.")] = False,
    catalogue: List = None,
    config: Config = None,
) -> None:
    """Download models; what was cut short goes on. · Скачать модели."""
    from daemon import messages
    from daemon.cli.language import system_language

    known, shelf = _both(catalogue, config)
    wanted = {name: known.model(name) for name in names}  # a wrong name is told before anything is downloaded
    language = system_language()
    pull_all(
        {name: model for name, model in wanted.items() if shelf.found(model) != "here"},
        known,
        shelf,
        language,
        as_json=as_json,
    )
    for name, model in wanted.items():
        if not as_json:
            print(messages.text("models.ready", language, name=name))
            print(messages.text(f"models.use_{model.kind}", language, place=model.place, engine=model.engine))
    _tell_assistant(language, quiet=as_json)


def pull_all(
    wanted: dict[str, "Model"], known: "Catalogue", shelf: "Shelf", language: str, *, as_json: bool = False
) -> None:
    """Download models with their progress. Raises EngineError."""
    from daemon import messages
    from daemon.catalogue.fetch import Fetcher

    def again(why: str, seconds: float) -> None:
        print(messages.text("models.again", language, why=why, seconds=round(seconds)), file=sys.stderr)

    for name, model in wanted.items():
        with _progress(name, as_json=as_json) as report:
            shelf.pull(model, Fetcher(known.allowed, again=again), report)


@app.command()
def verify(
    names: Annotated[
        list[str] | None,
        typer.Argument(metavar="[NAME...]", help="Folders in models/ too; default: all."),
    ] = None,
    catalogue: List = None,
    config: Config = None,
) -> None:
    """Check the files of models against their checksums. · Проверить файлы моделей."""
    from daemon import messages
    from daemon.cli.language import system_language

    known, shelf = _both(catalogue, config)
    ours = {name: model for name, model in known.models.items() if shelf.found(model) == "here"}
    pulled = {model.place for model in ours.values() if shelf.recorded(model)}
    folders = {path.name: path for path in shelf.pipelines() if path.name not in pulled}
    if names:
        folders = {name: path for name, path in folders.items() if name in names}
        ours = {name: known.model(name) for name in names if name not in folders}
    wanted = {name: model for name, model in ours.items() if model.place not in folders}
    language, status = system_language(), 0
    if not wanted and not folders:
        print(messages.text("models.none", language))
    for name, model in wanted.items():
        wrong = shelf.verify(model)
        for file, why in wrong.items():
            status = status if why == "unknown" else 1
            print(messages.text(f"models.file_{why}", language, name=name, file=file))
        if not wrong:
            print(messages.text("models.whole", language, name=name))
    for name, path in folders.items():
        status = max(status, _verified(name, path, language))
    raise typer.Exit(status)


def _verified(name: str, path: Path, language: str) -> int:
    """Check a folder that came from the hub by what the hub's tools noted; return the exit status."""
    from daemon import messages
    from daemon.catalogue import hub

    if not hub.published(path):
        print(messages.text("models.hub_unknown", language, name=name))
        return 0
    wrong = hub.changed(path)
    for file in wrong:
        print(messages.text("models.hub_changed", language, file=path / file))
    if not wrong:
        print(messages.text("models.whole", language, name=name))
    return 1 if wrong else 0


@app.command()
def remove(
    name: Annotated[str, typer.Argument(help="A name that `kombain models list` shows.")],
    catalogue: List = None,
    config: Config = None,
) -> None:
    """Remove a model's files. · Удалить файлы модели."""
    from daemon import messages
    from daemon.cli.language import system_language

    known, shelf = _both(catalogue, config)
    some, language = shelf.remove(known.model(name)), system_language()
    print(messages.text("models.removed" if some else "models.not_here", language, name=name))
    if not some:
        raise typer.Exit(1)
    _tell_assistant(language, quiet=False)


def _both(catalogue: Path | None, config: Path | None) -> tuple["Catalogue", "Shelf"]:
    from daemon import log, paths
    from daemon.catalogue.entries import read
    from daemon.catalogue.shelf import Shelf
    from daemon.config import load

    log.start("error")
    state = load(paths.config(config)).state or paths.state()
    return read(catalogue), Shelf(state / "models")


def _tell_assistant(language: str, *, quiet: bool) -> None:
    """Have a running assistant take up what has come or gone."""
    from daemon import messages
    from daemon.cli.remote import running
    from daemon.cli.steer import RELOAD_S
    from daemon.errors import KombainError

    try:
        if (remote := running()) is None:
            return
        with remote:
            remote.ask("reload", patience=RELOAD_S, language=language)
    except KombainError as error:  # the model is here all the same
        print(error.text(language), file=sys.stderr)
    else:
        if not quiet:
            print(messages.text("models.taken_up", language))


@contextmanager
def _progress(name: str, *, as_json: bool) -> Iterator[Callable[["Step"], None]]:
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn, TransferSpeedColumn

    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TransferSpeedColumn())
    bars = Progress(*columns, TimeRemainingColumn(), console=console, disable=as_json or not console.is_terminal)
    lines = _Lines(name, as_json=as_json)

    def report(step: "Step") -> None:
        if bars.disable:
            lines.tell(step)
            return
        if step.file != bars.tasks[0].description:
            bars.reset(bars.task_ids[0], description=step.file, total=step.progress.total)
        bars.update(bars.task_ids[0], completed=step.progress.done, total=step.progress.total)

    with bars:
        bars.add_task(name, total=None)
        yield report


class _Lines:
    """Writes a line at every tenth of a file, for logs, and as JSON for programs."""

    def __init__(self, name: str, *, as_json: bool) -> None:
        self._name = name
        self._as_json = as_json
        self._file = ""

    def tell(self, step: "Step") -> None:
        from daemon import messages
        from daemon.cli.language import system_language

        done, total = step.progress.done, step.progress.total
        if step.file != self._file:
            self._file, self._told, self._began, self._first = step.file, -1.0, time.monotonic(), done
        share = done / total if total else 0.0
        if share < self._told + FINE and done != total:
            return
        self._told = share
        speed = (done - self._first) / max(time.monotonic() - self._began, 1e-3)
        left = (total - done) / speed if total and speed else None
        if self._as_json:
            told = {"event_type": "model_progress", "model": self._name, "file": step.file, "done": done}
            print(json.dumps({**told, "total": total, "speed": round(speed), "remaining": left}), flush=True)
        else:
            values = {"file": step.file, "mb": done / 1e6, "share": round(100 * share), "speed": speed / 1e6}
            code = "models.progress" if left is not None else "models.progress_open"
            print(messages.text(code, system_language(), **values, left=round(left or 0)), file=sys.stderr, flush=True)
