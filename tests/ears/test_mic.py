import threading
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from daemon.ears.mic import Converter, Format, Microphone, find_format
from daemon.ears.pcm import FRAME
from daemon.ears.source import State
from daemon.errors import AudioError


class Default:
    device = (0, 1)


class FakePortAudio:
    """A sound system whose streams give, as soon as they are opened, what `plays` says for each opening in turn."""

    class PortAudioError(Exception):
        pass

    def __init__(
        self, *plays: list[bytes] | str, devices: list[dict[str, Any]] | None = None, rates: set[int] | None = None
    ):
        self.plays = list(plays)
        self.devices = [device(0, "USB Microphone"), device(1, "HDMI", inputs=0)] if devices is None else devices
        self.rates = {16000} if rates is None else rates
        self.opened: list[dict[str, Any]] = []
        self.restarts = 0
        self.default = Default()

    def query_devices(self) -> list[dict[str, Any]]:
        return self.devices

    def check_input_settings(self, **wanted: Any) -> None:
        if wanted["samplerate"] not in self.rates:
            raise self.PortAudioError("Invalid sample rate")

    def RawInputStream(self, **settings: Any) -> "FakeStream":  # noqa: N802 - sounddevice's name
        self.opened.append(settings)
        play = self.plays.pop(0) if self.plays else []
        if isinstance(play, str):
            raise self.PortAudioError(play)
        return FakeStream(play, settings["callback"], settings["finished_callback"])

    def _terminate(self) -> None:
        self.restarts += 1

    def _initialize(self) -> None:
        pass


