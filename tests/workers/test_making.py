"""Both ends of the generator protocol, over a real child process."""

import asyncio
import os
import re
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

import intents
from daemon.artifacts import Artifacts
from daemon.bus import Bus
from daemon.engines.load import names
from daemon.errors import ConfigError, EngineError, WorkerError
from daemon.events import JobChanged
from daemon.gallery import imprint
from daemon.jobs import Jobs
from daemon.store import Store
from daemon.types import JobState
from daemon.workers import pace, process
from daemon.workers.choice import choose
from daemon.workers.maker import Maker
from daemon.workers.wear import resident_mb
from intents.model import Generate

ENGINE = "tests.workers.generator:Engine"


@asynccontextmanager
async def maker(tmp_path: Path, kind: str = "picture", **section: Any) -> AsyncIterator[Maker]:
    made = Maker(kind, section or {"engine": ENGINE}, tmp_path, bus=Bus())
    running = asyncio.create_task(made.worker.run())
    try:
        yield made
    finally:
        running.cancel()
        await asyncio.wait([running])


async def make(made: Maker, prompt: str, path: Path) -> tuple[Any, list[float]]:
    progress: list[float] = []
    async with asyncio.timeout(20):
        return await made.make({"prompt": prompt, "language": "en", "seed": 1}, path, progress.append), progress


@pytest.mark.slow
async def test_a_thing_is_made_at_low_priority(tmp_path: Path) -> None:
    async with maker(tmp_path, engine=ENGINE, **{ENGINE: {"steps": 2}}) as made:
        assert (made.engine, made.suffix, made.sketch, made.estimate({})) == (ENGINE, ".txt", False, 7.0)
        result, progress = await make(made, "a fox", tmp_path / "a.txt")
        assert progress == [0, 0.5]
        assert (tmp_path / "a.txt").read_text() == "whole"
        assert result.meta["nice"] >= 10
        assert result.meta["policy"] == os.SCHED_IDLE
        assert result.meta["pid"] == made.worker.pid != os.getpid()
        assert Path(f"/proc/{made.worker.pid}/oom_score_adj").read_text() == "500\n"  # noqa: ASYNC240 - not a disk


@pytest.mark.slow
async def test_cancel_stops_at_the_next_step_and_keeps_the_child_warm(tmp_path: Path) -> None:
    async with maker(tmp_path) as made:
        before, _ = await make(made, "x", tmp_path / "x.txt")
        begun = asyncio.Event()
        request = {"prompt": "until cancelled"}
        path = tmp_path / "y.txt"
        task = asyncio.create_task(made.make(request, path, lambda value: begun.set() if value == 0.5 else None))
        async with asyncio.timeout(10):
            await begun.wait()
            task.cancel()
            await asyncio.wait([task])
        after, _ = await make(made, "x", tmp_path / "x.txt")
        assert after.meta["pid"] == before.meta["pid"]
        assert after.meta["made"] == before.meta["made"] + 2
        assert [entry.name for entry in tmp_path.iterdir()] == ["x.txt"]  # noqa: ASYNC240


@pytest.mark.slow
async def test_what_is_being_made_waits_while_it_is_paused(tmp_path: Path) -> None:
    async with maker(tmp_path) as made, asyncio.timeout(20):
        values: list[float] = []
        more = asyncio.Event()

        def progress(value: float) -> None:
            values.append(value)
            more.set()

        task = asyncio.create_task(made.make({"prompt": "until cancelled"}, tmp_path / "y.txt", progress))
        await more.wait()
        made.pause(on=True)
        before = -1
        while before < len(values):  # what was on its way comes, then nothing more
            before = len(values)
            await asyncio.sleep(0.3)
        more.clear()
        made.pause(on=False)
        await more.wait()
        assert len(values) > before
        task.cancel()
        await asyncio.wait([task])


@pytest.mark.slow
async def test_a_child_that_does_not_stop_is_replaced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pace, "LEAST_S", 0.1)
    async with maker(tmp_path) as made:
        begun = asyncio.Event()
        task = asyncio.create_task(made.make({"prompt": "deaf"}, tmp_path / "x.txt", lambda _: begun.set()))
        async with asyncio.timeout(10):
            await begun.wait()
        deaf = made.worker.pid
        task.cancel()
        await asyncio.wait([task])
        result, _ = await make(made, "x", tmp_path / "x.txt")
        assert result.meta["pid"] != deaf


