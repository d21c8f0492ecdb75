"""Placement, on simulated devices."""

from hypothesis import given
from hypothesis import strategies as st

from daemon.workers.placement import Loaded, Place, idle, place

DEVICES = ("cuda:0", "cuda:1", "cpu")


@st.composite
def houses(draw: st.DrawFn) -> tuple[dict[str, int], list[Loaded]]:
    """Devices, and engines on them that fit; at most one worker for each engine and device."""
    capacity = {device: draw(st.integers(1, 24)) for device in DEVICES[: draw(st.integers(1, 3))]}
    loaded = []
    for device, room in capacity.items():
        for engine in draw(st.lists(st.sampled_from("abcd"), unique=True)):
            memory = draw(st.integers(0, 8))
            if memory <= room - sum(each.memory_mb for each in loaded if each.device == device):
                loaded.append(Loaded(engine, device, memory, draw(st.floats(0, 100)), draw(st.booleans())))
    return capacity, loaded


def held(loaded: list[Loaded], device: str) -> int:
    return sum(each.memory_mb for each in loaded if each.device == device)


@given(houses(), st.sampled_from("abcde"), st.integers(0, 24))
def test_never_over_capacity_and_nothing_that_runs_is_unloaded(house, engine: str, memory: int) -> None:
    capacity, loaded = house
    if (found := place(engine, memory, capacity, loaded)) is None:
        return
    assert not any(each.running for each in found.evict)
    assert all(each in loaded and each.device == found.device for each in found.evict)
    warm = any(each.engine == engine and each.device == found.device for each in loaded)
    left = held([each for each in loaded if each not in found.evict], found.device)
    assert left + (0 if warm else memory) <= capacity[found.device]


@given(houses(), st.sampled_from("abcde"), st.integers(0, 24))
def test_nothing_is_unloaded_in_vain(house, engine: str, memory: int) -> None:
    capacity, loaded = house
    if (found := place(engine, memory, capacity, loaded)) is None or not found.evict:
        return
    for spared in found.evict:
        rest = [each for each in loaded if each not in found.evict or each is spared]
        assert held(rest, found.device) + memory > capacity[found.device]
    free = [
        device for device in capacity if not any(each.engine == engine and each.device == device for each in loaded)
    ]
    assert all(held(loaded, device) + memory > capacity[device] for device in free)
    assert not any(each.engine == engine and not each.running for each in loaded)


@given(houses(), st.sampled_from("abcde"), st.integers(0, 24))
def test_what_fits_an_idle_house_is_placed(house, engine: str, memory: int) -> None:
    capacity, loaded = house
    resting = [Loaded(each.engine, each.device, each.memory_mb, each.used) for each in loaded]
    warm = any(each.engine == engine for each in resting)
    assert (place(engine, memory, capacity, resting) is not None) == (warm or memory <= max(capacity.values()))


def test_two_devices_serve_two_jobs_of_one_engine_at_once() -> None:
    capacity = {"cuda:0": 8, "cuda:1": 8}
    first = Loaded("a", "cuda:0", 6, 1, running=True)
    assert place("a", 6, capacity, [first]) == Place("cuda:1")
    assert place("a", 6, capacity, [first, Loaded("a", "cuda:1", 6, 1, running=True)]) is None


def test_the_longest_idle_goes_and_the_warm_one_is_used() -> None:
    old, new = Loaded("a", "cpu", 4, 1), Loaded("b", "cpu", 4, 2)
    assert place("c", 4, {"cpu": 8}, [new, old]) == Place("cpu", (old,))
    assert place("a", 4, {"cpu": 8}, [new, old]) == Place("cpu")
    assert idle([new, old, Loaded("c", "cpu", 1, 0, running=True)], now=11, patience_s=10) == [old]
    assert place("c", 9, {"cpu": 8}, []) is None
