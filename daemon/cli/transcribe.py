"""`kombain transcribe`: the words of a recording, without wake words."""

import json
from itertools import chain
from pathlib import Path
from typing import Annotated

import typer


def transcribe(
    file: Annotated[
        Path, typer.Argument(readable=False, help="The recording: WAV, FLAC, Ogg, MP3 ...", show_default=False)
    ],
    language: Annotated[str | None, typer.Option(help="Its language; default: detected.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print a JSON object an utterance.")] = False,
    config: Annotated[Path | None, typer.Option(readable=False, help="Config file.")] = None,
) -> None:
    """Write down what a recording says. · Расшифровать запись."""
    from daemon import messages, paths
    from daemon.audio.files import read_blocks
    from daemon.cli.language import system_language
    from daemon.cli.notice import notice
    from daemon.config import load
    from daemon.ears.pcm import FRAME
    from daemon.ears.segment import Endpointing
    from daemon.ears.utterances import utterances
    from daemon.engines.load import find
    from daemon.errors import ConfigError
    from daemon.transcription.choice import loaded

    blocks = read_blocks(file, FRAME)
    first = next(blocks)  # an unreadable file is told before the model is loaded
    settings = load(paths.config(config))
    models = (settings.state or paths.state()) / "models"
    engine, _ = loaded(settings.stt.model_dump(mode="json"), models)
    if language is not None and language not in engine.languages:
        raise ConfigError("stt.language", language=language, known=", ".join(engine.languages))
    if engine.stand_in:
        notice(messages.text("stt.stand_in", system_language()))
    section = settings.ears.vad
    vad = find("vad", section.engine)(section.options(section.engine), models=models)
    vad.load()
    rules = Endpointing(silence=settings.ears.endpointing.silence, limit=settings.ears.endpointing.limit)

    for spoken in utterances(chain([first], blocks), vad, rules):
        session = engine.session("", language, 0.0)
        session.feed(spoken.pcm)
        said = session.finish()
        if not said.text:
            continue
        if as_json:
            body = {"start": round(spoken.start, 2), "end": round(spoken.end, 2), "text": said.text}
            print(
                json.dumps({**body, "language": said.language, "score": round(said.score, 3)}, ensure_ascii=False),
                flush=True,
            )
        else:
            print(f"[{spoken.start:7.2f} – {spoken.end:7.2f}]  {said.text}", flush=True)
