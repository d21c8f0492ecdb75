"""The pool of devices: simulated ones, with engines that only say how large they are; and real children on them."""

import asyncio
from contextlib import asynccontextmanager

import pytest

from daemon.bus import Bus
from daemon.workers.devices import capacity, gpus, visible
from daemon.workers.maker import Maker
from daemon.workers.pool import Pool

PLACED = "tests.workers.generator:Placed"


class House:
    """A pool, a clock, and what was unloaded."""

    def __init__(self, patience_s=0, **devices):
        self.now = 0.0
        self.gone = []
        self.pool = Pool(devices, patience_s, clock=lambda: self.now)

    def placed(self, engine, memory_mb, only=None):
        return self.pool.placed(engine, memory_mb, lambda device: self.gone.append((engine, device)), only)

    async def used(self, engine, memory_mb):
        self.now += 1
        async with self.placed(engine, memory_mb) as device:
            return device


async def test_what_is_idle_makes_room_the_longest_first():
    house = House(gpu=10)
    for engine in ("a", "b"):
        await house.used(engine, 4)
    assert house.gone == []
    await house.used("c", 4)
    assert house.gone == [("a", "gpu")]


async def test_what_runs_is_waited_for():
    house = House(gpu=10)
    async with house.placed("a", 6):
        waiting = asyncio.create_task(house.used("b", 6))
        await asyncio.sleep(0)
        assert not waiting.done()
    assert await waiting == "gpu"
    assert house.gone == [("a", "gpu")]


async def test_two_devices_are_used_at_once():
    house = House(first=10, second=10)
    async with house.placed("a", 6) as one, house.placed("a", 6) as other:
        assert {one, other} == {"first", "second"}
    async with house.placed("a", 6, only="second") as pinned:
        assert pinned == "second"


async def test_an_engine_larger_than_any_device_gets_a_whole_one():
    house = House(gpu=10)
    await house.used("small", 3)
    assert await house.used("large", 1000) == "gpu"
    assert house.gone == [("small", "gpu")]


async def test_an_engine_larger_than_the_device_that_is_named_gets_it_whole():
    house = House(small=4, large=10)
    async with house.placed("a", 8, only="small") as device:
        assert device == "small"


async def test_what_found_too_little_memory_gets_a_device_to_itself_once():
    house = House(gpu=10)
    for engine in ("a", "b", "c"):
        await house.used(engine, 2)
    async with house.placed("c", 2):
        house.pool.lost("c", "gpu")
    assert [each.engine for each in house.pool.loaded] == ["a", "b"]
    await house.used("c", 2)
    assert house.gone == [("a", "gpu"), ("b", "gpu")]
    house.pool.measured("c", "gpu", 3)
    await house.used("a", 2)
    assert len(house.gone) == 2


async def test_what_was_measured_counts():
    house = House(gpu=10)
    await house.used("a", 2)
    house.pool.measured("a", "gpu", 9)
    await house.used("b", 4)
    assert house.gone == [("a", "gpu")]


async def test_what_nobody_needs_is_unloaded_after_a_while():
    house = House(patience_s=60, gpu=10)
    await house.used("a", 2)
    async with house.placed("b", 2):
        house.now += 100
        house.pool.tidy()
        assert house.gone == [("a", "gpu")], "what runs is not idle"
    house.pool.tidy()
    assert [each.engine for each in house.pool.loaded] == ["b"], "its patience begins with the end of its work"
    house.now += 60
    house.pool.tidy()
    assert house.pool.loaded == []


async def test_nothing_is_unloaded_to_load_ahead():
    house = House(gpu=10)
    assert house.pool.warm("a", 6, house.gone.append) == "gpu"
    assert house.pool.warm("b", 6, house.gone.append) is None
    house.pool.forget("a")
    assert house.pool.warm("b", 6, house.gone.append) == "gpu"
    assert house.gone == []


@pytest.mark.parametrize(
    ("wanted", "memory", "found"),
    [
        ("auto", [], {"cpu": 800}),
        ("auto", [24, 12], {"cuda:0": 24, "cuda:1": 12}),
        (("cuda:1", "cpu"), [24, 12], {"cuda:1": 12, "cpu": 800}),
        (("cuda:3",), [24], {"cpu": 800}),
    ],
)
def test_the_devices_that_are_there(wanted, memory, found):
    assert capacity(wanted, memory, 1000) == found
    assert list(capacity(wanted, memory, 1000)) == list(found), "the preferred first"


def test_the_gpus_of_both_makers(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    for number, size in enumerate((16, 8)):
        card = tmp_path / f"class/drm/card{number}/device"
        card.mkdir(parents=True)
        (card / "mem_info_vram_total").write_text(f"{size << 20}\n")
    assert gpus(tmp_path) == [16, 8]
    (tmp_path / "nvidia-smi").write_text("#!/bin/sh\necho 24564\necho 8192\n")
    (tmp_path / "nvidia-smi").chmod(0o755)
    assert gpus(tmp_path) == [24564, 8192]
    assert (visible("cuda:1"), visible("cpu")) == ("1", "")


@asynccontextmanager
async def maker(tmp_path, kind, pool, **options):
    made = Maker(kind, {"engine": PLACED, PLACED: options}, tmp_path, bus=Bus(), pool=pool)
    running = asyncio.create_task(made.run())
    try:
        yield made
    finally:
        running.cancel()
        await asyncio.wait([running])


async def make(made, path):
    async with asyncio.timeout(30), made.placed() as device:
        result = await made.make({"prompt": "x", "language": "en", "seed": 1}, path, lambda _: None, device)
        return device, result.meta


@pytest.mark.slow
async def test_children_see_their_device_and_give_it_up_for_others(tmp_path):
    pool = Pool({"cuda:0": 10, "cuda:1": 10}, 0)
    async with maker(tmp_path, "picture", pool) as pictures, maker(tmp_path, "clip", pool) as clips:
        assert pictures.width == 2
        assert [(each.engine, each.device) for each in pool.loaded] == [
            (f"picture/{PLACED}", "cuda:0"), (f"clip/{PLACED}", "cuda:1"),
        ]  # fmt: skip
        await pictures.ready()
        await clips.ready()
        made = await asyncio.gather(*(make(pictures, tmp_path / f"{number}.txt") for number in range(2)))
        assert {(device, meta["visible"]) for device, meta in made} == {("cuda:0", "0"), ("cuda:1", "1")}
        assert {each.engine for each in pool.loaded} == {f"picture/{PLACED}"}, "the clip's model made room"
        assert (await make(clips, tmp_path / "clip.txt"))[1]["visible"] in {"0", "1"}, "and comes back when needed"


@pytest.mark.slow
async def test_an_unloaded_model_is_loaded_again_for_the_next_job(tmp_path):
    pool = Pool({"cpu": 100}, 60)
    async with maker(tmp_path, "picture", pool) as made:
        _, before = await make(made, tmp_path / "a.txt")
        pool.patience_s = 1e-9
        pool.tidy()
        assert (pool.loaded, made.worker.awake) == ([], False)
        _, after = await make(made, tmp_path / "b.txt")
        assert after["pid"] != before["pid"]
        assert made.worker.deaths == 0


@pytest.mark.slow
async def test_a_device_that_the_config_names_is_kept_to(tmp_path):
    pool = Pool({"cuda:0": 10, "cuda:1": 10}, 0)
    async with maker(tmp_path, "picture", pool, device="cuda:1") as made:
        assert made.width == 1
        device, meta = await make(made, tmp_path / "a.txt")
        assert (device, meta["visible"]) == ("cuda:1", None), "the engine finds it by its number"
