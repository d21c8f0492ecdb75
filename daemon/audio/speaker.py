"""The sound card: one PortAudio stream, kept open between replies, that runs only while something is played."""

import threading
import time
from collections import deque
from functools import partial
from itertools import product
from typing import TYPE_CHECKING, Any

from daemon.audio.devices import chosen
from daemon.audio.devices import sounddevice as portaudio
from daemon.audio.options import SpeakerOptions
from daemon.audio.resample import Resampler
from daemon.errors import AudioError
from daemon.types import RATE, AudioFrame, Pcm

if TYPE_CHECKING:  # the main process knows of the speaker and never computes a sound
    import numpy as np

LATENCY = 0.2
"""Seconds. PortAudio's own choice underran through PulseAudio in 1 of 3 plays, this one never."""
AHEAD = LATENCY + 0.05
"""Seconds of sound to have before starting: the card takes LATENCY at once, and less would be a gap in a word."""
MARGIN = 0.03
"""Seconds that a card may be behind what it says of itself."""
STALLED = 2.0
"""A card that asked for nothing for so many seconds is lost."""
STARTING = 1.0
"""A card that has not started after so many seconds never will: PortAudio's way with one whose server was restarted."""
RATES = (48_000, 44_100, 16_000)


class Sound:
    """One reply on its way to the card: pieces go in with `write`, the card's thread takes blocks out with `take`."""

    def __init__(self, rate: int, volume: int) -> None:
        self._rate = rate
        self._gain = gain(volume)
        self._source = 0
        self._resampler: Resampler | None = None
        self._ear = Resampler(rate, RATE)
        self._lock = threading.Lock()
        self._waiting: deque[bytes] = deque()
        self._handed: deque[tuple[float, bytes]] = deque()
        self._finished = False
        self.begins: float | None = None
        """When its first sample leaves the speaker, in the clock of time.monotonic()."""
        self._ends: float | None = None

    def write(self, sound: Pcm) -> None:
        """Append a piece, of any rate."""
        if sound.rate != self._source:
            self._queue(self._rest())
            self._source, self._resampler = sound.rate, Resampler(sound.rate, self._rate)
        if self._resampler is not None:
            self._queue(self._resampler.feed(sound.pcm))

    @property
    def waiting(self) -> float:
        """Seconds of sound that wait for the card."""
        with self._lock:
            return sum(map(len, self._waiting)) / 2 / self._rate

    def finish(self) -> None:
        """There is no more to come."""
        self._queue(self._rest())
        with self._lock:
            self._finished = True

    def take(self, count: int, heard_at: float) -> bytes:
        """Return the next `count` samples, silence where there are none; `heard_at` is when they will sound."""
        block = bytearray()
        with self._lock:
            while self._waiting and len(block) < 2 * count:
                piece = self._waiting.popleft()
                room = 2 * count - len(block)
                block += piece[:room]
                if len(piece) > room:
                    self._waiting.appendleft(piece[room:])
            over = self._finished and not self._waiting
        if block:
            self.begins = self.begins or heard_at
            self._handed.append((heard_at, bytes(block)))
        if over and self._ends is None:
            self._ends = heard_at + len(block) / 2 / self._rate
        return bytes(block).ljust(2 * count, b"\0")

    def over(self, now: float) -> bool:
        """Say whether, at `now` (time.monotonic()), its last sample has left the speaker."""
        return self._ends is not None and now > self._ends + MARGIN

    def heard(self) -> AudioFrame | None:
        """Return the next of what was handed to the card, at 16 kHz; its `t` is when it sounds (time.monotonic())."""
        if not self._handed:
            return None
        at, block = self._handed.popleft()
        return AudioFrame(self._ear.feed(block), at)

    def _rest(self) -> bytes:
        return self._resampler.feed(b"", last=True) if self._resampler else b""

    def _queue(self, pcm: bytes) -> None:
        if pcm:
            import numpy as np

            loud = np.frombuffer(pcm, "<i2") * self._gain
            with self._lock:
                self._waiting.append(loud.astype("<i2").tobytes())


def gain(volume: int) -> "np.float32":
    """Return the factor for a volume of 0 to 100: squared, as ears hear it, 100 leaves the sound as it is."""
    import numpy as np

    return np.float32((max(0, min(volume, 100)) / 100) ** 2)


