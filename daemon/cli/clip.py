"""`kombain clip`: a clip of a text, made at once, without the daemon."""

from pathlib import Path
from typing import Annotated

import typer


def clip(
    prompt: Annotated[str, typer.Argument(help="What to film, in English or Russian.")],
    out: Annotated[Path, typer.Option(readable=False, help="MP4 file to write.")],
    language: Annotated[str | None, typer.Option(help="en or ru; default: the text's own.")] = None,
    seed: Annotated[int | None, typer.Option(help="The same seed gives the same clip.")] = None,
    engine: Annotated[str, typer.Option(help="Engine that films.")] = "sketch",
) -> None:
    """Make a clip. · Сделать ролик."""
    from daemon.cli.draw import make

    make("clip", {"prompt": prompt, "language": language, "seed": seed}, out, engine)
