"""`kombain draw`: a picture of a text, by the running assistant, or once in this process where none runs."""

import time
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Any

import typer

Negative = Annotated[str | None, typer.Option(help="What not to show.")]
Width = Annotated[int | None, typer.Option(help="Pixels.")]
Height = Annotated[int | None, typer.Option(help="Pixels.")]
Steps = Annotated[int | None, typer.Option(help="Denoising steps.")]
Guidance = Annotated[float | None, typer.Option(help="How closely to follow the words.")]
Strength = Annotated[float | None, typer.Option(help="How far to go from --image, 0 to 1.")]
Count = Annotated[int | None, typer.Option(help="How many, each with the next seed; 1 to 10.")]
Priority = Annotated[str | None, typer.Option(help="now, normal or later: before what waits, in turn, or after it.")]
Image = Annotated[str | None, typer.Option(help="A picture to start from: a file, an id of the gallery, or “last”.")]


def draw(
    prompt: Annotated[str, typer.Argument(help="What to draw, in English or Russian.")],
    out: Annotated[Path | None, typer.Option(readable=False, help="PNG file to write.")] = None,
    language: Annotated[str | None, typer.Option(help="en or ru; default: the text's own.")] = None,
    seed: Annotated[int | None, typer.Option(help="The same seed gives the same picture.")] = None,
    engine: Annotated[str | None, typer.Option(help="Draw here, with this engine instead of the config's.")] = None,
    negative: Negative = None,
    width: Width = None,
    height: Height = None,
    steps: Steps = None,
    guidance: Guidance = None,
    strength: Strength = None,
    image: Image = None,
    count: Count = None,
    priority: Priority = None,
    config: Annotated[Path | None, typer.Option(readable=False, help="Draw here, by this config file.")] = None,
) -> None:
    """Draw a picture. · Нарисовать картинку."""
    making: dict[str, Any] = {"seed": seed, "negative": negative, "width": width, "height": height, "steps": steps}
    making |= {"guidance": guidance, "strength": strength, "image": image, "count": count, "priority": priority}
    make("picture", {"prompt": prompt, "language": language, **making}, out, engine, config)


def make(
    kind: str, request: dict[str, Any], out: Path | None, engine: str | None = None, config: Path | None = None
) -> None:
    """Have a picture or clip made: by the running assistant, or here: by `engine` or `config`, or where none runs.

    `request` holds None for what was not given. Raises ConfigError for a wrong file name or language, CommandError for
    a value out of bounds, JobError for a picture that can't be, EngineError where the engine can't do it.
    """
    from daemon import film, messages
    from daemon.cli.follow import made_by_assistant
    from daemon.cli.language import checked, system_language
    from daemon.cli.notice import notice
    from daemon.cli.output import check, numbered
    from daemon.commands import following
    from daemon.engines import load

    request = _checked({**request, "language": checked(request["language"], request["prompt"])}, kind)
    if out is not None:
        suffix = load.find(kind, engine or "sketch").suffix
        check(out, film.MIMES if suffix in film.MIMES else (suffix,))
    if engine is None and config is None:
        if made_by_assistant(kind, request, out):
            return
        notice(messages.text("control.once", system_language()))
    request.pop("priority", None)  # here nothing waits
    for number, to in enumerate(numbered(out, request.pop("count", None) or 1)):
        make_once(kind, following(request, number), to, engine, config)


def _checked(request: dict[str, Any], kind: str) -> dict[str, Any]:
    """Return what was given, with the picture to start from as an absolute path. Raises CommandError, JobError."""
    from daemon.cli.gallery import path_of
    from daemon.commands import MAKING, build
    from daemon.gallery.image import checked

    if given := request.get("image"):
        file = Path(given).absolute()
        request["image"] = str(checked(file if file.exists() or "/" in given else path_of(given)))
    making = {name: value for name, value in request.items() if name in MAKING}
    if request["prompt"].strip():  # an engine says it better that there is nothing to draw
        making = dict(build("draw" if kind == "picture" else "clip", {"text": request["prompt"], **making}).making)
    return {"prompt": request["prompt"], "language": request["language"], **making}


def make_once(
    kind: str, request: dict[str, Any], out: Path | None = None, name: str | None = None, config: Path | None = None
) -> None:
    """Run the config's engine, or that of `name`, here; show its progress, put the whole file in place at once.

    Without `out` it lies in the current folder, named by the time. Where the engine needs a picture and `request` has
    none, the config's picture engine makes it first. Raises as `make` does.
    """
    from daemon import messages, paths
    from daemon.cli.language import system_language
    from daemon.cli.output import unused, whole
    from daemon.config import load
    from daemon.gallery import imprint
    from daemon.translation.writing import TRANSLATION
    from daemon.workers.choice import choose

    settings = load(paths.config(config))
    section = getattr(settings, kind).model_dump(mode="json") | ({"engine": name} if name else {})
    models = (settings.state or paths.state()) / "models"
    choice = choose(kind, section, models)
    out = out or unused(Path(f"kombain-{datetime.now().astimezone():%Y%m%d-%H%M%S}{choice.suffix}"))
    began = time.monotonic()
    with whole(out, out.suffix.lower()) as passing, TemporaryDirectory() as folder:
        if choice.engine.needs_image and not request.get("image"):
            first = choose("picture", settings.picture.model_dump(mode="json"), models)
            picture = Path(folder) / f"picture{first.suffix}"
            request = translated(request, first.engine, settings.translate)
            _watched(first.engine, request, picture, "picture")
            request = {**request, "image": str(picture)}
        request = translated(request, choice.engine, settings.translate)
        made = _watched(choice.engine, request, passing, kind)
        told = {**made.meta, "prompt": request["prompt"]} if TRANSLATION in request else made.meta
        imprint.write(passing, imprint.card(kind, request, told, choice.settings))
    told = {**made.meta, "path": out, "took": time.monotonic() - began}
    print(messages.text(f"draw.wrote_{kind}", system_language(), **told))
    if TRANSLATION in request:
        print(messages.text("draw.translated", system_language(), english=request[TRANSLATION]))
    if made.meta["missing"]:
        print(messages.text("draw.missing", system_language(), words=", ".join(made.meta["missing"])))


def translated(request: dict[str, Any], engine: Any, options: Any) -> dict[str, Any]:
    """Return `request`, with its prompt in English too where `engine` can't read it. Raises EngineError."""
    from daemon.translation.translator import english
    from daemon.translation.writing import TRANSLATION, is_read

    if is_read(request["prompt"], getattr(engine, "reads", ())) or TRANSLATION in request:
        return request
    return {**request, TRANSLATION: english(request["prompt"], options, lambda: None)}


def _watched(engine: Any, request: dict[str, Any], path: Path, kind: str) -> Any:
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    from daemon import messages
    from daemon.cli.language import system_language
    from daemon.translation.writing import readable

    label = messages.text("draw.filming" if kind == "clip" else "draw.working", system_language())
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    console = Console(stderr=True)
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task(label, total=1.0)
        engine.load()
        return engine.make(
            readable(request, getattr(engine, "reads", ())), path, lambda share: progress.update(task, completed=share)
        )
