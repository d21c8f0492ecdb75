"""Automatic gain and noise suppression of what a microphone gives, by WebRTC's audio processing (webrtc-noise-gain)."""

from typing import Any

from daemon.ears.pcm import WIDTH
from daemon.errors import EngineError
from daemon.types import RATE

TEN_MS = RATE // 100 * WIDTH


class Cleaner:
    """A stream of frames; about 0.5 ms of work for each 80 ms."""

    def __init__(self, gain: int, suppression: int) -> None:
        """`gain` 0 (off) to 31 dB, `suppression` 0 (off) to 4. Raises EngineError `ears.no_noise_gain`."""
        try:
            from webrtc_noise_gain import AudioProcessor
        except ImportError as error:
            raise EngineError("ears.no_noise_gain") from error
        self._processor: Any = AudioProcessor(gain, suppression)

    def __call__(self, pcm: bytes) -> bytes:
        """Return as much sound as there was, cleaned."""
        return b"".join(self._processor.Process10ms(pcm[at : at + TEN_MS]).audio for at in range(0, len(pcm), TEN_MS))
