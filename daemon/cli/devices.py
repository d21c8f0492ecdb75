"""`kombain devices` and `kombain mic-test`: what there is to hear and speak with, and how well it hears."""

import contextlib
import json
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from daemon.config import Config
    from daemon.ears.meter import Meter

BAR, LOWEST_DB = 40, -70.0


def devices(
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    config: Annotated[Path | None, typer.Option(readable=False, help="Config file.")] = None,
) -> None:
    """List microphones and speakers, and which are used. · Показать микрофоны и динамики."""
    from rich.console import Console
    from rich.table import Table

    from daemon import messages, paths
    from daemon.audio.devices import devices as found
    from daemon.audio.devices import sounddevice
    from daemon.cli.language import system_language
    from daemon.config import load

    settings, language = load(paths.config(config)), system_language()
    known = found(sounddevice("ears.no_portaudio"), settings.ears.device, settings.speaker.device)
    if as_json:
        print(json.dumps([asdict(one) for one in known], ensure_ascii=False))
        return
    if not known:
        print(messages.text("devices.none", language))
        return
    table = Table(*(messages.text(f"devices.{name}", language) for name in ("kind", "name", "format", "use")))
    for one in known:
        uses = [messages.text(f"devices.{name}", language) for name in ("used", "default") if getattr(one, name)]
        form = messages.text("devices.rate", language, rate=one.rate, channels=one.channels)
        table.add_row(messages.text(f"devices.{one.kind}", language), one.name, form, ", ".join(uses))
    Console(width=None if sys.stdout.isatty() else 200).print(table)
    print(messages.text("devices.how", language))


def mic_test(
    seconds: Annotated[float, typer.Option(help="How long to listen.", min=1, max=3600)] = 15.0,
    as_json: Annotated[bool, typer.Option("--json", help="Print only the result, as JSON.")] = False,
    config: Annotated[Path | None, typer.Option(readable=False, help="Config file.")] = None,
) -> None:
    """Show what the microphone hears: level, noise, wake word. · Проверить микрофон."""
    from daemon import log, paths
    from daemon.cli.language import system_language
    from daemon.config import load

    log.start("error")
    settings, language = load(paths.config(config)), system_language()
    with shown(language, quiet=as_json) as show:
        meter, hits = measured(settings, seconds, show)
    troubles = meter.troubles()
    if as_json:
        scores = {word: round(score, 3) for word, score in meter.scores.items()}
        levels = {"noise": round(meter.noise, 1), "speech": round(meter.speech, 1)}
        print(json.dumps({**levels, "scores": scores, "woken": hits, "troubles": troubles}))
    else:
        tell(meter, hits, troubles or ["fine"], language)
    if troubles:
        raise typer.Exit(1)


def tell(meter: "Meter", hits: dict[str, int], verdicts: list[str], language: str) -> None:
    """Print what was measured, and the verdicts on it."""
    from daemon import messages

    print(messages.text("mic_test.levels", language, noise=meter.noise, speech=meter.speech))
    for word, score in meter.scores.items():
        code = "mic_test.woken" if hits[word] else "mic_test.not_woken"
        print(messages.text(code, language, word=word, score=score, n=hits[word]))
    for verdict in verdicts:
        print(messages.text(f"mic_test.{verdict}", language))


Show = Callable[["Meter", str | None], None]
"""Shows the state of things after a frame, and the wake word that was heard in it."""


def measured(
    settings: "Config", seconds: float, show: Show, *, times: int | None = None
) -> tuple["Meter", dict[str, int]]:
    """Listen for so long, or until a wake word was heard so many `times`; return the meter and how often each was.

    Raises AudioError, EngineError.
    """
    from daemon import paths
    from daemon.ears.child import built, open_source
    from daemon.ears.meter import Meter
    from daemon.ears.pcm import FRAME
    from daemon.ears.source import State
    from daemon.ears.wake import Detector
    from daemon.errors import AudioError
    from daemon.types import RATE

    models = (settings.state or paths.state()) / "models"
    wake, vad = (built(section, models) for section in (settings.ears.wake, settings.ears.vad))
    for engine in (wake, vad):
        engine.load()
    detector, meter, hits = Detector(wake.words), Meter(), dict.fromkeys(wake.words, 0)
    at, deadline = 0, time.monotonic() + seconds
    with contextlib.suppress(KeyboardInterrupt), open_source(settings.ears) as source:  # Ctrl-C: that was enough
        for piece in source:
            if isinstance(piece, State) and piece.state == "lost":
                raise AudioError(piece.why, **piece.values)
            if isinstance(piece, bytes):
                at += FRAME
                scores = wake.score(piece)
                hit = detector.hear(scores, at)
                meter.hear(piece, voiced=any(vad.voiced(piece)), scores=scores)
                if hit is not None:
                    hits[hit.word] += 1
                show(meter, hit.word if hit else None)
            enough = times is not None and sum(hits.values()) >= times
            if enough or at >= seconds * RATE or time.monotonic() > deadline:
                break
    return meter, hits


@contextmanager
def shown(language: str, *, quiet: bool) -> Iterator[Show]:
    """Show a live meter on a terminal, else only the wake words as they are heard."""
    from rich.console import Console
    from rich.live import Live
    from rich.text import Text

    from daemon import messages

    console = Console(stderr=True)
    live = Live(console=console, transient=True, auto_refresh=False)

    def show(meter: "Meter", heard: str | None) -> None:
        if heard and not quiet:
            console.print(messages.text("mic_test.heard", language, word=heard))
        if live.is_started:
            share = min(max((meter.level - LOWEST_DB) / -LOWEST_DB, 0.0), 1.0)
            bar = "█" * round(BAR * share)
            live.update(Text(f"{bar:<{BAR}} {meter.level:6.1f} dB"), refresh=True)

    if not quiet:
        console.print(messages.text("mic_test.speak", language))
    if quiet or not console.is_terminal:
        yield show
        return
    with live:
        yield show
