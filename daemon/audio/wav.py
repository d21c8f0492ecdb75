"""A WAV file that is written while its sound is made, and appears whole or not at all."""

import wave
from pathlib import Path
from types import TracebackType
from typing import Self

from daemon.audio.resample import Resampler
from daemon.errors import AudioError
from daemon.types import Pcm


def part_of(path: Path) -> Path:
    """Return where the file stands while it is written: a writer that was killed leaves it behind."""
    return path.with_name(f".{path.name}.part")


class WavWriter:
    """Writes `path` (16-bit mono, the rate of its first piece): a part file, renamed at the end of the `with` block.

    A block that is left by an exception leaves nothing, nor does a writer that was given nothing or failed.
    Raises AudioError `speaker.unwritable`.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._part = part_of(path)
        self._wave: wave.Wave_write | None = None
        self._resampler: Resampler | None = None
        self._broken = False
        self._came = self._rate = self._samples = 0

    @property
    def seconds(self) -> float:
        """How much has been written."""
        return self._samples / self._rate if self._rate else 0.0

    def __enter__(self) -> Self:
        return self

    def write(self, sound: Pcm) -> None:
        """Append a piece; one of another rate is resampled to the file's."""
        if self._wave is None:
            self._open(sound.rate)
        if sound.rate != self._came:
            self._flush()
            self._came, self._resampler = sound.rate, Resampler(sound.rate, self._rate)
        self._append(self._resampler.feed(sound.pcm) if self._resampler else sound.pcm)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._wave is None:
            return
        try:
            if error is None and not self._broken:
                self._flush()
            self._wave.close()
            if error is None and not self._broken:
                self._part.replace(self._path)
        except OSError as failure:
            raise AudioError("speaker.unwritable", path=str(self._path), why=failure.strerror) from failure
        finally:
            self._part.unlink(missing_ok=True)

    def _open(self, rate: int) -> None:
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._wave = wave.open(str(self._part), "wb")  # noqa: SIM115 - closed in __exit__
        except OSError as failure:
            raise AudioError("speaker.unwritable", path=str(self._path), why=failure.strerror) from failure
        self._wave.setnchannels(1)
        self._wave.setsampwidth(2)
        self._wave.setframerate(rate)
        self._rate = self._came = rate

    def _flush(self) -> None:
        if self._resampler is not None:
            self._append(self._resampler.feed(b"", last=True))
            self._resampler = None

    def _append(self, pcm: bytes) -> None:
        assert self._wave is not None  # noqa: S101 - `write` opens it
        try:
            self._wave.writeframes(pcm)
        except OSError as failure:
            self._broken = True
            raise AudioError("speaker.unwritable", path=str(self._path), why=failure.strerror) from failure
        self._samples += len(pcm) // 2
