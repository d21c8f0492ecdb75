"""The microphone, by PortAudio (sounddevice). A lost one is looked for again after 1, 2 and then every 4 seconds."""

import logging
import queue
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from daemon.audio.devices import chosen, sounddevice
from daemon.ears.pcm import FRAME, WIDTH
from daemon.ears.source import POLL, State
from daemon.errors import AudioError
from daemon.types import RATE

log = logging.getLogger(__name__)

QUEUED = 50
"""Frames that wait at most, 4 s; then the oldest are dropped and counted."""
SILENT_AFTER = 3.0
"""Seconds without a frame after which the microphone counts as lost."""
FIRST_RETRY, LAST_RETRY = 1.0, 4.0
"""One that is back shall be heard within 5 s; a look costs some 20 ms."""


@dataclass(frozen=True, slots=True)
class Format:
    """How a device is opened."""

    device: int
    rate: int
    channels: int


class Microphone(AbstractContextManager["Microphone"]):
    """Frames of 16 kHz mono; where the device can't, its own rate and channels, mixed and resampled.

    `portaudio` returns the sounddevice module (or what stands for it), `wait` sleeps.
    """

    def __init__(
        self,
        device: str | None,
        *,
        portaudio: Callable[[], Any] | None = None,
        silent_after: float = SILENT_AFTER,
        wait: Callable[[float], bool] | None = None,
    ) -> None:
        self._device = device
        self._portaudio = portaudio or partial(sounddevice, "ears.no_portaudio")
        self._silent_after = silent_after
        self._closed = threading.Event()
        self._wait = wait or self._closed.wait
        self._frames: queue.Queue[bytes] = queue.Queue(QUEUED)
        self.dropped = 0

    def __exit__(self, *_: object) -> None:
        self._closed.set()

    def __iter__(self) -> Iterator[bytes | State | None]:
        """Yield frames for ever. Raises AudioError `ears.no_portaudio`; anything else is waited for."""
        sd = self._portaudio()
        retry = FIRST_RETRY
        lost = False
        while not self._closed.is_set():
            try:
                for frame in self._frames_of(sd):
                    if frame is not None:
                        if lost:
                            yield State("ok")
                        lost, retry = False, FIRST_RETRY
                    yield frame
            except AudioError as error:
                if not lost:
                    yield State("lost", error.code, error.plain)
                lost = True
            yield from self._pause(retry)
            retry = min(retry * 2, LAST_RETRY)
            _refresh(sd)

    def _pause(self, seconds: float) -> Iterator[None]:
        until = seconds
        while until > 0 and not self._closed.is_set():
            yield None
            self._wait(min(POLL, until))
            until -= POLL

    def _frames_of(self, sd: Any) -> Iterator[bytes | None]:
        """Yield frames, or None when there is none for a while, until the device fails."""
        found = find_format(sd, self._device)
        to_speech = Converter(found)
        self._frames = queue.Queue(QUEUED)
        ended = threading.Event()
        blocks = round(FRAME * found.rate / RATE)
        try:
            with sd.RawInputStream(
                samplerate=found.rate, channels=found.channels, device=found.device, dtype="int16",
                blocksize=blocks, latency="high", callback=self._take, finished_callback=ended.set,
            ):  # fmt: skip
                yield from self._read(to_speech, ended)
        except sd.PortAudioError as error:
            raise AudioError("ears.microphone_failed", why=str(error)) from error

    def _read(self, to_speech: "Converter", ended: threading.Event) -> Iterator[bytes | None]:
        waiting = bytearray()
        heard = time.monotonic()
        while not self._closed.is_set():
            try:
                waiting += to_speech(self._frames.get(timeout=POLL))
            except queue.Empty:
                if ended.is_set():
                    raise AudioError("ears.microphone_lost") from None
                if time.monotonic() - heard > self._silent_after:
                    raise AudioError("ears.microphone_silent", seconds=round(time.monotonic() - heard, 1)) from None
                yield None
                continue
            heard = time.monotonic()
            while len(waiting) >= FRAME * WIDTH:
                yield bytes(waiting[: FRAME * WIDTH])
                del waiting[: FRAME * WIDTH]

    def _take(self, data: Any, frames: int, when: Any, status: Any) -> None:
        """PortAudio's thread calls this: take the sound and be gone."""
        del frames, when, status
        try:
            self._frames.put_nowait(bytes(data))
        except queue.Full:
            self.dropped += 1
            if self.dropped == 1:
                log.warning("the ears are too slow: sound from the microphone is dropped")
            try:
                self._frames.get_nowait()
                self._frames.put_nowait(bytes(data))
            except (queue.Empty, queue.Full):
                return


class Converter:
    """A device's own format brought to 16 kHz mono."""

    def __init__(self, found: Format) -> None:
        self._channels = found.channels
        self._resample: Any = None
        if found.rate != RATE:
            import soxr

            self._resample = soxr.ResampleStream(found.rate, RATE, 1, dtype="int16").resample_chunk

    def __call__(self, pcm: bytes) -> bytes:
        """Return what the next sound gives."""
        if self._channels == 1 and self._resample is None:
            return pcm
        sound = np.frombuffer(pcm, "<i2").reshape(-1, self._channels).mean(axis=1).round().astype(np.int16)
        return bytes((sound if self._resample is None else self._resample(sound)).tobytes())


def find_format(sd: Any, device: str | None) -> Format:
    """Return how to open the microphone called `device`.

    Raises AudioError `ears.no_microphone` or `ears.unknown_microphone`.
    """
    inputs = {int(one["index"]): one for one in sd.query_devices() if one["max_input_channels"] > 0}
    if not inputs:
        raise AudioError("ears.no_microphone")
    names = {index: str(one["name"]) for index, one in inputs.items()}
    index = chosen(names, device, int(sd.default.device[0]))
    if index is None:
        raise AudioError("ears.unknown_microphone", name=device, known=", ".join(names.values()))
    try:
        sd.check_input_settings(device=index, samplerate=RATE, channels=1, dtype="int16")
    except (sd.PortAudioError, ValueError):
        channels = min(int(inputs[index]["max_input_channels"]), 2)
        return Format(index, round(float(inputs[index]["default_samplerate"])), channels)
    return Format(index, RATE, 1)


def _refresh(sd: Any) -> None:
    # PortAudio sees new devices only when it starts again; this process has no other stream that would die of it.
    try:
        sd._terminate()  # noqa: SLF001 - there is no public way
        sd._initialize()  # noqa: SLF001
    except sd.PortAudioError:
        log.warning("PortAudio does not start again", exc_info=True)
