"""The last seconds of a stream, addressed by the position of a sample in that stream."""

from daemon.ears.pcm import WIDTH


class Ring:
    """Keeps the newest `size` samples; `start` and `end` are positions in the stream, counted in samples."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.end = 0
        self._kept = bytearray()

    @property
    def start(self) -> int:
        """The position of the oldest sample that is still here."""
        return self.end - len(self._kept) // WIDTH

    def append(self, pcm: bytes) -> None:
        """Take the next samples of the stream."""
        self._kept += pcm
        self.end += len(pcm) // WIDTH
        del self._kept[: max(len(self._kept) - self.size * WIDTH, 0)]

    def cut(self, start: int, end: int | None = None) -> bytes:
        """Return the samples from `start` to `end` (default: the newest), as far as they are still here."""
        first = max(start, self.start) - self.start
        last = (self.end if end is None else min(end, self.end)) - self.start
        return bytes(self._kept[first * WIDTH : max(first, last) * WIDTH])
