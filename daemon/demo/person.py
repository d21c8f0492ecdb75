"""The person in the demo: speaks recorded requests into a pipe at a microphone's pace, and is silent between them."""

import asyncio
import os
import subprocess
import tempfile
import time
from pathlib import Path

from daemon.audio.files import read_blocks
from daemon.errors import AudioError
from daemon.types import RATE

FRAME = 1280
"""Samples of a frame, 80 ms."""
SILENCE = 200
"""Amplitude below which a sample is no speech."""
VOICES = {"en": "en-gb", "ru": "ru"}


def speech(text: str, language: str, voice: str | None = None, speed: int = 155) -> bytes:
    """Return `text` as espeak-ng says it: 16 kHz int16 mono. Raises AudioError `demo.no_espeak` or `demo.unspoken`."""
    with tempfile.TemporaryDirectory(prefix="kombain-") as folder:
        path = Path(folder) / "speech.wav"
        command = ["espeak-ng", "-v", voice or VOICES[language], "-s", str(speed), "-w", str(path), "--stdin"]
        try:
            subprocess.run(command, input=text.encode(), check=True, capture_output=True, timeout=60)
        except (FileNotFoundError, subprocess.CalledProcessError) as error:
            raise AudioError("demo.no_espeak") from error
        if not path.exists() or not (pcm := _without_silence_after(recording(path))):
            raise AudioError("demo.unspoken", text=text)
        return pcm


def recording(path: Path) -> bytes:
    """Return a recording as 16 kHz int16 mono. Raises AudioError for what is no readable sound."""
    return b"".join(read_blocks(path))


def _without_silence_after(pcm: bytes) -> bytes:
    """Cut the silence that espeak-ng adds, so that the moment at which the person falls silent is the last sample."""
    import numpy as np

    samples = np.frombuffer(pcm, np.int16)
    loud = np.flatnonzero(np.abs(samples.astype(np.int32)) > SILENCE)
    return samples[: loud[-1] + 1].tobytes() if loud.size else b""


class Person:
    """`say` puts speech into the stream; `run` is the stream: one frame each 80 ms, silence when nothing is said."""

    def __init__(self, fifo: Path) -> None:
        self._fifo = fifo
        self._queue: list[bytes] = []
        self._silent = asyncio.Event()
        self.ended_at = 0.0
        """Unix seconds at which the last frame of speech was written."""

    async def run(self) -> None:
        """Write until cancelled. A reader that lags loses frames, as a microphone's does."""
        pipe = os.open(self._fifo, os.O_RDWR | os.O_NONBLOCK)  # both ways: opening never waits for the reader
        began, frames = time.monotonic(), 0
        try:
            while True:
                frame = self._queue.pop(0) if self._queue else bytes(2 * FRAME)
                try:
                    os.write(pipe, frame)
                except BlockingIOError:
                    self._queue = [frame, *self._queue] if any(frame) else self._queue
                if not self._queue and not self._silent.is_set():
                    self.ended_at = time.time()
                    self._silent.set()
                frames += 1
                await asyncio.sleep(max(0.0, began + frames * FRAME / RATE - time.monotonic()))
        finally:
            os.close(pipe)

    async def say(self, pcm: bytes) -> None:
        """Speak, and return when it is said."""
        self._silent.clear()
        padded = pcm + bytes(-len(pcm) % (2 * FRAME))
        self._queue += [padded[at : at + 2 * FRAME] for at in range(0, len(padded), 2 * FRAME)]
        await self._silent.wait()
