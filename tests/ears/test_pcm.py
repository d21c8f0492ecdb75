import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from daemon.ears import pcm


def test_full_scale_is_0_db_and_silence_is_the_floor() -> None:
    assert pcm.peak_db(np.array([0, -32768], "<i2").tobytes()) == 0
    assert pcm.rms_db(bytes(640)) == pcm.peak_db(bytes(640)) == pcm.rms_db(b"") == pcm.SILENCE_DB


def test_a_sine_is_3_db_below_its_peak() -> None:
    sine = (8192 * np.sin(np.arange(1600) * 2 * np.pi / 16)).astype("<i2").tobytes()
    assert pcm.peak_db(sine) - pcm.rms_db(sine) == pytest.approx(3.01, abs=0.05)
    assert pcm.peak_db(sine) == pytest.approx(-12.04, abs=0.05)


def test_a_frame_is_four_hops() -> None:
    frame = np.arange(pcm.FRAME, dtype="<i2").tobytes()
    assert [pcm.length(hop) for hop in pcm.hops(frame)] == [pcm.HOP] * 4
    assert b"".join(pcm.hops(frame)) == frame


@pytest.mark.slow
@given(st.binary(max_size=4000).filter(lambda data: len(data) % 2 == 0))
def test_levels_stay_in_their_range(data: bytes) -> None:
    assert pcm.SILENCE_DB <= pcm.rms_db(data) <= pcm.peak_db(data) + 1e-4 <= 1e-4
