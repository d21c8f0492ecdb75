"""A clip that needs a picture: the picture is made first, both share one fate."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

import intents
from daemon.artifacts import Artifacts
from daemon.bus import Bus
from daemon.events import JobChanged
from daemon.gallery import imprint
from daemon.jobs import Jobs
from daemon.store import Store
from daemon.types import Artifact, Job, JobState
from daemon.workers.maker import Maker
from tests.makers import FakeMaker
from tests.parts import session
from tests.test_session import until


class House:
    """Jobs whose clips are made of pictures."""

    def __init__(self, folder: Path, makers: dict[str, Any] | None = None) -> None:
        self.store = Store(folder)
        if makers is None:
            makers = {"picture": FakeMaker(), "clip": FakeMaker()}
            makers["clip"].needs_image = True
        self.makers = makers
        self.over: asyncio.Queue[tuple[Job, Artifact | None, bool]] = asyncio.Queue()
        self.bus = Bus()
        self.jobs = Jobs(self.store, Artifacts(folder / "artifacts", self.store), self.bus, makers, self._finished)

    def _finished(self, job: Job, artifact: Artifact | None) -> None:
        self.over.put_nowait((job, artifact, self.jobs.awaited(job)))

    def clip(self, prompt: str, key: str | None = None, **more: Any) -> Job:
        return self.jobs.submit("clip", {"prompt": prompt, "language": "en", **more}, "t", key)

    async def end(self, seconds: float = 5) -> tuple[Job, Artifact | None, bool]:
        async with asyncio.timeout(seconds):
            return await self.over.get()


@asynccontextmanager
async def living(house: House) -> AsyncIterator[House]:
    running = asyncio.create_task(house.jobs.run())
    try:
        yield house
    finally:
        running.cancel()
        await asyncio.wait([running])
        house.store.close()
        assert running.cancelled(), running.exception()


async def test_the_picture_comes_first_and_the_clip_begins_with_it(tmp_path: Path) -> None:
    async with living(House(tmp_path)) as house:
        with house.bus.subscribe(JobChanged) as events:
            clip = house.clip("a fox")
            house.bus.close()
        picture = house.jobs.active()[0]
        assert (picture.kind, clip.kind, clip.parent) == ("picture", "clip", picture.id)
        told = [(event.job, event.parent) async for event in events]
        assert told == [(picture.id, None), (clip.id, picture.id)]
        assert picture.request == clip.request
        assert house.jobs.remaining(clip) == 4  # two seconds each
        first, still, awaited = await house.end()
        second, moving, alone = await house.end()
    assert (first.id, first.state, awaited) == (picture.id, JobState.DONE, True)
    assert (second.id, second.state, alone) == (clip.id, JobState.DONE, False)
    assert still is not None
    assert moving is not None
    assert moving.meta == {**still.meta, "image": str(still.path)}


async def test_with_a_picture_there_is_one_job(tmp_path: Path) -> None:
    async with living(House(tmp_path)) as house:
        assert house.clip("a fox", image="/x.png").parent is None
        assert len(house.jobs.active()) == 1


@pytest.mark.parametrize(("prompt", "code"), [("fail", "engine.unknown"), ("die", "job.died"), ("bug", "job.internal")])
async def test_without_the_picture_there_is_no_clip_and_the_reason_is_told(
    tmp_path: Path, prompt: str, code: str
) -> None:
    async with living(House(tmp_path)) as house:
        clip = house.clip(prompt)
        _, _, awaited = await house.end()
        ended, _, _ = await house.end()
        assert awaited
        assert (ended.id, ended.state, ended.error) == (clip.id, JobState.FAILED, code)
        assert house.makers["clip"].made == []
        assert house.jobs.active() == []


@pytest.mark.parametrize("which", ["last", "all", "picture", "clip"])
async def test_both_are_cancelled_together(tmp_path: Path, which: str) -> None:
    async with living(House(tmp_path)) as house:
        clip = house.clip("slow")
        picture = house.jobs.active()[0]
        await house.makers["picture"].begun.wait()
        cancelled = house.jobs.cancel({"picture": picture.id, "clip": clip.id}.get(which, which))
        assert {job.state for job in cancelled} == {JobState.CANCELLED}
        assert house.jobs.active() == []
        assert {(await house.end())[0].id for _ in range(2)} == {picture.id, clip.id}
        house.clip("b")
        assert (await house.end())[0].state is JobState.DONE


async def test_a_clip_goes_on_after_a_restart(tmp_path: Path) -> None:
    async with living(House(tmp_path)) as house:
        clip = house.clip("slow")
        house.makers["picture"].go.set()
        await house.makers["clip"].begun.wait()
    async with living(House(tmp_path)) as house:
        house.makers["clip"].go.set()
        ended, artifact, _ = await house.end()
        assert (ended.id, ended.state) == (clip.id, JobState.DONE)
        assert artifact is not None
        assert artifact.meta["image"].endswith(f"{clip.parent}.txt")
        assert house.makers["picture"].made == []


async def test_a_picture_that_is_gone_is_told(tmp_path: Path) -> None:
    async with living(House(tmp_path)) as house:
        clip = house.clip("slow")
        house.makers["picture"].go.set()
        await house.makers["clip"].begun.wait()
    house = House(tmp_path)
    with house.store.transaction() as db:
        db.execute("DELETE FROM artifacts")
    async with living(house):
        ended, _, _ = await house.end()
        assert (ended.id, ended.error) == (clip.id, "job.no_parent")


async def test_the_same_key_again_is_the_same_pair(tmp_path: Path) -> None:
    async with living(House(tmp_path)) as house:
        assert house.clip("slow", "k").id == house.clip("slow", "k").id
        assert len(house.jobs.active()) == 2


async def test_animate_the_last_picture(tmp_path: Path) -> None:
    async with session(tmp_path) as house:
        house.session.typed("animate the last picture", "en", "t1")
        await until(lambda: house.mouth.heard != [])
        assert "no picture yet" in house.mouth.heard[0]
        house.session.typed("draw a fox", "en", "t2")
        await until(lambda: house.jobs.last("picture"))
        picture = house.jobs.last("picture")
        house.session.typed("оживи картинку", "ru", "t3")
        await until(lambda: house.jobs.last("clip"))
        clip = house.jobs.last("clip")
        assert clip.meta == {**picture.meta, "image": str(picture.path)}


def motion(path: Path) -> tuple[int, float]:
    """Return how many frames a clip has, and how many a second."""
    import av

    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        return sum(1 for _ in container.decode(stream)), float(stream.average_rate)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "sentence", "options", "frames", "fps"),
    [
        ("svd", "make a clip of a red fox", {"width": 64, "height": 64, "steps": 2, "fps": 8}, 4, 8),
        ("wan", "сними видео про лису", {"width": 64, "height": 64, "steps": 2, "frames": 9}, 9, 16),
    ],
)
async def test_from_a_typed_request_to_a_clip_by_a_real_pipeline(
    tmp_path: Path,
    tiny: Callable[[str], Path],
    name: str,
    sentence: str,
    options: dict[str, Any],
    frames: int,
    fps: float,
) -> None:
    pytest.importorskip("torch")
    engine = "svd" if name == "svd" else "diffusers_video"
    language = "en" if sentence.isascii() else "ru"
    section = {"engine": engine, "format": "mp4", engine: {"model": str(tiny(name)), **options}}
    sections = {"picture": {"engine": "sketch", "sketch": {"side": 128}}, "clip": section}
    makers = {kind: Maker(kind, one, tmp_path, bus=Bus()) for kind, one in sections.items()}
    workers = [asyncio.create_task(maker.worker.run()) for maker in makers.values()]
    (action,) = intents.plan(intents.recognize(sentence, language))
    async with living(House(tmp_path, makers)) as house:
        clip = house.jobs.submit(action.kind, {"prompt": action.prompt, "language": language, "seed": 7}, "t")
        if engine == "svd":
            picture, still, _ = await house.end(60)
            assert (picture.id, picture.kind) == (clip.parent, "picture")
            assert still is not None
        ended, moving, _ = await house.end(110)
    for worker in workers:
        worker.cancel()
    await asyncio.wait(workers)
    assert (ended.id, ended.state) == (clip.id, JobState.DONE), ended.error
    assert moving is not None
    assert motion(moving.path) == (frames, fps)
    data = moving.path.read_bytes()
    assert data.index(b"moov") < data.index(b"mdat")
    assert moving.path.with_suffix(".poster.jpg").exists()
    assert moving.path.with_suffix(".thumb.jpg").exists()
    told = imprint.read(moving.path)
    assert told is not None
    assert (told["engine"], told["seed"], told["settings"]["steps"]) == (engine, 7, 2)
    assert told["prompt"] == moving.meta["prompt"] == ("a red fox" if engine == "svd" else "лису")
    if engine == "svd":
        assert told["parent"] == still.id
