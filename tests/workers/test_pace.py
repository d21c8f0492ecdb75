"""How long a child may take to stop, with a clock of our own."""

import pytest

from daemon.workers.pace import FIRST_S, LEAST_S, LONGER, MOST_S, Pace


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.mark.parametrize(
    ("steps", "since", "grace"),
    [
        ([], 3.0, LONGER * FIRST_S - 3),
        ([], 500.0, LEAST_S),
        ([0.1, 0.1], 0.05, LEAST_S),
        ([2.0, 30.0, 4.0], 0.0, 60.0),
        ([2.0, 30.0, 4.0], 10.0, 50.0),
        ([30.0], 70.0, LEAST_S),
        ([1000.0], 0.0, MOST_S),
    ],
)
def test_a_step_is_given_the_time_of_the_longest_and_more(
    clock: Clock, steps: list[float], since: float, grace: float
) -> None:
    pace = Pace(clock)
    for seconds in steps:
        clock.now += seconds
        pace.step()
    clock.now += since
    assert pace.grace() == pytest.approx(grace)


def test_what_is_held_up_is_no_slow_step(clock: Clock) -> None:
    pace = Pace(clock)
    pace.step()
    clock.now += 50
    pace.wait()
    clock.now += 4
    pace.step()
    assert pace.grace() == LONGER * 4
