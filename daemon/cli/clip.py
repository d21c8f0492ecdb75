"""`kombain clip`: a clip of a text, by the running assistant, or once in this process where none runs."""

from pathlib import Path
from typing import Annotated, Any

import typer

from daemon.cli.draw import Count, Guidance, Height, Image, Negative, Priority, Steps, Strength, Width, make


def clip(
    prompt: Annotated[str, typer.Argument(help="What to film, in English or Russian.")],
    out: Annotated[Path | None, typer.Option(readable=False, help="MP4 or WebM file to write.")] = None,
    language: Annotated[str | None, typer.Option(help="en or ru; default: the text's own.")] = None,
    seed: Annotated[int | None, typer.Option(help="The same seed gives the same clip.")] = None,
    engine: Annotated[str | None, typer.Option(help="Film here, with this engine instead of the config's.")] = None,
    negative: Negative = None,
    width: Width = None,
    height: Height = None,
    steps: Steps = None,
    guidance: Guidance = None,
    strength: Strength = None,
    image: Image = None,
    count: Count = None,
    priority: Priority = None,
    config: Annotated[Path | None, typer.Option(readable=False, help="Film here, by this config file.")] = None,
) -> None:
    """Make a clip. · Сделать ролик."""
    making: dict[str, Any] = {"seed": seed, "negative": negative, "width": width, "height": height, "steps": steps}
    making |= {"guidance": guidance, "strength": strength, "image": image, "count": count, "priority": priority}
    make("clip", {"prompt": prompt, "language": language, **making}, out, engine, config)
