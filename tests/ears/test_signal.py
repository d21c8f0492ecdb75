import numpy as np
import pytest

from daemon.ears.meter import Meter
from daemon.ears.pcm import FRAME
from daemon.ears.signal import SignalWatch

ZEROS = bytes(FRAME * 2)
OFFSET = np.full(FRAME, -700, "<i2").tobytes()
HISS = np.random.default_rng(0).normal(0, 30, FRAME).astype("<i2").tobytes()
SPEECH = (6000 * np.sin(np.arange(FRAME) * 2 * np.pi / 40)).astype("<i2").tobytes()
CLIPPED = np.clip(60_000 * np.sin(np.arange(FRAME) * 2 * np.pi / 40), -32768, 32767).astype("<i2").tobytes()
SECOND = 12.5


def changes(*parts: tuple[bytes, float]) -> list[tuple[int, str]]:
    """Feed frames for some seconds each; return when, in seconds, and how the verdict changed."""
    watch, at, found = SignalWatch(), 0.0, []
    for frame, seconds in parts:
        for _ in range(round(seconds * SECOND)):
            at += 1 / SECOND
            if watch.hear(frame):
                found.append((round(at), watch.trouble))
    return found


@pytest.mark.parametrize("frame", [ZEROS, OFFSET], ids=["zeros", "a constant"])
def test_a_minute_of_nothing_is_noticed_and_so_is_its_end(frame):
    assert changes((frame, 70), (HISS, 5), (frame, 50)) == [(58, "ears.only_silence"), (70, "")]


def test_a_minute_of_clipping_is_noticed():
    assert changes((HISS, 30), (CLIPPED, 70), (SPEECH, 20)) == [(76, "ears.clipping"), (112, "")]


def test_a_quiet_room_and_speech_are_fine():
    assert changes((HISS, 100), (SPEECH, 100), (ZEROS, 30), (CLIPPED, 20), (HISS, 60)) == []


def metered(*frames: bytes, voiced: bool = True) -> Meter:
    meter = Meter()
    for frame in frames:
        meter.hear(frame, voiced=voiced, scores={"word": 0.5})
    return meter


def soft(frame: bytes, by: float) -> bytes:
    return (np.frombuffer(frame, "<i2") * by).astype("<i2").tobytes()


@pytest.mark.parametrize(
    ("frames", "voiced", "troubles"),
    [
        ([HISS] * 40 + [SPEECH] * 40, True, []),
        ([ZEROS] * 40, False, ["silent"]),
        ([], False, ["silent"]),
        ([HISS] * 40, False, ["no_voice"]),
        ([HISS] * 40 + [CLIPPED] * 40, True, ["clipping"]),
        ([soft(HISS, 0.1)] * 40 + [soft(SPEECH, 0.02)] * 40, True, ["quiet"]),
        ([soft(SPEECH, 0.5)] * 40 + [SPEECH] * 40, True, ["noisy"]),
    ],
)
def test_the_meter_says_what_is_wrong(frames, voiced, troubles):
    assert metered(*frames, voiced=voiced).troubles() == troubles


def test_levels_and_scores():
    meter = metered(*[HISS] * 40, *[SPEECH] * 40)
    assert meter.level == meter.speech == pytest.approx(-17.8, abs=0.1)
    assert meter.noise == pytest.approx(-60.8, abs=1)
    meter.hear(HISS, voiced=False, scores={"word": 0.2, "other": 0.1})
    assert meter.scores == {"word": 0.5, "other": 0.1}
