"""`kombain wake train`: a wake word of one's own, from a phrase alone."""

import contextlib
import datetime as dt
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

FULL_MINUTES = 150.0
"""What the whole recipe takes on one core, near enough."""
QUICK = 0.1

app = typer.Typer(help="Wake words of your own. · Свои слова пробуждения.", no_args_is_help=True)


@app.callback()
def wake() -> None:
    """Wake words of your own. · Свои слова пробуждения."""


@app.command()
def train(
    phrases: Annotated[
        list[str], typer.Argument(metavar="PHRASE...", help="The wake phrase; more for other ways to say it.")
    ],
    language: Annotated[
        str | None, typer.Option(help="espeak-ng's language: en, ru, de ...; default: by script.")
    ] = None,
    name: Annotated[str | None, typer.Option(help="Name of the word in the config; default: from the phrase.")] = None,
    out: Annotated[Path | None, typer.Option(readable=False, help="Folder; default: models/wake of the state.")] = None,
    minutes: Annotated[float | None, typer.Option(help="About how long it may take.", min=1, max=600)] = None,
    quick: Annotated[
        bool, typer.Option("--quick", help="A tenth of everything: to try whether a phrase is any good.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as JSON.")] = False,
    config: Annotated[Path | None, typer.Option(readable=False, help="Config file.")] = None,
) -> None:
    """Train a wake word with synthetic voices. · Обучить слово пробуждения на синтезированных голосах."""
    from daemon import log, paths
    from daemon.cli.language import language_of
    from daemon.config import load
    from daemon.engines.wake.openwakeword import BUILT_IN
    from daemon.errors import ConfigError
    from daemon.wakewords.phrase import check_name, checked, name_of
    from daemon.wakewords.recipe import Recipe, Scale
    from daemon.wakewords.shelf import Shelf
    from daemon.wakewords.voices import check_sayable

    log.start("error")
    if minutes is not None and quick:
        raise ConfigError("wake_train.either")
    phrases = [checked(phrase) for phrase in phrases]
    language = language or language_of(phrases[0])
    name = check_name(name if name is not None else name_of(phrases[0]), BUILT_IN)
    for phrase in phrases:
        check_sayable(phrase, language)
    state = load(paths.config(config)).state or paths.state()
    folder = out if out is not None else state / "models" / "wake"
    share = QUICK if quick else minutes * len(os.sched_getaffinity(0)) / FULL_MINUTES if minutes else 1.0
    with _telling_of_files(folder):
        _try_folder(folder)
        with _progress() as step:
            trained = Recipe(phrases, language, Scale().times(share), Shelf(state / "cache" / "wake"), step).make()
        card = _card(phrases, language, trained)
        _keep(folder, name, card, trained)
    if as_json:
        print(json.dumps(_report(folder / f"{name}.onnx", card, trained), ensure_ascii=False))
    else:
        _tell(folder, name, card, trained, by_name=out is None)


@contextlib.contextmanager
def _telling_of_files(folder: Path) -> Iterator[None]:
    from concurrent.futures.process import BrokenProcessPool

    from daemon.errors import EngineError

    try:
        yield
    except BrokenProcessPool as error:
        raise EngineError("wake_train.died") from error
    except OSError as error:
        raise EngineError(
            "wake_train.unwritable", path=error.filename or folder, why=error.strerror or error
        ) from error


def _try_folder(folder: Path) -> None:
    """Raise OSError now for a folder that can't be written to later."""
    from daemon.passing import possible

    folder.mkdir(parents=True, exist_ok=True)
    possible(folder)


@contextlib.contextmanager
def _progress() -> Iterator[Any]:
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

    from daemon import messages
    from daemon.cli.language import system_language

    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal) as progress:
        stages = ("phrase", "near", "other", "training", "judging")
        tasks = {
            stage: progress.add_task(messages.text(f"wake.stage.{stage}", system_language()), total=1.0, start=False)
            for stage in stages
        }

        def step(stage: str, share: float) -> None:
            progress.start_task(tasks[stage])
            progress.update(tasks[stage], completed=share)

        yield step


