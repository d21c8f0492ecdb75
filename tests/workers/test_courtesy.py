"""Making waits while somebody is heard or answered: never for ever, and never deaf to a cancel."""

import pytest

from daemon.errors import Cancelled
from daemon.workers.courtesy import LOOK_S, MOST_S, give_way
from daemon.workers.wire import Frame


class Calls:
    """A call whose frames come at given seconds; waiting is what makes the time pass."""

    def __init__(self, *frames, cancelled=float("inf")):
        self.now = 0.0
        self._frames = list(frames)
        self._cancelled = cancelled

    def receive(self, timeout=None):
        if self._frames and self._frames[0][0] <= self.now + timeout:
            at, on = self._frames.pop(0)
            self.now = max(self.now, at)
            return Frame({"op": "pause", "on": on}, b"")
        self.now += timeout
        return None

    def check(self):
        if self.now >= self._cancelled:
            raise Cancelled

    def clock(self):
        return self.now


@pytest.mark.parametrize(
    ("frames", "waited"),
    [
        ((), 0),
        (((0, True), (7, False)), 7),
        (((0, True), (3, False), (3, True), (9, False)), 9),
        (((0, True), (0, False)), 0),
        (((0, False),), 0),
        (((0, True),), MOST_S),
    ],
)
def test_it_waits_as_long_as_the_pause_but_not_for_ever(frames, waited):
    call = Calls(*frames)
    give_way(call, call.clock)
    assert call.now == pytest.approx(waited)


def test_a_pause_that_begins_later_is_for_the_next_step():
    call = Calls((5, True))
    give_way(call, call.clock)
    assert call.now == 0


def test_a_cancelled_one_does_not_wait_for_the_end_of_the_pause():
    call = Calls((0, True), cancelled=10)
    with pytest.raises(Cancelled):
        give_way(call, call.clock)
    assert call.now <= 10 + LOOK_S
