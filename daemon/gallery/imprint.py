"""What a file tells of itself: its card, as JSON, in a text chunk of a PNG or in the tags of an MP4 or WebM.

PNG: `iTXt` "Kombain", and "Description" and "Software" where the engine wrote none (PNG 3, 11.3.3). Clips: the tag
`comment` is the card, `title` the prompt; the packets are copied as they are.
"""

import hashlib
import json
import os
import struct
import zlib
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

from daemon.errors import EngineError
from daemon.film import CONTAINERS

KEY = "Kombain"
SIGNATURE = b"\x89PNG\r\n\x1a\n"
SECRET = ("key", "password", "secret", "token")
"""A setting with such a word in its name stays at home."""


def card(kind: str, request: dict[str, Any], meta: dict[str, Any], settings: dict[str, Any]) -> dict[str, Any]:
    """Return what a file is to tell: prompt, seed, engine, size, settings, and the rest of what was asked for.

    Of paths only the last part goes along, of secrets nothing: the file may be given to others.
    """
    asked = {name: value for name, value in request.items() if value is not None and name != "image"}
    told = {"kombain": version("kombain"), "kind": kind, **asked, **meta, "settings": _harmless(settings)}
    if image := request.get("image"):
        told["parent"] = Path(str(image)).stem
    return told


def recipe(kind: str, engine: str, settings: dict[str, Any], request: dict[str, Any]) -> str:
    """Return what is the same for two requests that would give the same file: a digest.

    A picture to start from counts by its path, size and time. Raises OSError when it is gone.
    """
    asked = {name: value for name, value in request.items() if value is not None}
    if "image" in asked:
        about = Path(str(asked["image"])).stat()
        asked["image"] = [asked["image"], about.st_size, about.st_mtime_ns]
    everything = [version("kombain"), kind, engine, settings, asked]
    return hashlib.sha256(json.dumps(everything, sort_keys=True).encode()).hexdigest()


def write(path: Path, told: dict[str, Any]) -> None:
    """Put a card into a file; of a kind that takes none it is left as it is. Raises EngineError `making.unreadable`."""
    text = json.dumps(told, ensure_ascii=False, default=str)
    if path.suffix == ".png":
        _write_png(path, text, str(told.get("prompt", "")))
    elif path.suffix in CONTAINERS:
        _write_clip(path, text, str(told.get("prompt", "")))


def read(path: Path) -> dict[str, Any] | None:
    """Return the card of a file; None where there is none."""
    try:
        text = _read_png(path) if path.suffix == ".png" else _read_clip(path)
        found = json.loads(text) if text else None
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) else None


def _harmless(settings: dict[str, Any]) -> dict[str, Any]:
    kept = {name: value for name, value in settings.items() if not any(word in name for word in SECRET)}
    return {
        name: Path(value).name if isinstance(value, str) and os.path.isabs(value) else value  # noqa: PTH117 - a text
        for name, value in kept.items()
        if value is not None
    }


def _write_png(path: Path, text: str, prompt: str) -> None:
    data = path.read_bytes()
    there = {body.split(b"\0")[0].decode("latin-1") for name, body in _chunks(path, data) if name in {b"tEXt", b"iTXt"}}
    wanted = {"Description": prompt, "Software": KEY, KEY: text}
    new = b"".join(_itxt(key, value) for key, value in wanted.items() if key not in there)
    head = len(SIGNATURE) + 25  # IHDR comes first and has 13 bytes
    with path.open("wb") as file:
        file.writelines((data[:head], new, data[head:]))


def _chunks(path: Path, data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Yield name and content of each chunk. Raises EngineError `making.unreadable` for what is no PNG."""
    if not data.startswith(SIGNATURE):
        raise EngineError("making.unreadable", suffix=path.suffix)
    at = len(SIGNATURE)
    while at + 8 <= len(data):
        length, name = struct.unpack_from(">I4s", data, at)
        yield name, data[at + 8 : at + 8 + length]
        at += 12 + length


def _itxt(key: str, value: str) -> bytes:
    body = b"iTXt" + key.encode("latin-1") + b"\0\0\0\0\0" + value.encode(errors="replace")
    return struct.pack(">I", len(body) - 4) + body + struct.pack(">I", zlib.crc32(body))


def _read_png(path: Path) -> str:
    prefix = KEY.encode() + b"\0\0\0\0\0"
    try:
        for name, body in _chunks(path, path.read_bytes()):
            if name == b"iTXt" and body.startswith(prefix):
                return body.removeprefix(prefix).decode()
    except EngineError:
        pass
    return ""


def _write_clip(path: Path, text: str, prompt: str) -> None:
    """Copy the streams into a file with the tags, which then takes the place of the first."""
    import av

    tagged = path.with_name(f"{path.stem}.tagged{path.suffix}")
    try:
        with av.open(str(path)) as source, av.open(str(tagged), "w", options=CONTAINERS[path.suffix]) as target:
            target.metadata.update(source.metadata)
            target.metadata["title"] = source.metadata.get("title") or prompt[:1000]
            target.metadata["comment"] = text
            streams = {stream.index: target.add_stream_from_template(stream) for stream in source.streams}
            for packet in source.demux():
                if packet.dts is not None:  # the last one of each stream is empty
                    packet.stream = streams[packet.stream.index]
                    target.mux(packet)
        tagged.replace(path)
    except av.error.InvalidDataError as error:
        raise EngineError("making.unreadable", suffix=path.suffix) from error
    finally:
        tagged.unlink(missing_ok=True)


def _read_clip(path: Path) -> str:
    import av

    with av.open(str(path)) as source:
        tags = {name.lower(): value for name, value in source.metadata.items()}
    return str(tags.get("comment", ""))
