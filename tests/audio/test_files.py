import os
import struct
import tracemalloc
import wave
from pathlib import Path

import av
import numpy as np
import pytest

from daemon.audio.files import read_blocks, write_wav
from daemon.errors import AudioError

TONE_HZ = 440


def tone(rate: int, seconds: float = 0.5, channels: int = 1) -> np.ndarray:
    """A tone of half scale, the same in every channel: floats of shape (samples, channels)."""
    one = 0.5 * np.sin(np.arange(round(rate * seconds)) * 2 * np.pi * TONE_HZ / rate)
    return np.repeat(one[:, None], channels, axis=1)


def riff(rate: int, channels: int, bits: int, data: bytes, code: int = 1, size: int | None = None) -> bytes:
    block = channels * bits // 8
    form = struct.pack("<HHIIHH", code, channels, rate, rate * block, block, bits)
    length = len(data) if size is None else size
    whole = b"WAVEfmt " + struct.pack("<I", len(form)) + form + b"data" + struct.pack("<I", length) + data
    return b"RIFF" + struct.pack("<I", min(length + 36, 0xFFFFFFFF)) + whole


def encoded(sound: np.ndarray, bits: int) -> bytes:
    match bits:
        case 8:
            return ((sound * 127) + 128).round().astype(np.uint8).tobytes()
        case 24:
            return (sound * 8388607).round().astype("<i4").reshape(-1, 1).view(np.uint8)[:, :3].tobytes()
        case 32:
            return (sound * 2147483647).round().astype("<i4").tobytes()
    return (sound * 32767).round().astype("<i2").tobytes()


def read(path: Path) -> np.ndarray:
    return np.frombuffer(b"".join(read_blocks(path)), "<i2").astype(float) / 32768


def check_tone(sound: np.ndarray, seconds: float = 0.5, slack: float = 0.002) -> None:
    assert len(sound) == pytest.approx(16000 * seconds, abs=16000 * slack)
    middle = sound[2000:-2000]
    wave_ = np.exp(-2j * np.pi * TONE_HZ * np.arange(len(middle)) / 16000)
    assert 2 * abs(np.mean(middle * wave_)) == pytest.approx(0.5, abs=0.03)
    assert np.sqrt(np.mean(middle**2)) == pytest.approx(0.5 / np.sqrt(2), abs=0.02)


@pytest.mark.parametrize("rate", [8000, 16000, 22050, 44100, 48000])
@pytest.mark.parametrize("channels", [1, 2])
@pytest.mark.parametrize("bits", [8, 16, 24, 32])
def test_any_wav_becomes_16_khz_mono(tmp_path: Path, rate: int, channels: int, bits: int) -> None:
    path = tmp_path / "x.wav"
    path.write_bytes(riff(rate, channels, bits, encoded(tone(rate, channels=channels), bits)))
    check_tone(read(path))


def test_float_and_six_channels(tmp_path: Path) -> None:
    path = tmp_path / "x.wav"
    path.write_bytes(riff(44100, 6, 32, tone(44100, channels=6).astype("<f4").tobytes(), code=3))
    check_tone(read(path))


def test_16_khz_mono_comes_through_bit_by_bit(tmp_path: Path) -> None:
    pcm = np.random.default_rng(1).integers(-32768, 32767, 12345).astype("<i2").tobytes()
    write_wav(tmp_path / "x.wav", pcm, 16000)
    blocks = list(read_blocks(tmp_path / "x.wav", 1280))
    assert b"".join(blocks) == pcm
    assert {len(block) for block in blocks[:-1]} == {2560}


def test_a_wav_that_was_written_into_a_pipe_has_no_size(tmp_path: Path) -> None:
    path = tmp_path / "x.wav"
    path.write_bytes(riff(22050, 1, 16, encoded(tone(22050), 16), size=0xFFFFFFFF))
    check_tone(read(path))