class FakeStream:
    def __init__(self, play: list[bytes], callback: Callable[..., None], finished: Callable[[], None]) -> None:
        self._play, self._callback, self._finished = play, callback, finished

    def __enter__(self) -> None:
        for block in self._play:
            self._callback(block, len(block) // 2, None, None)
        self._finished()

    def __exit__(self, *_: object) -> None:
        pass


def device(index: int, name: str, inputs: int = 2, rate: float = 44100.0) -> dict[str, Any]:
    return {"index": index, "name": name, "max_input_channels": inputs, "default_samplerate": rate}


def heard(portaudio: FakePortAudio, count: int, name: str | None = None) -> tuple[list[Any], list[float]]:
    """Return the first `count` things that the microphone gives, without the Nones, and the time it waited."""
    waits: list[float] = []

    def wait(seconds: float) -> bool:
        waits.append(seconds)
        return False

    found: list[Any] = []
    with Microphone(name, portaudio=lambda: portaudio, wait=wait) as source:
        for piece in source:
            if piece is not None:
                found.append(piece)
            if len(found) == count:
                break
    return found, waits


BLOCKS = [bytes([n]) * FRAME * 2 for n in range(5)]


def test_frames_come_as_the_device_gives_them() -> None:
    portaudio = FakePortAudio(BLOCKS)
    assert heard(portaudio, 5)[0] == BLOCKS
    assert portaudio.opened[0]["samplerate"] == 16000
    assert portaudio.opened[0]["channels"] == 1
    assert portaudio.opened[0]["blocksize"] == FRAME


def test_a_device_that_can_not_do_16_khz_mono_is_resampled() -> None:
    second = np.repeat((8000 * np.sin(np.arange(44100) * 2 * np.pi * 440 / 44100)).astype("<i2")[:, None], 2, axis=1)
    blocks = [second[at : at + 3528].tobytes() for at in range(0, 44100, 3528)]
    portaudio = FakePortAudio(blocks, rates={44100})
    found, _ = heard(portaudio, 11)
    assert (portaudio.opened[0]["samplerate"], portaudio.opened[0]["channels"]) == (44100, 2)
    sound = np.frombuffer(b"".join(found), "<i2").astype(float)[3000:]
    wave = np.exp(-2j * np.pi * 440 * np.arange(len(sound)) / 16000)
    assert 2 * abs(np.mean(sound * wave)) == pytest.approx(8000, rel=0.02)


def test_two_channels_are_averaged() -> None:
    both = np.array([[100, 300], [-5, 5]], "<i2").tobytes()
    assert np.frombuffer(Converter(Format(0, 16000, 2))(both), "<i2").tolist() == [200, 0]


@pytest.mark.slow
def test_a_lost_microphone_is_told_once_looked_for_ever_more_slowly_and_told_when_found() -> None:
    portaudio = FakePortAudio(BLOCKS[:1], "Device unavailable", "Device unavailable", BLOCKS[:1])
    found, waits = heard(portaudio, 4)
    assert found[0] == found[3] == BLOCKS[0]
    assert found[1] == State("lost", "ears.microphone_lost")
    assert found[2] == State("ok")
    assert sum(waits) == pytest.approx(1 + 2 + 4)
    assert portaudio.restarts == 3


def test_a_microphone_that_is_not_there_at_the_start_is_waited_for() -> None:
    portaudio = FakePortAudio(BLOCKS, devices=[])
    ((lost,), _) = heard(portaudio, 1)
    assert lost == State("lost", "ears.no_microphone")


def test_a_sound_system_that_refuses_says_why() -> None:
    ((lost,), _) = heard(FakePortAudio("Device unavailable [PaErrorCode -9985]"), 1)
    assert lost.why == "ears.microphone_failed"
    assert "-9985" in str(lost.values["why"])


def test_one_that_is_back_is_found_within_5_s() -> None:
    portaudio = FakePortAudio(*["no"] * 9, BLOCKS)
    _, waits = heard(portaudio, 2)
    assert sum(waits) == pytest.approx(1 + 2 + 7 * 4)


@pytest.mark.slow
def test_three_seconds_without_a_frame_are_a_loss() -> None:
    class Frozen(FakeStream):
        def __enter__(self) -> None:
            pass

    class FrozenPortAudio(FakePortAudio):
        def RawInputStream(self, **settings: Any) -> FakeStream:  # noqa: N802
            return Frozen([], settings["callback"], settings["finished_callback"])

    with Microphone(None, portaudio=FrozenPortAudio, silent_after=0.3) as source:
        lost = next(piece for piece in source if piece is not None)
    assert lost.why == "ears.microphone_silent"


def test_a_reader_that_is_too_slow_gets_the_newest_sound_in_bounded_memory() -> None:
    blocks = [n.to_bytes(2, "little") * FRAME for n in range(300)]
    found, _ = heard(FakePortAudio(blocks), 50)
    assert found == blocks[-50:]


def test_a_name_chooses_the_device() -> None:
    portaudio = FakePortAudio(
        devices=[device(0, "USB Microphone"), device(3, "ReSpeaker 4 Mic Array"), device(4, "HDMI", 0)]
    )
    assert find_format(portaudio, "respeaker").device == 3
    assert find_format(portaudio, "3").device == 3
    assert find_format(portaudio, None).device == 0
    with pytest.raises(AudioError) as caught:
        find_format(portaudio, "HDMI")
    assert caught.value.code == "ears.unknown_microphone"
    assert "USB Microphone, ReSpeaker 4 Mic Array" in caught.value.text("en")


@pytest.mark.slow
def test_without_portaudio_there_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    import ctypes.util
    import sys

    monkeypatch.setattr(ctypes.util, "find_library", lambda _: None)
    monkeypatch.delitem(sys.modules, "sounddevice", raising=False)
    monkeypatch.delitem(sys.modules, "_sounddevice", raising=False)
    with Microphone(None) as source, pytest.raises(AudioError) as caught:
        next(iter(source))
    assert caught.value.code == "ears.no_portaudio"


def test_closing_ends_it() -> None:
    closed = threading.Event()
    with Microphone(None, portaudio=lambda: FakePortAudio(BLOCKS)) as source:
        pieces = iter(source)
        next(pieces)
    for _ in pieces:
        assert not closed.is_set()
    closed.set()
