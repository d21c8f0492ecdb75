"""Recordings: read as a stream of 16 kHz signed 16-bit mono whatever they are, written whole or not at all.

FFmpeg (by PyAV) decodes, soxr resamples. The demuxer is chosen by the file's first bytes and gets an open file, never a
name: a playlist can't make it fetch anything.
"""

import io
import os
import stat
import struct
import tempfile
import wave
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from daemon.errors import AudioError
from daemon.types import RATE

WIDTH = 2
SNIFFED = 64
UNKNOWN_SIZES = (0, 0x7FFFFFFF, 0x7FFFF000, 0xFFFFFFFF)
"""What programs that write WAV into a pipe give as its size; they can't know it."""
MAX_CHANNELS = 64
MP3_SYNC = {bytes((0xFF, second)) for second in (0xE2, 0xE3, 0xF2, 0xF3, 0xFA, 0xFB)}
AAC_SYNC = {bytes((0xFF, second)) for second in (0xF0, 0xF1, 0xF8, 0xF9)}


def read_blocks(path: Path, size: int = RATE // 10) -> Iterator[bytes]:
    """Yield the recording in blocks of `size` samples, the last one as long as it is; memory stays bounded.

    Raises AudioError when there is no recording at `path`, before anything else when that can be seen.
    """
    with ExitStack() as stack:
        file = stack.enter_context(_open(path))
        waiting = bytearray()
        heard = False
        for pcm in _resampled(_decoded(file, path, stack)):
            waiting += pcm
            heard = heard or bool(pcm)
            while len(waiting) >= size * WIDTH:
                yield bytes(waiting[: size * WIDTH])
                del waiting[: size * WIDTH]
        if waiting:
            yield bytes(waiting)
        if not heard:
            raise AudioError("audio.no_sound", path=path)


def write_wav(path: Path, pcm: bytes, rate: int) -> None:
    """Write signed 16-bit mono sound; `path` holds the whole of it or what it held before. Raises AudioError."""
    content = io.BytesIO()
    with wave.open(content, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(WIDTH)
        file.setframerate(rate)
        file.writeframes(pcm)
    try:
        with content.getbuffer() as view:  # let go of, or the buffer can't be freed in order
            _replace(path, view)
    except OSError as error:
        raise AudioError("audio.unwritable", path=path, why=error.strerror) from error


def _replace(path: Path, content: memoryview) -> None:
    descriptor, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fchmod(file.fileno(), 0o644)
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _open(path: Path) -> IO[bytes]:
    try:
        kind = path.stat().st_mode
        if stat.S_ISDIR(kind):
            raise AudioError("audio.directory", path=path)
        if not stat.S_ISREG(kind):
            raise AudioError("audio.not_a_file", path=path)
        return path.open("rb")
    except FileNotFoundError as error:
        raise AudioError("audio.missing", path=path) from error
    except (OSError, ValueError) as error:  # ValueError: a zero byte in the name
        raise AudioError("audio.unreadable", path=path, why=getattr(error, "strerror", None) or error) from error


def _demuxer(start: bytes) -> str | None:
    """Return the name of FFmpeg's demuxer for a file that begins with `start`."""
    match start:
        case _ if start[:4] in (b"RIFF", b"RF64", b"RIFX") and start[8:12] == b"WAVE":
            return "wav"
        case _ if start[:4] == b"FORM" and start[8:12] in (b"AIFF", b"AIFC"):
            return "aiff"
        case _ if start[4:8] == b"ftyp":
            return "mov"
        case _ if start[:3] == b"ID3" or start[:2] in MP3_SYNC:
            return "mp3"
        case _ if start[:2] in AAC_SYNC:
            return "aac"
    magic = {b"OggS": "ogg", b"fLaC": "flac", b".snd": "au", b"\x1a\x45\xdf\xa3": "matroska", b"caff": "caf"}
    return magic.get(start[:4])


def _decoded(file: IO[bytes], path: Path, stack: ExitStack) -> Iterator[tuple[NDArray[np.float32], int]]:
    """Yield pieces of mono sound, each with its rate."""
    import av

    start = file.read(SNIFFED)
    if not start:
        raise AudioError("audio.empty", path=path)
    if (demuxer := _demuxer(start)) is None:
        raise AudioError("audio.not_audio", path=path)
    if demuxer == "wav":
        _check_wav(file, path)
    file.seek(0)
    try:
        container: Any = stack.enter_context(av.open(file, format=demuxer, metadata_errors="ignore"))
        if not container.streams.audio:
            raise AudioError("audio.not_audio", path=path)
        for frame in container.decode(container.streams.audio[0]):
            yield from _mono(frame, av)
    except (av.FFmpegError, ValueError) as error:
        raise AudioError("audio.damaged", path=path) from error


def _mono(frame: Any, av: Any) -> Iterator[tuple[NDArray[np.float32], int]]:
    if not 0 < len(frame.layout.channels) <= MAX_CHANNELS or frame.sample_rate <= 0:
        return
    # One resampler a frame costs 20 µs and survives streams that change their format on the way.
    for plain in av.AudioResampler(format="fltp").resample(frame):
        yield plain.to_ndarray().mean(axis=0, dtype=np.float32), frame.sample_rate


def _resampled(pieces: Iterator[tuple[NDArray[np.float32], int]]) -> Iterator[bytes]:
    import soxr

    rate, stream = RATE, None
    for sound, at in pieces:
        if at != rate:
            if stream is not None:
                yield _int16(stream.resample_chunk(np.zeros(0, np.float32), last=True))
            rate, stream = at, soxr.ResampleStream(at, RATE, 1, dtype="float32") if at != RATE else None
        yield _int16(sound if stream is None else stream.resample_chunk(sound))
    if stream is not None:
        yield _int16(stream.resample_chunk(np.zeros(0, np.float32), last=True))


def _int16(sound: NDArray[np.float32]) -> bytes:
    return bytes((np.nan_to_num(sound).clip(-1, 32767 / 32768) * 32768).round().astype("<i2").tobytes())


def _check_wav(file: IO[bytes], path: Path) -> None:
    """Refuse a WAV file that says it is longer than it is: FFmpeg would read what is there and say nothing."""
    size = os.fstat(file.fileno()).st_size
    file.seek(0)
    if file.read(4) != b"RIFF":
        return
    file.seek(12)
    while len(header := file.read(8)) == len(b"dataSIZE"):
        name, length = struct.unpack("<4sI", header)
        if name == b"data":
            if length == 0 and file.tell() >= size:
                raise AudioError("audio.no_sound", path=path)
            if length not in UNKNOWN_SIZES and file.tell() + length > size:
                raise AudioError("audio.truncated", path=path)
            return
        file.seek(length + length % 2, os.SEEK_CUR)
    raise AudioError("audio.truncated", path=path)
