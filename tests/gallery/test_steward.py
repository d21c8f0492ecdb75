"""A full disk: the reserve goes first, then what is oldest; it is told once, and mends itself."""

import asyncio
import errno
import os
from collections.abc import Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from daemon import reserve as reserve_module
from daemon.engines.base import Made
from daemon.errors import EngineError, JobError
from daemon.events import Failed, GalleryChanged, PartChanged
from daemon.gallery import steward as steward_module
from daemon.gallery.options import GalleryOptions
from daemon.gallery.retention import DAY_S, MB
from daemon.gallery.steward import Clock, Steward
from daemon.jobs import Jobs
from daemon.reserve import FILES, MOST, Reserve, Room
from daemon.types import Artifact, Job, JobState
from tests.gallery.test_gallery import House as GalleryHouse
from tests.makers import FakeMaker

SMALL = GalleryOptions(keep_free_mb=8)
TOTAL = 64 * MB


class Disk:
    """A disk of 64 MB on which others have `taken` so much; each file of ours counts as `each`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.taken = 0
        self.each = 2 * MB
        self.inodes: int | None = None

    def room(self, _folder: Path) -> Room:
        files = len(list(self.folder.glob("artifacts/*/*.png"))) + len(list(self.folder.glob("artifacts/*/.*.gone")))
        spare = sum((self.folder / "reserve" / str(n)).exists() for n in range(FILES)) * MOST // FILES
        return Room(max(0, TOTAL - self.taken - files * self.each - spare), self.inodes, TOTAL)


class House(GalleryHouse):
    """A gallery with a steward, on a disk that the test fills."""

    def __init__(self, folder: Path, disk: Disk, options: GalleryOptions = SMALL) -> None:
        super().__init__(folder)
        self.disk = disk
        self.said: list[str] = []
        self.steward = Steward(
            folder, self.artifacts, self.gallery, self.bus, options, lambda error: self.said.append(error.code)
        )

    def make(self, number: int, prompt: str = "x", kind: str = "picture", mb: float = 2) -> Artifact:
        made = super().make(number, prompt, kind)
        with self.store.transaction() as db:
            db.execute("UPDATE artifacts SET bytes = ? WHERE id = ?", (int(mb * MB), made.id))
        return made


@pytest.fixture
def disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Disk:
    made = Disk(tmp_path)
    monkeypatch.setattr(steward_module, "room", made.room)
    monkeypatch.setattr(reserve_module, "room", made.room)
    return made


@pytest.fixture
def house(tmp_path: Path, disk: Disk) -> Iterator[House]:
    made = House(tmp_path, disk)
    yield made
    made.store.close()


async def test_a_full_disk_is_told_once_and_mends_itself(house: House, disk: Disk) -> None:
    with house.bus.subscribe(PartChanged, Failed) as events:
        await house.steward.tend(by_age=False)
        assert Reserve(house.folder).whole
        house.steward.check()
        disk.taken = TOTAL
        for _ in range(3):
            await house.steward.tend(by_age=False)
        with pytest.raises(JobError, match="is full"):
            house.steward.check()
        with pytest.raises(JobError, match="is full"):
            await house.steward.make_room()
        assert house.said == ["disk.full"]
        disk.taken = 0
        house.steward.check()
        await house.steward.tend(by_age=False)
        assert Reserve(house.folder).whole
        house.bus.close()
        told = [event async for event in events]
    assert [(event.part, getattr(event, "health", "")) for event in told] == [
        ("disk", "down"), ("disk", ""), ("disk", "ok"),
    ]  # fmt: skip


async def test_room_is_made_for_a_job_by_the_oldest(house: House, disk: Disk) -> None:
    made = [house.make(number) for number in range(4)]
    house.artifacts.keep([made[0].id], kept=True)
    await house.steward.tend(by_age=False)
    disk.taken = TOTAL - 4 * disk.each - MOST - 6 * MB  # 6 MB free, 8 wanted
    await house.steward.make_room()
    assert [one.id for one in made if one.path.exists()] == [made[0].id, made[2].id, made[3].id]
    assert house.said == []


async def test_without_a_job_nobody_elses_files_cost_ours(house: House, disk: Disk) -> None:
    """The disk is full because of others: only a tenth goes, and of few nothing."""
    made = [house.make(number) for number in range(8)]
    disk.taken = TOTAL
    for _ in range(5):
        await house.steward.tend(by_age=True)
    assert all(one.path.exists() for one in made)


async def test_too_few_inodes_are_a_full_disk_too(house: House, disk: Disk) -> None:
    disk.inodes = 3
    await house.steward.tend(by_age=False)
    assert house.said == ["disk.full"]
    disk.inodes = 100
    await house.steward.tend(by_age=False)
    await house.steward.make_room()


async def test_what_a_job_needs_stays(house: House, disk: Disk) -> None:
    made = [house.make(number) for number in range(3)]
    house.needed = {made[0].id}
    disk.taken = TOTAL - 3 * disk.each - MOST - 7 * MB
    await house.steward.make_room()
    assert [one.path.exists() for one in made] == [True, False, True]


async def test_nothing_is_deleted_in_vain(house: House, disk: Disk) -> None:
    made = [house.make(number) for number in range(6)]
    disk.taken = TOTAL
    with pytest.raises(JobError, match="is full"):
        await house.steward.make_room()
    assert all(one.path.exists() for one in made)


async def test_what_the_database_took_of_the_reserve_counts_as_missing(house: House, disk: Disk) -> None:
    await house.steward.tend(by_age=False)
    disk.taken = TOTAL - MOST - 100_000
    made = house.make(1)
    assert not Reserve(house.folder).whole, "its row had to be written"
    assert made.path.exists()
    await house.steward.tend(by_age=False)
    assert house.said == ["disk.full"], "8 MB are free, but they are the reserve's"


async def test_by_the_config_and_by_its_reload(house: House, disk: Disk) -> None:
    for number in range(10):
        house.make(number)
    house.steward.options = GalleryOptions(keep_mb=6, keep_free_mb=0)
    running = asyncio.create_task(house.steward.run())
    with house.bus.subscribe(GalleryChanged) as events:
        async with asyncio.timeout(5):
            deletions = aiter(events)
            for _ in range(7):
                await anext(deletions)
            house.steward.options = GalleryOptions(keep_mb=2, keep_free_mb=0)
            house.steward.look()
            for _ in range(2):
                await anext(deletions)
    assert [item.id[-1] for item in house.artifacts.items()] == ["9"]
    running.cancel()
    await asyncio.wait([running])


def test_a_clock_that_jumps_is_not_believed_for_a_day(monkeypatch: pytest.MonkeyPatch) -> None:
    now = {"wall": 1.8e9, "running": 100.0}
    monkeypatch.setattr(steward_module.time, "time", lambda: now["wall"])
    monkeypatch.setattr(steward_module, "_running", lambda: now["running"])
    clock = Clock()

    def later(wall: float, running: float) -> float | None:
        now["wall"] += wall
        now["running"] += running
        return clock.trusted()

    assert later(3600, 3600) == now["wall"]
    assert later(100 * DAY_S, 100 * DAY_S) == now["wall"], "a long sleep is no jump"
    assert later(3650 * DAY_S, 3600) is None
    assert later(3600, 3600) is None
    assert later(-3650 * DAY_S, DAY_S) is None
    assert later(DAY_S, DAY_S) == now["wall"]


class FullMaker(FakeMaker):
    """Meets a full disk in the middle of its work, the first time."""

    async def make(self, request, path, progress, device=None) -> Made:
        if not self.made:
            self.made.append("full")
            raise EngineError("disk.full", path=path.parent, free=0)
        return await super().make(request, path, progress, device)


@asynccontextmanager
async def jobs_of(house: House, maker: FakeMaker):
    over: asyncio.Queue = asyncio.Queue()
    jobs = Jobs(house.store, house.artifacts, house.bus, {"picture": maker}, lambda *end: over.put_nowait(end))
    jobs.room = house.steward
    running = asyncio.create_task(jobs.run())
    try:
        yield jobs, over
    finally:
        running.cancel()
        await asyncio.wait([running])


async def test_a_job_that_meets_a_full_disk_is_tried_again(house: House) -> None:
    async with jobs_of(house, FullMaker()) as (jobs, over), asyncio.timeout(5):
        jobs.submit("picture", {"prompt": "a fox"}, "t")
        done, artifact = await over.get()
    assert (done.state, done.attempts) == (JobState.DONE, 2)
    assert artifact.path.read_text() == "whole a fox"


async def test_jobs_are_refused_while_the_disk_is_full_and_taken_after(house: House, disk: Disk) -> None:
    async with jobs_of(house, FakeMaker()) as (jobs, over), asyncio.timeout(5):
        disk.taken = TOTAL
        jobs.submit("picture", {"prompt": "accepted, then no room"}, "t")
        failed, _ = await over.get()
        assert (failed.state, failed.error) == (JobState.FAILED, "disk.full")
        with pytest.raises(JobError, match="is full"):
            jobs.submit("picture", {"prompt": "refused"}, "t")
        disk.taken = 0
        jobs.submit("picture", {"prompt": "a fox"}, "t")
        assert (await over.get())[0].state is JobState.DONE


async def test_a_disk_that_refuses_the_finished_file(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    part = house.artifacts.begin(Job("a", "t", "picture", {}, created=1.0), ".png")
    part.write_text("x")

    def full(*_given: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(JobError) as caught:
        house.artifacts.finish(Job("a", "t", "picture", {}, created=1.0), part, Made("image/png"))
    assert caught.value.code == "disk.full"
