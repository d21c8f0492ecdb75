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
    """Bytes in, frames out; a frame may come in any pieces."""

    def __init__(self) -> None:
        self._buffer = bytearray()

    def feed(self, data: bytes) -> list[Frame]:
        """Take bytes and return the frames they complete.

        Raises WorkerError `worker.frame_too_large` or `worker.garbage` when the other side does not speak this.
        """
        self._buffer += data
        frames = []
        while len(self._buffer) >= HEADER.size:
            head, body = HEADER.unpack_from(self._buffer)
            _check(head, body)
            end = HEADER.size + head + body
            if len(self._buffer) < end:
                break
            frames.append(
                Frame(
                    _object(bytes(self._buffer[HEADER.size : HEADER.size + head])),
                    bytes(self._buffer[HEADER.size + head : end]),
                )
            )
            del self._buffer[:end]
        return frames


def _check(head: int, body: int) -> None:
    if head > MAX_HEAD or body > MAX_BODY:
        raise WorkerError("worker.frame_too_large", size=head + body)


def _object(text: bytes) -> dict[str, Any]:
    try:
        value = json.loads(text)
    except ValueError as error:
        raise WorkerError("worker.garbage") from error
    if not isinstance(value, dict):
        raise WorkerError("worker.garbage")
    return value
