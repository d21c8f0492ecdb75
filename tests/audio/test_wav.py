import contextlib
import wave

import numpy as np
import pytest

from daemon.audio.wav import WavWriter
from daemon.errors import AudioError
from daemon.types import Pcm


def tone(seconds, rate):
    return Pcm((np.sin(np.arange(int(seconds * rate)) * 0.1) * 8000).astype("<i2").tobytes(), rate)


def fail(path):
    """Leave a writer by an exception."""
    with contextlib.suppress(ZeroDivisionError), WavWriter(path) as file:
        file.write(tone(0.1, 16_000))
        raise ZeroDivisionError


def test_it_appears_whole_at_the_end(tmp_path):
    path = tmp_path / "new" / "reply.wav"
    with WavWriter(path) as file:
        for _ in range(3):
            file.write(tone(0.1, 22_050))
        assert not path.exists()
    with wave.open(str(path)) as read:
        assert (read.getframerate(), read.getnchannels(), read.getsampwidth()) == (22_050, 1, 2)
        assert read.readframes(read.getnframes()) == tone(0.1, 22_050).pcm * 3
    assert file.seconds == pytest.approx(0.3, abs=0.001)
    assert list(path.parent.iterdir()) == [path]


def test_a_change_of_rate_within_a_reply_is_resampled(tmp_path):
    with WavWriter(tmp_path / "x.wav") as file:
        file.write(tone(0.5, 16_000))
        file.write(tone(0.5, 48_000))
        file.write(tone(0.5, 16_000))
    with wave.open(str(tmp_path / "x.wav")) as read:
        assert read.getframerate() == 16_000
        assert read.getnframes() == pytest.approx(24_000, abs=20)


def test_nothing_said_is_no_file_and_an_error_leaves_none(tmp_path):
    with WavWriter(tmp_path / "x.wav"):
        pass
    fail(tmp_path / "x.wav")
    assert list(tmp_path.iterdir()) == []


def test_an_older_file_stays_until_the_new_one_is_whole(tmp_path):
    path = tmp_path / "x.wav"
    path.write_bytes(b"old")
    fail(path)
    assert path.read_bytes() == b"old"


def test_a_place_that_can_not_be_written_is_named(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(AudioError, match=r"x\.wav") as caught, WavWriter(tmp_path / "file" / "x.wav") as file:
        file.write(tone(0.1, 16_000))
    assert caught.value.code == "speaker.unwritable"
