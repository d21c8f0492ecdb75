"""Is a safetensors file whole? Its header is read, no weight is: a cut file is refused before anything loads it.

The format: eight bytes with the header's length (little endian), the header as a JSON object, the tensors without gaps.
https://github.com/huggingface/safetensors#format
"""

import json
import struct
from math import prod
from pathlib import Path
from typing import Any

from daemon.errors import EngineError

LONGEST_HEADER = 100_000_000
BITS = {
    **dict.fromkeys(("F64", "I64", "U64", "C64"), 64),
    **dict.fromkeys(("F32", "I32", "U32"), 32),
    **dict.fromkeys(("F16", "BF16", "I16", "U16"), 16),
    **dict.fromkeys(("F8_E4M3", "F8_E5M2", "F8_E8M0", "F8_E4M3FNUZ", "F8_E5M2FNUZ", "I8", "U8", "BOOL"), 8),
    **dict.fromkeys(("F6_E2M3", "F6_E3M2"), 6),
    "F4": 4,
}
"""Bits of a number of each type."""


def numbers(path: Path) -> int:
    """Return how many numbers (parameters) a file holds.

    Raises EngineError `diffusion.damaged`, `diffusion.unreadable`.
    """
    try:
        with path.open("rb") as file:
            size = path.stat().st_size
            header, data = _header(file.read(8), file, size)
        return _whole(header, data)
    except OSError as error:
        raise EngineError("diffusion.unreadable", path=path, why=error.strerror or error) from error
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, struct.error) as error:
        raise EngineError("diffusion.damaged", path=path) from error


def _header(length: bytes, file: Any, size: int) -> tuple[dict[str, Any], int]:
    """Return the header, and the bytes that the tensors take."""
    (long,) = struct.unpack("<Q", length)
    if not 2 <= long <= min(LONGEST_HEADER, size - 8):  # noqa: PLR2004 - {}
        raise ValueError
    return json.loads(file.read(long)), size - 8 - long


def _whole(header: dict[str, Any], data: int) -> int:
    """Return the sum of all numbers, when the tensors lie side by side and end with the file. Raises ValueError."""
    tensors = sorted((entry for name, entry in header.items() if name != "__metadata__"), key=_offsets)
    at = total = 0
    for tensor in tensors:
        begin, end = _offsets(tensor)
        count = prod(_sizes(tensor["shape"]))
        if begin != at or (end - begin) * 8 != count * BITS[tensor["dtype"]]:
            raise ValueError
        at, total = end, total + count
    if at != data:
        raise ValueError
    return total


def _offsets(tensor: dict[str, Any]) -> tuple[int, int]:
    begin, end = tensor["data_offsets"]
    return int(begin), int(end)


def _sizes(shape: list[int]) -> list[int]:
    if any(not isinstance(side, int) or side < 0 for side in shape):
        raise ValueError
    return shape
