"""Frames between processes, sans-I/O: a fixed binary header, a JSON object, raw bytes.

Sizes are capped before memory is taken.
"""

import json
import struct
from dataclasses import dataclass
from typing import Any

from daemon.errors import WorkerError

HEADER = struct.Struct(">II")
MAX_HEAD = 1 << 20
MAX_BODY = 16 << 20


@dataclass(frozen=True, slots=True)
class Frame:
    """`head` is a JSON object, `body` raw bytes (PCM), often empty."""

    head: dict[str, Any]
    body: bytes = b""


def encode(head: dict[str, Any], body: bytes = b"") -> bytes:
    """Return the bytes of one frame. Raises WorkerError `worker.frame_too_large`."""
    text = json.dumps(head, ensure_ascii=False, separators=(",", ":")).encode()
    _check(len(text), len(body))
    return HEADER.pack(len(text), len(body)) + text + body


class Decoder:
    """Bytes in, frames out; a frame may come in any pieces. No more than one frame's memory is taken."""

    def __init__(self, most: int = MAX_BODY) -> None:
        """`most`: the bytes a body may have."""
        self._most = most
        self._buffer = bytearray()

    def feed(self, data: bytes) -> list[Frame]:
        """Take bytes and return the frames they complete.

        Raises WorkerError `worker.frame_too_large` or `worker.garbage` when the other side does not speak this.
        """
        self._buffer += data
        frames = []
        while len(self._buffer) >= HEADER.size:
            head, body = HEADER.unpack_from(self._buffer)
            _check(head, body, self._most)
            middle, end = HEADER.size + head, HEADER.size + head + body
            if len(self._buffer) < end:
                break
            with memoryview(self._buffer) as whole:
                frames.append(Frame(_object(bytes(whole[HEADER.size : middle])), bytes(whole[middle:end])))
            del self._buffer[:end]
        return frames


def _check(head: int, body: int, most: int = MAX_BODY) -> None:
    if head > MAX_HEAD or body > most:
        raise WorkerError("worker.frame_too_large", size=head + body)


def _object(text: bytes) -> dict[str, Any]:
    try:
        value = json.loads(text)
    except ValueError as error:
        raise WorkerError("worker.garbage") from error
    if not isinstance(value, dict):
        raise WorkerError("worker.garbage")
    return value
