import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from daemon.ears.ring import Ring


def stream(count: int) -> bytes:
    return np.arange(count, dtype="<i2").tobytes()


@pytest.mark.slow
@given(st.integers(1, 50), st.lists(st.integers(0, 30), max_size=20), st.integers(0, 700), st.integers(0, 700))
def test_it_keeps_exactly_the_newest_samples(size: int, pieces: list[int], start: int, end: int) -> None:
    ring, whole = Ring(size), stream(sum(pieces))
    at = 0
    for piece in pieces:
        ring.append(whole[at * 2 : (at + piece) * 2])
        at += piece
    assert ring.end == at
    assert ring.start == max(at - size, 0)
    assert ring.cut(0) == whole[ring.start * 2 :]
    first = max(start, ring.start)
    assert ring.cut(start, end) == whole[first * 2 : max(min(end, at), first) * 2]