class Speaker:
    """A sound card that plays one sound at a time."""

    def __init__(self, options: SpeakerOptions) -> None:
        self._options = options
        self._portaudio: Any = None
        self._stream: Any = None
        self._channels = 1
        self._sound: Sound | None = None
        self._gone = threading.Event()
        self._asked = 0.0
        self._opened_before = False
        self.name = ""
        self.stalled = False
        """True when the card hangs: whatever is asked of PortAudio now may hang too, so this process should end."""
        self.rate = RATES[0]

    def open(self) -> None:
        """Open the stream, if it is not open; after a failure PortAudio looks at the devices afresh.

        Raises AudioError `speaker.no_device`, `speaker.unknown_device` or `speaker.no_portaudio`.
        """
        if self._stream is not None:
            return
        sounddevice = self._portaudio = portaudio("speaker.no_portaudio")
        if self._opened_before and not self.stalled:
            sounddevice._terminate()  # noqa: SLF001 - PortAudio freezes its list of devices otherwise
            sounddevice._initialize()  # noqa: SLF001
        self._opened_before = True
        try:
            self._open(sounddevice)
        except sounddevice.PortAudioError as error:
            raise AudioError("speaker.no_device") from error

    def _open(self, sounddevice: Any) -> None:
        device = self._find(sounddevice)
        self.name = sounddevice.query_devices(device, "output")["name"]
        self.rate, self._channels = _settings(sounddevice, device)
        self._gone = gone = threading.Event()
        self._stream = sounddevice.RawOutputStream(
            samplerate=self.rate,
            device=device,
            channels=self._channels,
            dtype="int16",
            latency=LATENCY,
            callback=partial(self._fill, gone, sounddevice.CallbackAbort),
            finished_callback=gone.set,
            prime_output_buffers_using_stream_callback=True,
        )

    def _find(self, sounddevice: Any) -> int | None:
        wanted = self._options.device
        if not wanted:
            return None
        outputs = [device for device in sounddevice.query_devices() if device["max_output_channels"]]
        names = {int(device["index"]): str(device["name"]) for device in outputs}
        if (found := chosen(names, wanted, -1)) is None:
            known = ", ".join(names.values()) or "-"
            raise AudioError("speaker.unknown_device", name=wanted, known=known)
        return found

    def start(self, sound: Sound) -> None:
        """Begin to play; `sound` should hold AHEAD seconds, or all there is.

        A card that went away since the last time, as when its sound server was restarted, is opened once more. Raises
        AudioError `speaker.lost`, or what `open` raises.
        """
        self._sound, rate = sound, self.rate
        if self._starts():
            return
        self.drop()
        self.open()
        self._sound = sound
        if self.rate != rate or not self._starts():
            self.drop()
            raise AudioError("speaker.lost", name=self.name)

    def _starts(self) -> bool:
        """Start the stream; False when it refuses, or hangs: then it is left to itself."""
        self._gone.clear()
        self._asked = time.monotonic()
        began: list[bool] = []
        starting = threading.Thread(target=self._start, args=(self._stream, began), name="speaker", daemon=True)
        starting.start()
        starting.join(STARTING)
        self.stalled |= starting.is_alive()
        return bool(began)

    def _start(self, stream: Any, began: list[bool]) -> None:
        try:
            stream.start()
        except self._portaudio.PortAudioError:
            return
        began.append(True)

    @property
    def lost(self) -> bool:
        """True when the card went away while it played: it ended by itself, or stopped asking for sound."""
        if self._gone.is_set():
            return True
        stalled = time.monotonic() - self._asked > STALLED
        self.stalled |= stalled
        return stalled

    def stop(self) -> None:
        """Be silent at once, dropping what the card still holds; the stream stays open."""
        self._sound = None
        try:
            self._stream.abort()
        except self._portaudio.PortAudioError:
            self.drop()

    def close(self) -> None:
        """Let the card go."""
        self._gone.set()
        self.drop()

    def drop(self) -> None:
        """Let go of a card that was lost; the next `open` looks for one again."""
        stream, self._stream, self._sound = self._stream, None, None
        if stream is not None and self._gone.is_set() and not self.stalled:  # to close one that hangs would hang us
            try:
                stream.close()
            except self._portaudio.PortAudioError:
                return

    def _fill(self, gone: threading.Event, end: type[Exception], out: Any, count: int, when: Any, _: Any) -> None:
        if gone is not self._gone:
            raise end  # one that hung and wakes up late: another has taken its place
        now = self._asked = time.monotonic()
        sound = self._sound
        ahead = max(0.0, when.outputBufferDacTime - when.currentTime)
        block = sound.take(count, now + ahead) if sound is not None else bytes(2 * count)
        out[:] = block if self._channels == 1 else _on_all(block, self._channels)


def _on_all(block: bytes, channels: int) -> bytes:
    """Return mono samples as they are for a device with more channels."""
    import numpy as np

    return np.frombuffer(block, "<i2").repeat(channels).tobytes()


def _settings(sounddevice: Any, device: int | None) -> tuple[int, int]:
    """Return the first rate, and mono or else stereo, that the card takes."""
    for channels, rate in product((1, 2), RATES):
        try:
            sounddevice.check_output_settings(device, channels=channels, dtype="int16", samplerate=rate)
        except sounddevice.PortAudioError:
            continue
        return rate, channels
    raise AudioError("speaker.no_device")