@pytest.mark.slow
async def test_a_child_that_hangs_while_it_loads_is_replaced(tmp_path: Path) -> None:
    async with maker(tmp_path, engine=ENGINE, **{ENGINE: {"hangs": True}}) as made, asyncio.timeout(20):
        task = asyncio.create_task(made.make({"prompt": "x"}, tmp_path / "x.txt", lambda _: None))
        while not (tmp_path / "once").exists():  # noqa: ASYNC110 - another process makes it
            await asyncio.sleep(0.01)
        made.give_up("cpu")
        assert (await task).mime == "text/plain"
        assert made.worker.deaths == 0


@pytest.mark.slow
async def test_death_and_failure_are_told_apart(tmp_path: Path) -> None:
    async with maker(tmp_path) as made:
        with pytest.raises(WorkerError, match="SIGKILL"):
            await make(made, "die", tmp_path / "x.txt")
        with pytest.raises(EngineError, match="called “b”"):
            await make(made, "fail", tmp_path / "x.txt")
        with pytest.raises(EngineError, match=r"elsewhere\.only"):
            await make(made, "foreign", tmp_path / "x.txt")
        pid = made.worker.pid
        with pytest.raises(WorkerError) as below:
            await make(made, "die below", tmp_path / "x.txt")
        assert (below.value.code, made.worker.pid) == ("videocrafter.died", pid)
        assert (await make(made, "x", tmp_path / "x.txt"))[0].mime == "text/plain"


@pytest.mark.slow
async def test_a_child_whose_device_failed_is_not_used_again(tmp_path: Path) -> None:
    async with maker(tmp_path) as made:
        before, _ = await make(made, "x", tmp_path / "x.txt")
        with pytest.raises(EngineError, match="CUDA error"):
            await make(made, "broken", tmp_path / "x.txt")
        after, _ = await make(made, "x", tmp_path / "x.txt")
        assert after.meta["pid"] != before.meta["pid"]
        assert made.worker.deaths == 0


@pytest.mark.slow
@pytest.mark.parametrize(("prompt", "limits"), [("x", {"recycle_jobs": 3}), ("leak", {"recycle_mb": 80})])
async def test_a_child_that_is_worn_out_is_replaced_between_jobs(tmp_path: Path, prompt: str, limits: dict) -> None:
    async with maker(tmp_path, engine=ENGINE, **limits) as made:
        pids = [(await make(made, prompt, tmp_path / "x.txt"))[0].meta["pid"] for _ in range(5)]
        assert len(set(pids[:3])) == 1
        assert pids[2] != pids[3] == pids[4]
        assert made.worker.deaths == 0


@pytest.mark.slow
async def test_a_child_that_answers_garbage_is_replaced(tmp_path: Path) -> None:
    async with maker(tmp_path) as made:
        pid = (await make(made, "x", tmp_path / "x.txt"))[0].meta["pid"]
        with pytest.raises(WorkerError) as told:
            await make(made, "garbage", tmp_path / "y.txt")
        assert told.value.code == "worker.garbage"
        assert (await make(made, "x", tmp_path / "x.txt"))[0].meta["pid"] != pid


@pytest.mark.slow
@pytest.mark.parametrize("what", ["noise", "huge frame", "half a frame", "half a frame, then the end"])
async def test_what_a_mad_child_writes_costs_it_its_life_and_us_no_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    monkeypatch.setattr(process, "PING_S", 0.1)
    async with maker(tmp_path) as made:
        pid = (await make(made, "x", tmp_path / "x.txt"))[0].meta["pid"]
        before = resident_mb(os.getpid())
        monkeypatch.setattr(process, "SILENT_S", 0.5)
        with pytest.raises(WorkerError):
            await make(made, what, tmp_path / "y.txt")
        monkeypatch.undo()  # the next one may take its time to begin
        assert resident_mb(os.getpid()) - before <= 16
        assert (await make(made, "x", tmp_path / "x.txt"))[0].meta["pid"] != pid
        assert made.worker.deaths == 1


