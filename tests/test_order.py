import pytest
from hypothesis import given
from hypothesis import strategies as st

from daemon.order import PRIORITY, in_order, learned, left, work
from daemon.types import Job, JobState


def job(name: str, priority: int, state: JobState = JobState.QUEUED) -> Job:
    return Job(name, "t", "picture", {}, priority=priority, state=state)


def test_a_person_goes_first_and_nobody_pushes_aside_what_runs() -> None:
    waiting = [job("a", 0, JobState.RUNNING), job("b", 0), job("c", 10), job("d", 10)]
    assert "".join(each.id for each in in_order(waiting)) == "acdb"
    assert PRIORITY["now"] > PRIORITY["normal"] > PRIORITY["later"]


@given(st.lists(st.integers(-5, 5)))
def test_the_same_priority_keeps_its_order(priorities: list[int]) -> None:
    served = in_order(job(str(number), one) for number, one in enumerate(priorities))
    assert [(-each.priority, int(each.id)) for each in served] == sorted(
        (-one, number) for number, one in enumerate(priorities)
    )


def test_estimates_are_scaled_by_what_the_request_states() -> None:
    history = [({"width": 512, "height": 512, "steps": 20}, 10.0), ({"prompt": "x"}, 3.0), ({"prompt": "y"}, 5.0)]
    assert learned({"width": 1024, "height": 512, "steps": 40}, history) == pytest.approx(40)
    assert learned({"prompt": "z"}, history) == 4
    assert learned({"steps": 5}, history) is None
    assert learned({}, []) is None
    assert work({"width": "512", "steps": -1}) == 1


@given(st.floats(0, 1e5), st.floats(0, 1e5), st.floats(0, 1))
def test_what_is_left_is_never_negative(total: float, elapsed: float, progress: float) -> None:
    assert left(total, elapsed, progress) >= 0


def test_what_is_left() -> None:
    assert left(10, 0, 0) == 10
    assert left(10, 3, 0) == 7
    assert left(10, 10, 0.5) == pytest.approx(5)
    assert left(10, 10, 1) == 0


def test_without_an_estimate_the_pace_tells_and_only_the_pace() -> None:
    assert left(None, 100, 0) is None
    assert left(None, 100, 0.01) is None
    assert left(None, 100, 0.5) == pytest.approx(100)
