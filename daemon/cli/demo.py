"""`kombain demo`: the main job on real parts, without microphone, GPU or model hub."""

import asyncio
import sys
from pathlib import Path
from typing import Annotated

import typer


def demo(
    say: Annotated[list[str] | None, typer.Option(help="What to say; may be given several times.")] = None,
    audio: Annotated[Path | None, typer.Option(readable=False, help="A recording to hear instead.")] = None,
    mic: Annotated[bool, typer.Option("--mic", help="Use the real microphone and speaker.")] = False,
    language: Annotated[str | None, typer.Option(help="en or ru; default: that of --say, else the system's.")] = None,
    out: Annotated[Path, typer.Option(readable=False, help="Where pictures, clips and replies go.")] = Path("demo-out"),
    as_json: Annotated[bool, typer.Option("--json", help="Print the events as JSON lines.")] = False,
    config: Annotated[Path | None, typer.Option(readable=False, help="Config file, for engines and models.")] = None,
) -> None:
    """Show the main job: speech becomes a picture, a clip and spoken answers. · Показать, что умеет помощник."""
    from daemon import log
    from daemon.cli.language import checked, system_language
    from daemon.config import load
    from daemon.demo.show import Wishes, show
    from daemon.errors import ConfigError

    language = checked(language or (None if say else system_language()), " ".join(say or ()))
    try:
        out.mkdir(parents=True, exist_ok=True)
        (out / ".writable").touch()
        (out / ".writable").unlink()
    except OSError as error:
        raise ConfigError("demo.out", path=out, why=error.strerror) from error
    log.start("error")
    wishes = Wishes(tuple(say or ()), audio, mic, language, system_language(), out.resolve(), as_json)
    succeeded = asyncio.run(show(wishes, load(config)))
    sys.exit(0 if succeeded else 1)
