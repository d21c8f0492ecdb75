"""espeak-ng as a program: a robot's voice, but it is everywhere, starts in 20 ms and knows both languages."""

import shutil
import struct
import subprocess
from collections.abc import Iterator
from pathlib import Path
from threading import Timer
from typing import IO, ClassVar

from pydantic import Field

from daemon.engines import base
from daemon.errors import EngineError
from daemon.types import Pcm

PROGRAM = "espeak-ng"
HEADER = 44
PIECE, LARGEST = 0.1, 0.8
"""Seconds of sound in the first piece, which must come soon, and in the last: each is twice the one before."""


class Engine:
    """Text to speech by the espeak-ng program, one short-lived process a sentence. Source: espeak-ng(1)."""

    class Options(base.Options):
        """How espeak-ng speaks."""

        voices: dict[str, str] = Field(
            {"en": "en-us", "ru": "ru"}, description="espeak-ng's voice for each language, see `espeak-ng --voices`"
        )
        speed: int = Field(160, ge=80, le=450, description="words a minute")
        pitch: int = Field(45, ge=0, le=99, description="how high the voice is")
        timeout: float = Field(20.0, gt=0, description="seconds after which one sentence is given up")

    requires: ClassVar[tuple[str, ...]] = (PROGRAM,)
    memory_mb: ClassVar[int] = 10

    def __init__(self, options: "Engine.Options", *, models: Path) -> None:
        """`models` is not used: the voices come with the program."""
        self._options = options
        self._models = models
        self.languages: tuple[str, ...] = ()

    @classmethod
    def missing(cls, options: "Engine.Options", *, models: Path) -> str | None:  # noqa: ARG003 - the protocol's
        """Return "engine.no_espeak" when the program is not there."""
        return None if shutil.which(PROGRAM) else "engine.no_espeak"

    def load(self) -> None:
        """Try every voice once. Raises EngineError `engine.no_espeak` or `engine.espeak_voice`."""
        for voice in self._options.voices.values():
            command = [PROGRAM, "-q", "-v", voice, "-b", "1", "--stdin"]
            try:
                result = subprocess.run(command, input=b"", capture_output=True, timeout=10, check=False)
            except FileNotFoundError as error:
                raise EngineError("engine.no_espeak") from error
            except (OSError, subprocess.TimeoutExpired) as error:
                raise EngineError("engine.espeak_failed", why=str(error)) from error
            if result.returncode:
                raise EngineError("engine.espeak_voice", voice=voice)
        self.languages = tuple(self._options.voices)

    def speak(self, text: str, language: str) -> Iterator[Pcm]:
        """Yield the sound as the program makes it. Raises EngineError."""
        text = text.replace("[[", " ").replace("\0", " ").strip()  # espeak-ng reads [[ ]] as phonemes
        if text:
            yield from self._run(text.encode("utf-8", "ignore"), self._command(language))

    def _command(self, language: str) -> list[str]:
        options = self._options
        if language not in options.voices:
            raise EngineError("engine.no_voice", language=language, engine="espeak")
        settings = ["-v", options.voices[language], "-s", str(options.speed), "-p", str(options.pitch)]
        return [PROGRAM, *settings, "-b", "1", "--stdin", "--stdout"]

    def _run(self, text: bytes, command: list[str]) -> Iterator[Pcm]:
        try:
            process = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
            )
        except FileNotFoundError as error:
            raise EngineError("engine.no_espeak") from error
        except OSError as error:
            raise EngineError("engine.espeak_failed", why=str(error)) from error
        late = Timer(self._options.timeout, process.kill)
        late.daemon = True
        late.start()
        try:
            with process:
                try:
                    yield from _sound(process, text)
                finally:
                    process.kill()  # no harm when it has ended; at once when the listener has stopped
        finally:
            late.cancel()


def _sound(process: subprocess.Popen[bytes], text: bytes) -> Iterator[Pcm]:
    assert process.stdin is not None  # noqa: S101 - both are pipes
    assert process.stdout is not None  # noqa: S101
    try:
        process.stdin.write(text)
        process.stdin.close()
    except BrokenPipeError:
        process.stdin = None  # it has died: its status below says so
    rate = _rate(process.stdout)
    seconds = PIECE
    while rate and (piece := process.stdout.read(int(rate * seconds) * 2)):
        yield Pcm(piece[: len(piece) // 2 * 2], rate)
        seconds = min(2 * seconds, LARGEST)
    if process.wait():
        raise EngineError("engine.espeak_failed", why=f"status {process.returncode}")


def _rate(stream: IO[bytes]) -> int:
    """Read the WAV header and return its sample rate, 0 when there is none (nothing to say, or it died)."""
    header = stream.read(HEADER)
    if len(header) < HEADER or header[:4] != b"RIFF" or header[8:12] != b"WAVE":
        return 0
    return int(struct.unpack_from("<I", header, 24)[0])
