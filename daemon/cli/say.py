"""`kombain say`: a text spoken by the running assistant, or once in this process: to a file, or where none runs."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from daemon.types import Pcm


def say(
    text: Annotated[str, typer.Argument(help="What to say.")],
    out: Annotated[
        Path | None, typer.Option(readable=False, help="WAV file to write; without it the speaker plays.")
    ] = None,
    language: Annotated[str | None, typer.Option(help="en or ru; default: the text's own.")] = None,
    engine: Annotated[str | None, typer.Option(help="Engine instead of the config's, e.g. espeak.")] = None,
    config: Annotated[Path | None, typer.Option(readable=False, help="Config file.")] = None,
) -> None:
    """Speak a text, to a file or aloud. · Произнести текст — в файл или вслух."""
    from daemon import messages, paths
    from daemon.audio.wav import WavWriter
    from daemon.cli.language import checked, system_language
    from daemon.config import load
    from daemon.workers.speaking import Service

    language = checked(language, text)
    if out is None and engine is None and config is None:
        from daemon.cli.follow import said_by_assistant
        from daemon.cli.notice import notice

        if said_by_assistant(text, language):
            return
        notice(messages.text("control.once", system_language()))
    settings = load(paths.config(config))
    section = settings.tts.model_dump(mode="json") | ({"engine": engine} if engine else {})
    models = (settings.state or paths.state()) / "models"
    service = Service({"tts": section, "models": str(models)})
    speaker = service.load()["voices"][language]["engine"]
    sound = service.speak(text, language)
    if out is not None:
        with WavWriter(out) as file:
            for piece in sound:
                file.write(piece)
        seconds = file.seconds
    else:
        seconds = play(sound, settings.speaker.device, settings.speaker.volume)
    told = {"seconds": seconds, "engine": speaker}
    if not seconds:
        print(messages.text("say.nothing", system_language()))
    elif out is not None:
        print(messages.text("say.wrote", system_language(), path=out, **told))
    else:
        print(messages.text("say.played", system_language(), **told))


def play(pieces: Iterator[Pcm], device: str, volume: int) -> float:
    """Play to the end and return the seconds; raises AudioError where there is no sound card."""
    from daemon.audio.options import SpeakerOptions
    from daemon.audio.speaker import Sound, Speaker
    from daemon.errors import AudioError

    speaker = Speaker(SpeakerOptions(device=device))
    speaker.open()
    sound = Sound(speaker.rate, volume)
    seconds = 0.0
    for piece in pieces:
        sound.write(piece)
        seconds += len(piece.pcm) / 2 / piece.rate
    sound.finish()
    if seconds:
        speaker.start(sound)
    while seconds and not sound.over(time.monotonic()):
        if speaker.lost:
            raise AudioError("speaker.lost", name=speaker.name)
        time.sleep(0.02)
    speaker.close()
    return seconds