@pytest.mark.slow
async def test_a_child_without_memory_is_replaced_and_the_next_job_is_served(tmp_path: Path) -> None:
    ended: asyncio.Queue[Any] = asyncio.Queue()
    store, bus = Store(tmp_path), Bus()
    artifacts = Artifacts(tmp_path / "artifacts", store)
    async with maker(tmp_path) as made:
        pid = (await make(made, "x", tmp_path / "x.txt"))[0].meta["pid"]
        with bus.subscribe(JobChanged) as events:
            jobs = Jobs(store, artifacts, bus, {"picture": made}, finished=lambda *end: ended.put_nowait(end))
            running = asyncio.create_task(jobs.run())
            jobs.submit("picture", {"prompt": "memory once"}, "t")
            jobs.submit("picture", {"prompt": "memory"}, "t")
            jobs.submit("picture", {"prompt": "a fox"}, "t")
            async with asyncio.timeout(20):
                (second, _), (failed, _), (done, _) = await ended.get(), await ended.get(), await ended.get()
            bus.close()
            told = [(event.job, event.error) async for event in events]
        another = made.worker.pid
        running.cancel()
        await asyncio.wait([running])
    store.close()
    assert [(job.state, job.attempts) for job in (second, failed, done)] == [("done", 2), ("failed", 2), ("done", 1)]
    assert (failed.id, "engine.out_of_memory") in told
    assert another != pid


@pytest.mark.slow
async def test_a_stopped_child_is_killed_at_the_deadline_and_the_next_is_served(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pace, "LEAST_S", 0.2)
    async with maker(tmp_path) as made:
        pid = (await make(made, "x", tmp_path / "x.txt"))[0].meta["pid"]
        os.kill(pid, signal.SIGSTOP)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.1):
                await made.make({"prompt": "x"}, tmp_path / "y.txt", lambda _: None)
        async with asyncio.timeout(10):
            result = await made.make({"prompt": "x"}, tmp_path / "z.txt", lambda _: None)
        assert result.meta["pid"] != pid
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)


@pytest.mark.slow
async def test_jobs_over_a_child_that_dies(tmp_path: Path) -> None:
    ended: asyncio.Queue[Any] = asyncio.Queue()
    store = Store(tmp_path)
    artifacts = Artifacts(tmp_path / "artifacts", store)
    async with maker(tmp_path) as made:
        jobs = Jobs(store, artifacts, Bus(), {"picture": made}, finished=lambda *end: ended.put_nowait(end))
        running = asyncio.create_task(jobs.run())
        jobs.submit("picture", {"prompt": "die"}, "t")
        jobs.submit("picture", {"prompt": "a fox"}, "t")
        async with asyncio.timeout(30):
            failed, nothing = await ended.get()
            done, artifact = await ended.get()
        running.cancel()
        await asyncio.wait([running])
    assert (failed.state, failed.error, nothing) == (JobState.QUARANTINED, "job.died", None)
    assert (done.state, artifact.path.read_text()) == (JobState.DONE, "whole")
    assert len(list(tmp_path.glob("artifacts/*/*"))) == 1  # noqa: ASYNC240
    store.close()


@pytest.mark.slow
async def test_an_engine_that_cannot_run_says_why(tmp_path: Path) -> None:
    section = {"engine": ENGINE, ENGINE: {"missing": "making.nothing_known"}}
    with pytest.raises(EngineError, match=r"No engine can make a picture here \(.*nothing_known"):
        choose("picture", section, tmp_path)
    with pytest.raises(EngineError) as caught:
        choose("picture", {"engine": "diffusers", "diffusers": {"model": "absent"}}, tmp_path)
    assert "diffusers: " in caught.value.text("ru")
    assert not re.search("[a-z]+ [a-z]+ [a-z]+ ", caught.value.text("ru"))
    async with maker(tmp_path, engine="diffusers", diffusers={"model": "absent"}) as made:
        assert not made.sketch
        with pytest.raises(EngineError) as crossed:
            await make(made, "x", tmp_path / "x.txt")
    assert crossed.value.text("ru") == caught.value.text("ru")