def _card(phrases: list[str], language: str, trained: Any) -> Any:
    from daemon.wakewords.card import Card
    from daemon.wakewords.phrase import spellings
    from daemon.wakewords.voices import foreign, version, voices

    return Card(
        phrases=tuple(phrases),
        language=language,
        threshold=trained.chosen.threshold,
        patience=trained.chosen.patience,
        spellings=tuple(spellings(phrases)),
        made=dt.datetime.now(dt.UTC).date().isoformat(),
        synthesizers=version(),
        voices=tuple(voice.name for voice in (*voices(language, "training"), *foreign(trained.accents))),
        unseen=trained.unseen,
        validation=trained.validation,
        test=trained.test,
    )


def _keep(folder: Path, name: str, card: Any, trained: Any) -> None:
    """Write card, picture and model; each appears whole, the model last."""
    from daemon.cli.language import system_language
    from daemon.passing import written
    from daemon.wakewords import onnx
    from daemon.wakewords.chart import drawn

    language = system_language()
    for suffix, content in (
        (".json", card.model_dump_json(indent=1).encode() + b"\n"),
        (".svg", drawn(trained.curves, trained.chosen, _words(name, card, language), language).encode()),
        (".onnx", onnx.encoded(trained.network)),
    ):
        with written(folder / f"{name}{suffix}") as file:
            file.write(content)


def _words(name: str, card: Any, language: str) -> dict[str, str]:
    from daemon import messages

    keys = ("rejects", "accepts", "none", "chosen", "bar", "validation", "test")
    words = {key: messages.text(f"wake.chart.{key}", language) for key in keys}
    below = messages.text("wake.chart.below", language, hours=card.test.hours, voices=len(card.unseen))
    return words | {"title": f"{name}: {', '.join(card.phrases)}", "below": below}


def _report(model: Path, card: Any, trained: Any) -> dict[str, Any]:
    from dataclasses import asdict

    curves = {part: [asdict(point) for point in points] for part, points in trained.curves.items()}
    return {"model": str(model), "card": card.model_dump(mode="json"), "curves": curves}


def _tell(folder: Path, name: str, card: Any, trained: Any, *, by_name: bool) -> None:
    from daemon import messages
    from daemon.cli.language import system_language

    language = system_language()
    _table(trained, language)
    for part in ("validation", "test"):
        print(messages.text(f"wake.report.{part}", language, **getattr(card, part).model_dump()))
    print(messages.text("wake.report.clear", language, share=card.test.clear))
    if card.test.other_synthesizer is not None:
        print(messages.text("wake.report.other", language, share=card.test.other_synthesizer))
    print(messages.text(f"wake.report.{card.test.verdict}", language, hours=card.test.hours))
    print(messages.text("wake.report.wrote", language, model=folder / f"{name}.onnx", chart=folder / f"{name}.svg"))
    print(messages.text("wake.report.use", language))
    value = "{}" if by_name else f"{{path: {json.dumps(str((folder / name).absolute()) + '.onnx')}}}"
    print(f"ears:\n  wake:\n    openwakeword:\n      words:\n        {name}: {value}")


def _table(trained: Any, language: str) -> None:
    """Print the trade-off around the threshold that was taken."""
    from rich.console import Console
    from rich.table import Table

    from daemon import messages

    table = Table(title=messages.text("wake.table.title", language, patience=trained.chosen.patience))
    for column in ("threshold", "rejects_validation", "accepts_validation", "rejects_test", "accepts_test"):
        table.add_column(messages.text(f"wake.table.{column}", language), justify="right")
    rows = list(zip(trained.curves["validation"], trained.curves["test"], strict=True))
    middle = next(at for at, (point, _) in enumerate(rows) if point.threshold == trained.chosen.threshold)
    for at in sorted({middle, *range(middle % 4, len(rows), 4)}):
        cells = [f"{rows[at][0].threshold:.4f}" + (" ←" if at == middle else "  ")]
        for point in rows[at]:
            cells += [
                messages.number(point.false_rejects, ".1%", language),
                messages.number(point.per_hour, ".1f", language),
            ]
        table.add_row(*cells, style="bold" if at == middle else None)
    Console().print(table)
