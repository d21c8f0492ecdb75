"""`kombain draw`: a picture of a text, made at once, without the daemon."""

import os
import tempfile
import time
from pathlib import Path
from typing import Annotated, Any

import typer


def draw(
    prompt: Annotated[str, typer.Argument(help="What to draw, in English or Russian.")],
    out: Annotated[Path, typer.Option(readable=False, help="PNG file to write.")],
    language: Annotated[str | None, typer.Option(help="en or ru; default: the text's own.")] = None,
    seed: Annotated[int | None, typer.Option(help="The same seed gives the same picture.")] = None,
    engine: Annotated[str, typer.Option(help="Engine that draws.")] = "sketch",
) -> None:
    """Draw a picture. · Нарисовать картинку."""
    make("picture", {"prompt": prompt, "language": language, "seed": seed}, out, engine)


def make(kind: str, request: dict[str, Any], out: Path, name: str) -> None:
    """Run an engine here, show its progress, and put the finished file in place all at once.

    Raises ConfigError for a wrong file name or language, EngineError where the engine can't do it.
    """
    from daemon import messages
    from daemon.cli.language import language_of, system_language
    from daemon.engines import load
    from daemon.errors import ConfigError, EngineError
    from daemon.paths import state

    language = request["language"] or language_of(request["prompt"])
    if language not in messages.LANGUAGES:
        raise ConfigError("cli.language", language=language, known=", ".join(messages.LANGUAGES))
    engine = load.find(kind, name)
    if out.suffix.lower() != engine.suffix:
        raise ConfigError("drawing.suffix", path=out, suffix=engine.suffix)
    options, models = engine.Options(), state() / "models"
    if why := engine.missing(options, models=models):
        raise EngineError(why)
    began = time.monotonic()
    made = _into(out, engine(options, models=models), {**request, "language": language}, kind)
    told = {**made.meta, "path": out, "took": time.monotonic() - began}
    print(messages.text(f"draw.wrote_{kind}", system_language(), **told))
    if made.meta["missing"]:
        print(messages.text("draw.missing", system_language(), words=", ".join(made.meta["missing"])))


def _into(out: Path, engine: Any, request: dict[str, Any], kind: str) -> Any:
    """Make the file beside `out` under a passing name, then rename it: `out` is whole or untouched."""
    from daemon.errors import ConfigError

    try:
        if out.is_dir():
            raise IsADirectoryError(21, os.strerror(21))
        handle, name = tempfile.mkstemp(prefix=f".{out.stem[:40]}-", suffix=engine.suffix, dir=out.parent)
        os.close(handle)
    except (OSError, ValueError) as error:
        raise ConfigError("drawing.unwritable", path=out, why=getattr(error, "strerror", None) or error) from error
    passing = Path(name)
    try:
        made = _watched(engine, request, passing, kind)
        passing.chmod(0o666 & ~_umask())
        passing.replace(out)
    except OSError as error:
        raise ConfigError("drawing.unwritable", path=out, why=error.strerror) from error
    finally:
        passing.unlink(missing_ok=True)
    return made


def _watched(engine: Any, request: dict[str, Any], path: Path, kind: str) -> Any:
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    from daemon import messages
    from daemon.cli.language import system_language

    label = messages.text("draw.filming" if kind == "clip" else "draw.working", system_language())
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    console = Console(stderr=True)
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task(label, total=1.0)
        engine.load()
        return engine.make(request, path, lambda share: progress.update(task, completed=share))


def _umask() -> int:
    """Return the mode bits that the user keeps from new files."""
    mask = os.umask(0)
    os.umask(mask)
    return mask
