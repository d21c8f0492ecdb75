"""Which artifacts go to make room."""

from hypothesis import given
from hypothesis import strategies as st

from daemon.gallery.options import GalleryOptions
from daemon.gallery.retention import DAY_S, MB, NEWEST, Item, for_a_job, to_go

NOW = 1_800_000_000.0
DAYS = GalleryOptions(keep_days=30, keep_free_mb=0)
SIZE = GalleryOptions(keep_mb=10, keep_free_mb=0)
ROOM = GalleryOptions(keep_free_mb=500)


def items(count: int, *, mb: float = 1, days: float = 0, held: tuple[int, ...] = ()) -> list[Item]:
    return [Item(f"{n}", int(mb * MB), NOW - DAY_S * days, n not in held) for n in range(count)]


def test_what_is_young_and_small_stays() -> None:
    everything = items(50, days=29)
    for options in (DAYS, GalleryOptions(keep_mb=51), ROOM, GalleryOptions()):
        assert to_go(everything, options, now=NOW, free_mb=1000) == []


def test_by_age_a_tenth_goes_at_a_time_the_oldest_first() -> None:
    assert to_go(items(30, days=31), DAYS, now=NOW, free_mb=0) == ["0", "1", "2"]
    assert to_go(items(3, days=31), DAYS, now=NOW, free_mb=0) == ["0"]
    assert to_go(items(30, days=31, held=(0, 2)), DAYS, now=NOW, free_mb=0) == ["1", "3", "4"]


def test_a_clock_ten_years_ahead_does_not_take_all_at_once() -> None:
    assert len(to_go(items(100, days=1), DAYS, now=NOW + 3650 * DAY_S, free_mb=0)) == 10
    assert to_go(items(100, days=1), DAYS, now=0.0, free_mb=0) == []
    assert to_go(items(100, days=400), DAYS, now=None, free_mb=0) == []


def test_by_size_as_many_go_as_have_to() -> None:
    assert to_go(items(13), SIZE, now=NOW, free_mb=0) == ["0", "1", "2"]
    assert to_go(items(13, held=(0, 1)), SIZE, now=NOW, free_mb=0) == ["2", "3", "4"]
    assert to_go(items(1, mb=100), SIZE, now=NOW, free_mb=0) == [], "never the newest"


def test_for_free_room_a_tenth_goes_and_the_newest_stay() -> None:
    assert to_go(items(50), ROOM, now=NOW, free_mb=498) == ["0", "1"]
    assert to_go(items(50), ROOM, now=NOW, free_mb=0) == ["0", "1", "2", "3", "4"]
    assert to_go(items(NEWEST), ROOM, now=NOW, free_mb=0) == []


def test_for_a_job_a_quarter_goes_at_most_and_never_the_newest() -> None:
    assert for_a_job(items(5), 1.5 * MB) == ["0", "1"]
    assert for_a_job(items(40), 10 * MB) == [str(n) for n in range(10)]
    assert for_a_job(items(40), 10 * MB + 1) == [], "not in vain"
    assert for_a_job(items(3), 2 * MB) == ["0", "1"]
    assert for_a_job(items(3), 3 * MB) == []
    assert for_a_job([], 1) == for_a_job(items(1), 1) == []


@given(
    sizes=st.lists(st.tuples(st.integers(0, 50 * MB), st.floats(0, 4e9), st.booleans()), max_size=60),
    days=st.none() | st.floats(0.01, 1000),
    mb=st.none() | st.integers(1, 500),
    free=st.integers(0, 1000),
    now=st.none() | st.floats(0, 4e9),
    left=st.floats(0, 2000),
)
def test_whatever_the_rules_what_is_held_stays_and_the_rules_are_kept(sizes, days, mb, free, now, left) -> None:
    everything = [Item(f"{n}", *size) for n, size in enumerate(sizes)]
    options = GalleryOptions(keep_days=days, keep_mb=mb, keep_free_mb=free)
    going = set(to_go(everything, options, now=now, free_mb=left))
    stays = [item for item in everything if item.id not in going]
    assert all(item.free for item in everything if item.id in going)
    if mb is None:
        assert len(going) <= 2 * max(1, len(everything) // 10)
    elif sum(item.bytes for item in stays) > mb * MB:
        assert not any(item.free for item in stays[:-1]), "all that may go for size has gone"
    if days is None and mb is None and left >= free:
        assert going == set()
