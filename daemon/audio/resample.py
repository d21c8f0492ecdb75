"""Change of sample rate in a stream, by soxr: the pieces that come out fit together without a click."""

from typing import Any


class Resampler:
    """int16 mono from `source` to `target` samples a second, piece by piece; equal rates pass through untouched."""

    def __init__(self, source: int, target: int) -> None:
        self._stream: Any = None
        if source != target:
            import soxr

            self._stream = soxr.ResampleStream(source, target, 1, dtype="int16", quality="HQ")

    def feed(self, pcm: bytes, *, last: bool = False) -> bytes:
        """Return what is ready after `pcm`; with `last`, all that is left."""
        if self._stream is None:
            return pcm
        import numpy as np

        return bytes(self._stream.resample_chunk(np.frombuffer(pcm, "<i2"), last=last).astype("<i2").tobytes())