@pytest.mark.slow
async def test_clips_are_of_the_format_that_is_set(tmp_path: Path) -> None:
    async with maker(tmp_path, "clip", engine="fake", format="webm") as made:
        assert made.suffix == ".webm"
        result, _ = await make(made, "a fox", tmp_path / "a.webm")
    assert result.mime == "video/webm"
    assert {path.name for path in tmp_path.iterdir()} == {"a.webm", "a.poster.jpg", "a.thumb.jpg"}  # noqa: ASYNC240


def test_options_that_are_wrong(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="steps"):
        choose("picture", {"engine": ENGINE, ENGINE: {"steps": "many"}}, tmp_path)
    with pytest.raises(EngineError, match="no picture engine called"):
        choose("picture", {"engine": "../x"}, tmp_path)


@pytest.mark.parametrize("kind", ["picture", "clip"])
def test_auto_finds_one_and_says_why_not_another(tmp_path: Path, kind: str) -> None:
    choice = choose(kind, {"engine": "auto"}, tmp_path)
    assert choice.name in names(kind)
    for language in ("en", "ru"):
        assert all(f"{name}: " in choice.why(language) for name in choice.passed_over)


@pytest.mark.slow
async def test_the_sketch_engine_through_the_child(tmp_path: Path) -> None:
    async with maker(tmp_path, engine="sketch") as made:
        path = tmp_path / "fox.png"
        result, progress = await make(made, "a red fox in the snow", path)
        assert result.mime == "image/png"
        assert path.read_bytes().startswith(b"\x89PNG")
        told = imprint.read(path)
        assert told is not None
        assert result.meta["recipe"] == made.recipe({"prompt": told["prompt"], "language": "en", "seed": 1})
        assert (told["kind"], told["seed"], told["settings"]) == ("picture", 1, {"side": 1024})
        assert (tmp_path / "fox.thumb.jpg").stat().st_size < 30_000
        assert progress == sorted(progress)
        assert made.sketch


@pytest.mark.slow
async def test_a_typed_request_through_jobs_and_a_child_with_a_real_pipeline(
    tmp_path: Path, tiny: Callable[[str], Path]
) -> None:
    pytest.importorskip("torch")
    from PIL import Image

    (action,) = intents.plan(intents.recognize("draw a red fox", "en"))
    assert isinstance(action, Generate)
    ended: asyncio.Queue[Any] = asyncio.Queue()
    store = Store(tmp_path)
    options = {"model": str(tiny("sdxl")), "steps": 3}
    async with maker(tmp_path, engine="diffusers", diffusers=options) as made:
        assert (made.engine, made.sketch) == ("diffusers", False)
        jobs = Jobs(
            store,
            Artifacts(tmp_path / "artifacts", store),
            Bus(),
            {"picture": made},
            finished=lambda *end: ended.put_nowait(end),
        )
        running = asyncio.create_task(jobs.run())
        jobs.submit(action.kind, {"prompt": action.prompt, "language": "en", "seed": 7}, "t")
        async with asyncio.timeout(100):
            done, artifact = await ended.get()
        running.cancel()
        await asyncio.wait([running])
    store.close()
    assert (done.state, artifact.meta["prompt"], artifact.meta["seed"]) == (JobState.DONE, "a red fox", 7)
    with Image.open(artifact.path) as image:
        image.load()
        assert image.size == (64, 64)
        assert len(image.getcolors(64 * 64) or ()) > 50
    told = imprint.read(artifact.path)
    assert told is not None
    assert (told["engine"], told["steps"], told["guidance"]) == ("diffusers", 3, 6.0)


@pytest.mark.slow
async def test_an_engine_that_reads_english_only_never_gets_russian(tmp_path: Path) -> None:
    async with maker(tmp_path, engine="tests.workers.generator:English") as made:
        assert made.reads == ("en",)
        path = tmp_path / "x.txt"
        request = {"prompt": "рыжую лису", "language": "ru", "seed": 1, "translation": "a red fox"}
        result = await made.make(request, path, lambda _: None)
        assert path.read_text() == "a red fox"
        assert (result.meta["prompt"], result.meta["translation"]) == ("рыжую лису", "a red fox")
        del request["translation"]
        with pytest.raises(EngineError) as caught:
            await made.make(request, path, lambda _: None)
        assert caught.value.code == "translate.unread"
