import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from daemon.ears import pcm


def test_full_scale_is_0_db_and_silence_is_the_floor() -> None:
    loud = np.full(pcm.HOP, -32768, "<i2").tobytes()
    assert pcm.levels(loud + bytes(640)) == [0, pcm.SILENCE_DB]


def test_a_sine_is_3_db_below_its_peak() -> None:
    sine = (8192 * np.sin(np.arange(5 * pcm.HOP) * 2 * np.pi / 16)).astype("<i2").tobytes()
    assert pcm.levels(sine) == pytest.approx([-15.05] * 5, abs=0.05)


def test_a_frame_is_four_hops() -> None:
    frame = np.arange(pcm.FRAME, dtype="<i2").tobytes()
    assert [pcm.length(hop) for hop in pcm.hops(frame)] == [pcm.HOP] * 4
    assert b"".join(pcm.hops(frame)) == frame


@pytest.mark.slow
@given(st.binary(max_size=4000).filter(lambda data: len(data) % 2 == 0))
def test_levels_stay_in_their_range_one_a_whole_hop(data: bytes) -> None:
    found = pcm.levels(data)
    assert len(found) == len(pcm.hops(data))
    assert all(pcm.SILENCE_DB <= level <= 1e-4 for level in found)