@pytest.mark.parametrize(
    ("name", "codec", "rate"),
    [("x.flac", "flac", 44100), ("x.mp3", "libmp3lame", 44100), ("x.ogg", "flac", 44100), ("x.opus", "libopus", 48000),
     ("x.m4a", "aac", 44100), ("x.webm", "libopus", 48000), ("x.aac", "aac", 44100), ("x.aiff", "pcm_s16be", 44100)],
)  # fmt: skip
def test_other_containers(tmp_path: Path, name: str, codec: str, rate: int) -> None:
    path = tmp_path / name
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=rate, layout="stereo")
        for start in range(0, rate, 4800):
            piece = tone(rate, 1.0, 2)[start : start + 4800]
            frame = av.AudioFrame.from_ndarray((piece * 32767).astype(np.int16).reshape(1, -1), "s16", "stereo")
            frame.sample_rate = rate
            frame.pts = start
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    check_tone(read(path), 1.0, slack=0.08)


@pytest.mark.slow
def test_an_hour_is_read_in_little_memory(tmp_path: Path) -> None:
    path = tmp_path / "long.wav"
    with path.open("wb") as file:
        file.write(riff(16000, 1, 16, b"", size=2 * 16000 * 3600))
        file.truncate(44 + 2 * 16000 * 3600)
    blocks = read_blocks(path)
    next(blocks)
    tracemalloc.start()
    for _ in range(600):
        next(blocks)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    blocks.close()
    assert peak < 1 << 20


def broken(folder: Path, case: str) -> Path:
    path = folder / "broken.wav"
    good = riff(16000, 1, 16, encoded(tone(16000), 16))
    match case:
        case "missing":
            return folder / "nowhere.wav"
        case "directory":
            return folder
        case "not_a_file":
            os.mkfifo(path)
        case "empty":
            path.write_bytes(b"")
        case "not_audio":
            path.write_bytes(b"#EXTM3U\nhttp://localhost/x.wav\n" * 20)
        case "truncated":
            path.write_bytes(good[: len(good) // 2])
        case "truncated in the header":
            path.write_bytes(good[:30])
        case "no_sound":
            path.write_bytes(riff(16000, 1, 16, b""))
        case "damaged":
            path.write_bytes(b"fLaC" + bytes(range(256)) * 20)
        case "damaged format":
            path.write_bytes(riff(16000, 1, 16, encoded(tone(16000), 16), code=0x7777))
        case "video without sound":
            with av.open(str(folder / "x.mp4"), "w") as container:
                stream = container.add_stream("mpeg4", rate=24)
                stream.width = stream.height = 32
                container.mux(stream.encode(av.VideoFrame.from_ndarray(np.zeros((32, 32, 3), np.uint8), "rgb24")))
                container.mux(stream.encode(None))
            return folder / "x.mp4"
    return path


@pytest.mark.parametrize(
    ("case", "code"),
    [
        *((case, case) for case in ("missing", "directory", "not_a_file", "empty", "not_audio", "truncated")),
        *((case, case) for case in ("no_sound", "damaged")),
        ("truncated in the header", "truncated"), ("damaged format", "damaged"), ("video without sound", "not_audio"),
    ],
)  # fmt: skip
def test_what_is_no_recording_gives_one_sentence(tmp_path: Path, case: str, code: str) -> None:
    path = broken(tmp_path, case)
    with pytest.raises(AudioError) as caught:
        list(read_blocks(path))
    assert caught.value.code == f"audio.{code}"
    for language in ("en", "ru"):
        assert str(path) in caught.value.text(language)
        assert "\n" not in caught.value.text(language)


def test_a_name_with_a_zero_byte(tmp_path: Path) -> None:
    with pytest.raises(AudioError, match="can't be read"):
        list(read_blocks(tmp_path / "a\0b"))


def test_written_sound_is_a_wav_file(tmp_path: Path) -> None:
    write_wav(tmp_path / "x.wav", bytes(200), 22050)
    with wave.open(str(tmp_path / "x.wav")) as file:
        assert (file.getframerate(), file.getnchannels(), file.getsampwidth(), file.getnframes()) == (22050, 1, 2, 100)
    assert [entry.name for entry in tmp_path.iterdir()] == ["x.wav"]


def test_what_can_not_be_written_leaves_the_old_file_and_nothing_half_written(tmp_path: Path) -> None:
    target = tmp_path / "folder"
    target.mkdir()
    (target / "inside").touch()
    with pytest.raises(AudioError) as caught:
        write_wav(target, bytes(200), 16000)
    assert caught.value.code == "audio.unwritable"
    assert [entry.name for entry in tmp_path.iterdir()] == ["folder"]
    with pytest.raises(AudioError):
        write_wav(tmp_path / "nowhere" / "x.wav", b"", 16000)
