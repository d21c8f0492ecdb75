import os
import threading
from pathlib import Path

import pytest

from daemon.audio.files import write_wav
from daemon.ears import source as source_module
from daemon.ears.child import open_source
from daemon.ears.options import EarsOptions
from daemon.ears.pcm import FRAME
from daemon.ears.source import File, Pipe
from daemon.errors import AudioError

WHOLE = bytes(range(256)) * 30


def frames(source) -> list[bytes]:
    with source:
        return [piece for piece in source if isinstance(piece, bytes)]


def test_a_recording_comes_in_frames_and_the_last_one_is_filled_up(tmp_path: Path) -> None:
    write_wav(tmp_path / "x.wav", WHOLE, 16000)
    found = frames(File(tmp_path / "x.wav", pace=0))
    assert {len(frame) for frame in found} == {FRAME * 2}
    assert b"".join(found) == WHOLE.ljust(len(found) * FRAME * 2, b"\0")


class Clock:
    """Time that passes only when somebody sleeps or works."""

    def __init__(self) -> None:
        self.now = 100.0

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        assert seconds >= 0
        self.now += seconds


def test_the_pace_is_that_of_the_clock_without_drift(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock()
    monkeypatch.setattr(source_module, "time", clock)
    write_wav(tmp_path / "x.wav", bytes(FRAME * 2 * 100), 16000)
    arrived = []
    for number, _ in enumerate(File(tmp_path / "x.wav", pace=2), 1):
        arrived.append(clock.now - 100)
        clock.now += 0.1 if number == 50 else 0.001  # the listener works, once for long: the source makes up for it
    assert arrived[:50] == pytest.approx([number * 0.04 for number in range(1, 51)])
    assert arrived[60:] == pytest.approx([number * 0.04 for number in range(61, 101)])


def test_a_recording_that_is_not_there_is_an_audio_error(tmp_path: Path) -> None:
    with pytest.raises(AudioError) as caught:
        frames(File(tmp_path / "nowhere.wav"))
    assert caught.value.code == "audio.missing"


def test_a_pipe_gives_what_is_written_in_whatever_pieces(tmp_path: Path) -> None:
    path = tmp_path / "fifo"
    os.mkfifo(path)

    def write() -> None:
        with path.open("wb", buffering=0) as file:
            for at in range(0, len(WHOLE), 700):
                file.write(WHOLE[at : at + 700])

    writer = threading.Thread(target=write)
    with Pipe(path) as source:
        writer.start()
        found = b"".join(piece for piece in source if isinstance(piece, bytes))
    writer.join()
    assert found.startswith(WHOLE)
    assert len(found) % (FRAME * 2) == 0
    assert not any(found[len(WHOLE) :])


@pytest.mark.slow
def test_a_pipe_without_a_writer_waits_and_says_so(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "fifo")
    with Pipe(tmp_path / "fifo") as source:
        assert next(iter(source)) is None


def test_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    read, write = os.pipe()
    os.write(write, WHOLE)
    os.close(write)
    duplicate = os.dup
    monkeypatch.setattr(os, "dup", lambda descriptor: duplicate(read if descriptor == 0 else descriptor))
    assert b"".join(frames(Pipe(Path("-")))).startswith(WHOLE)
    os.close(read)


@pytest.mark.parametrize(("make", "code"), [("file", "ears.not_a_pipe"), ("nothing", "ears.pipe_unreadable")])
def test_what_is_no_pipe(tmp_path: Path, make: str, code: str) -> None:
    path = tmp_path / "x"
    if make == "file":
        path.touch()
    with pytest.raises(AudioError) as caught:
        frames(Pipe(path))
    assert caught.value.code == code
    assert str(path) in caught.value.text("ru")


def test_the_config_chooses_the_source(tmp_path: Path) -> None:
    assert isinstance(open_source(EarsOptions(source="file", path=tmp_path)), File)
    assert isinstance(open_source(EarsOptions(source="pipe", path=tmp_path)), Pipe)
    assert type(open_source(EarsOptions())).__name__ == "Microphone"


def test_a_source_that_needs_a_path_asks_for_it() -> None:
    with pytest.raises(ValueError, match="source pipe needs a path"):
        EarsOptions(source="pipe")
