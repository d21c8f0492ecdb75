"""What is handed to a sound card; the card itself is tested with the mouth, over a virtual one."""

import threading
from collections.abc import Callable
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from daemon.audio import speaker as module
from daemon.audio.options import SpeakerOptions
from daemon.audio.resample import Resampler
from daemon.audio.speaker import MARGIN, Sound, Speaker, gain
from daemon.errors import AudioError
from daemon.types import Pcm
from tests.sound import sound_card


def ramp(count):
    return np.arange(count, dtype="<i2").tobytes()


@given(st.lists(st.integers(1, 400), max_size=20), st.lists(st.integers(1, 300), min_size=1, max_size=60))
def test_what_goes_in_comes_out_in_order_then_silence(pieces, blocks):
    sound, out = Sound(48_000, 100), b""
    whole = ramp(sum(pieces))
    start = 0
    for size in pieces:
        sound.write(Pcm(whole[2 * start : 2 * (start + size)], 48_000))
        start += size
    sound.finish()
    for number, count in enumerate(blocks):
        block = sound.take(count, number)
        assert len(block) == 2 * count
        out += block
    assert out[: len(whole)] == whole[: len(out)]
    assert not any(out[len(whole) :])


def test_it_is_over_when_its_last_sample_has_left_the_speaker():
    sound = Sound(1000, 100)
    sound.write(Pcm(ramp(150), 1000))
    sound.take(100, heard_at=5.0)
    assert sound.begins == 5.0
    sound.take(100, heard_at=5.1)
    assert not sound.over(99), "more may come"
    sound.finish()
    sound.take(100, heard_at=5.2)
    assert not sound.over(5.2)
    assert sound.over(5.2 + 2 * MARGIN)


def test_what_is_heard_is_told_at_16_khz_with_its_time():
    sound = Sound(48_000, 100)
    sound.write(Pcm(bytes(2 * 48_000), 48_000))
    for number in range(10):
        sound.take(4800, heard_at=number / 10)
    frames = []
    while (frame := sound.heard()) is not None:
        frames.append(frame)
    assert [frame.t for frame in frames] == [number / 10 for number in range(10)]
    assert sum(len(frame.pcm) for frame in frames) / 2 == pytest.approx(16_000, rel=0.05)


def test_a_reply_in_two_rates_is_one_sound():
    sound = Sound(48_000, 100)
    sound.write(Pcm(bytes(2 * 16_000), 16_000))
    sound.write(Pcm(bytes(2 * 22_050), 22_050))
    sound.finish()
    taken = 0
    while not sound.over(1e9):
        sound.take(480, heard_at=0.0)
        taken += 480
    assert taken / 48_000 == pytest.approx(2, abs=0.02)


def test_volume_is_squared_and_bounded():
    assert [round(float(gain(volume)), 2) for volume in (-5, 0, 50, 100, 300)] == [0, 0, 0.25, 1, 1]
    quiet, loud = Sound(16_000, 50), Sound(16_000, 100)
    for sound in (quiet, loud):
        sound.write(Pcm(np.full(10, 10_000, "<i2").tobytes(), 16_000))
    assert np.frombuffer(quiet.take(10, 0.0), "<i2")[0] * 4 == np.frombuffer(loud.take(10, 0.0), "<i2")[0]


def test_resampling_in_pieces_is_resampling_at_once():
    wave = (np.sin(np.arange(22_050) * 0.2) * 9000).astype("<i2").tobytes()
    whole = Resampler(22_050, 48_000).feed(wave, last=True)
    pieces = Resampler(22_050, 48_000)
    parts = b"".join(pieces.feed(wave[start : start + 1000]) for start in range(0, len(wave), 1000))
    parts += pieces.feed(b"", last=True)
    first, second = (np.frombuffer(pcm, "<i2").astype(int) for pcm in (whole, parts))
    assert len(first) == len(second) == 48_000
    assert np.abs(first - second).max() <= 2
    assert Resampler(16_000, 16_000).feed(b"ab") == b"ab"


@pytest.mark.slow
def test_a_card_is_found_by_a_part_of_its_name_and_a_wrong_name_lists_them():
    with sound_card():
        speaker = Speaker(SpeakerOptions(device="nonsense"))
        with pytest.raises(AudioError, match="nonsense") as caught:
            speaker.open()
        assert "default" in str(caught.value.values["known"])
        speaker = Speaker(SpeakerOptions(device="DEFAU"))
        speaker.open()
        assert speaker.name == "default"
        speaker.close()


class Card:
    """PortAudio whose first stream neither starts nor refuses: its sound server was restarted."""

    PortAudioError, CallbackAbort = OSError, StopIteration

    def __init__(self) -> None:
        self.forever = threading.Event()
        self.callbacks: list[Callable[..., None]] = []

    def check_output_settings(self, *_: object, **__: object) -> None:
        """Take any rate."""

    def query_devices(self, *_: object) -> dict[str, str]:
        return {"name": "card"}

    def RawOutputStream(self, callback, **_):  # noqa: N802 - sounddevice's name
        self.callbacks.append(callback)
        return SimpleNamespace(start=self.forever.wait if len(self.callbacks) == 1 else lambda: None)


def test_a_stream_that_does_not_start_is_replaced_and_its_process_is_to_end(monkeypatch):
    card, when = Card(), SimpleNamespace(outputBufferDacTime=0.0, currentTime=0.0)
    monkeypatch.setattr(module, "portaudio", lambda _: card)
    monkeypatch.setattr(module, "STARTING", 0.05)
    speaker = Speaker(SpeakerOptions())
    speaker.open()
    sound = Sound(speaker.rate, 100)
    sound.write(Pcm(ramp(100), speaker.rate))
    speaker.start(sound)
    card.forever.set()
    late, good = card.callbacks
    with pytest.raises(card.CallbackAbort):
        late(bytearray(200), 100, when, None)
    good(out := bytearray(200), 100, when, None)
    assert bytes(out) == ramp(100)
    assert speaker.stalled
    assert not speaker.lost
