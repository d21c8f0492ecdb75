import asyncio
import os
import random
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daemon import runner as runner_module
from daemon.artifacts import Artifacts
from daemon.bus import Bus
from daemon.engines.base import Made
from daemon.errors import EngineError, JobError
from daemon.events import ArtifactReady, Event, Failed, JobChanged, PartChanged
from daemon.jobs import MOST_ACTIVE, Jobs, new_id
from daemon.store import FILE, Store
from daemon.types import Artifact, Job, JobState
from tests.makers import FakeMaker


class House:
    """Jobs with everything around them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.bus = Bus()
        self.store = Store(folder)
        self.artifacts = Artifacts(folder / "artifacts", self.store)
        self.maker = FakeMaker()
        self.over: asyncio.Queue[tuple[Job, Artifact | None]] = asyncio.Queue()
        self.jobs = Jobs(
            self.store, self.artifacts, self.bus, {"picture": self.maker, "clip": FakeMaker()},
            finished=lambda job, artifact: self.over.put_nowait((job, artifact)),
        )  # fmt: skip
        self.events: list[Event] = []

    def submit(self, prompt: str, kind: str = "picture", key: str | None = None) -> Job:
        return self.jobs.submit(kind, {"prompt": prompt}, "t", key)

    async def end(self) -> tuple[Job, Artifact | None]:
        async with asyncio.timeout(5):
            return await self.over.get()

    def states(self, job: Job) -> list[str]:
        return [event.state for event in self.events if isinstance(event, JobChanged) and event.job == job.id]

    def names(self) -> list[str]:
        return sorted(path.name for path in self.folder.glob("artifacts/*/*"))

    def files(self) -> list[str]:
        return sorted(path.read_text() for path in self.folder.glob("artifacts/*/*"))


@asynccontextmanager
async def living(house: House) -> AsyncIterator[House]:
    """Run the jobs, collecting events, and stop them in good order."""
    with house.bus.subscribe() as subscription:

        async def collect() -> None:
            async for event in subscription:
                house.events.append(event)

        collecting = asyncio.create_task(collect())
        running = asyncio.create_task(house.jobs.run())
        try:
            yield house
            await asyncio.sleep(0)
        finally:
            running.cancel()
            await asyncio.wait([running])
            collecting.cancel()
            house.store.close()
            assert running.cancelled(), running.exception()


async def test_a_job_from_request_to_file(tmp_path: Path) -> None:
    async with living(House(tmp_path)) as house:
        job = house.submit("a fox")
        assert job.state is JobState.QUEUED
        done, artifact = await house.end()
        assert (done.id, done.state, done.progress, done.attempts) == (job.id, JobState.DONE, 1, 1)
        assert artifact == house.artifacts.last("picture")
        assert artifact.meta == {"prompt": "a fox", "seed": job.request["seed"]}
        assert house.jobs.get(job.id) == done
        assert house.jobs.active() == []
        assert house.files() == ["whole a fox"]
        await asyncio.sleep(0)
        assert house.states(job) == ["queued", "running", "running", "done"]
        ready = [event for event in house.events if isinstance(event, ArtifactReady)]
        assert [(event.artifact, event.path, event.turn) for event in ready] == [(artifact.id, str(artifact.path), "t")]


async def test_the_same_prompt_and_seed_again_is_what_was_made_before(tmp_path: Path) -> None:
    async with living(House(tmp_path)) as house:
        house.maker.repeats = True
        request = {"prompt": "a fox", "seed": 7}
        first = house.jobs.submit("picture", request, "t1")
        _, made = await house.end()
        house.submit("another")
        await house.end()
        again = house.jobs.submit("picture", request, "t2", "key")
        assert (again.state, again.progress, again.artifact) == (JobState.DONE, 1.0, first.id)
        told, artifact = await house.end()
        assert (told, artifact) == (again, made)
        assert house.jobs.active() == []
        assert house.artifacts.last() == made, "what was asked for last is the newest"
        assert house.jobs.submit("picture", request, "t2", "key") == again
        assert house.jobs.get(again.id) == again
        assert house.maker.made == ["a fox", "another"]
        await asyncio.sleep(0)
        assert house.states(again) == ["done"]
        ready = [event for event in house.events if isinstance(event, ArtifactReady)][-1]
        assert (ready.artifact, ready.job, ready.turn) == (first.id, again.id, "t2")
        assert house.files() == ["whole a fox", "whole another"]
        newest = house.submit("third")
        await house.end()
        assert house.artifacts.last().id == newest.id


@pytest.mark.parametrize("why", ["no seed", "another seed", "file gone", "row gone"])
async def test_what_is_not_the_same_is_made(tmp_path: Path, why: str) -> None:
    async with living(House(tmp_path)) as house:
        house.maker.repeats = True
        request = {"prompt": "a fox", "seed": 7}
        house.jobs.submit("picture", request, "t1")
        _, made = await house.end()
        match why:
            case "no seed":
                request["seed"] = None
            case "another seed":
                request["seed"] = 8
            case "file gone":
                made.path.unlink()
            case "row gone":
                house.artifacts.forget([made.id])
        again = house.jobs.submit("picture", request, "t2")
        assert again.state is JobState.QUEUED
        done, artifact = await house.end()
        assert (done.state, artifact.id) == (JobState.DONE, again.id)


async def test_each_kind_has_its_own_runner_and_its_own_order(tmp_path: Path) -> None:
    async with living(House(tmp_path)) as house:
        slow = house.submit("slow")
        waiting = house.submit("second")
        clip = house.submit("wave", "clip")
        assert (await house.end())[0].id == clip.id
        house.maker.go.set()
        assert [(await house.end())[0].id for _ in range(2)] == [slow.id, waiting.id]


async def test_what_can_wait_is_served_later_also_after_a_restart(tmp_path: Path) -> None:
    house = House(tmp_path)
    automations = [
        house.jobs.submit("picture", {"prompt": prompt}, "t", asked_by="mqtt", priority="later") for prompt in "ab"
    ]
    person = house.jobs.submit("picture", {"prompt": "c"}, "t", asked_by="microphone")
    assert house.jobs.remaining(person) == 2
    assert [house.jobs.remaining(job) for job in automations] == [4, 6]
    house.store.close()
    async with living(House(tmp_path)) as again:
        ends = [(await again.end())[0] for _ in range(3)]
        assert [(job.id, job.asked_by) for job in ends] == [
            (person.id, "microphone"), (automations[0].id, "mqtt"), (automations[1].id, "mqtt"),
        ]  # fmt: skip


async def test_the_same_key_after_a_restart_is_the_same_job(tmp_path: Path) -> None:
    house = House(tmp_path)
    job = house.submit("a fox", key="k")
    house.store.close()
    async with living(House(tmp_path)) as again:
        assert again.submit("a fox", key="k").id == job.id
        await again.end()
        assert again.submit("a fox", key="k").id == job.id
        assert again.jobs.active() == []
        assert again.maker.made == ["a fox"]


async def test_the_same_key_is_the_same_job(tmp_path: Path) -> None:
    async with living(House(tmp_path)) as house:
        first = house.submit("a fox", key="k")
        assert house.submit("a fox", key="k") == first
        done, _ = await house.end()
        assert house.submit("another", key="k") == done
        assert house.submit("a fox", key="k2").id != first.id
        await house.end()
        assert house.maker.made == ["a fox", "a fox"]


async def test_cancel_a_running_and_a_waiting_job(tmp_path: Path) -> None:
    async with living(House(tmp_path)) as house:
        running, second, third = house.submit("slow"), house.submit("second"), house.submit("third")
        await house.maker.begun.wait()
        assert [job.id for job in house.jobs.cancel()] == [third.id]
        assert [job.id for job in house.jobs.cancel(running.id)] == [running.id]
        with pytest.raises(JobError, match="no waiting or running"):
            house.jobs.cancel(running.id)
        ends = [await house.end() for _ in range(3)]
        assert [(job.id, str(job.state)) for job, _ in ends] == [
            (third.id, "cancelled"), (running.id, "cancelled"), (second.id, "done"),
        ]  # fmt: skip
        assert house.maker.cancelled == ["slow"]
        assert house.files() == ["whole second"]
        assert house.jobs.cancel("all") == house.jobs.cancel("last") == []


async def test_cancel_all(tmp_path: Path) -> None:
    async with living(House(tmp_path)) as house:
        jobs = [house.submit(prompt) for prompt in ("slow", "b", "c")]
        await house.maker.begun.wait()
        assert [job.id for job in house.jobs.cancel("all")] == [job.id for job in jobs]
        again = house.submit("d")
        async with asyncio.timeout(5):
            while (await house.over.get())[0].id != again.id:
                pass
        assert house.files() == ["whole d"]


async def test_a_worker_that_dies_gets_the_job_again(tmp_path: Path) -> None:
    async with living(House(tmp_path)) as house:
        job = house.submit("die once")
        done, _ = await house.end()
        assert (done.state, done.attempts) == (JobState.DONE, 2)
        await asyncio.sleep(0)
        assert house.states(job) == ["queued", "running", "running", "queued", "running", "done"]
        assert house.files() == ["whole die once"]


async def test_the_third_death_gives_the_job_up_and_the_next_is_served(tmp_path: Path) -> None:
    async with living(House(tmp_path)) as house:
        house.submit("die")
        house.submit("next")
        failed, nothing = await house.end()
        assert (failed.state, failed.error, failed.attempts, nothing) == (JobState.QUARANTINED, "job.died", 3, None)
        assert JobError(failed.error, **failed.error_values).text("en").startswith("Making this killed its worker 3")
        assert (await house.end())[0].state is JobState.DONE
        assert house.maker.made == ["die", "die", "die", "next"]


@pytest.mark.parametrize(
    ("prompt", "code"), [("fail", "engine.unknown"), ("nothing", "job.nothing_made"), ("bug", "job.internal")]
)
async def test_a_failure_has_a_reason_and_leaves_no_file(tmp_path: Path, prompt: str, code: str) -> None:
    async with living(House(tmp_path)) as house:
        house.submit(prompt)
        failed, artifact = await house.end()
        assert (failed.state, failed.error, artifact) == (JobState.FAILED, code, None)
        assert house.jobs.get(failed.id) == failed
        assert house.files() == []


async def test_as_many_at_once_as_there_are_devices(tmp_path: Path) -> None:
    async with living(House(tmp_path)) as house:
        house.maker.width = 2
        jobs = [house.submit("slow") for _ in range(3)]
        async with asyncio.timeout(5):
            while [job.state for job in house.jobs.active()] != ["running", "running", "queued"]:  # noqa: ASYNC110
                await asyncio.sleep(0)
        house.maker.go.set()
        assert {(await house.end())[0].id for _ in jobs} == {job.id for job in jobs}


async def test_a_job_that_takes_for_ever(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runner_module, "LEAST_DEADLINE_S", 0.01)
    monkeypatch.setattr(runner_module, "DEADLINE_FACTOR", 0)
    monkeypatch.setattr(runner_module, "MOST_S", 0.05)
    async with living(House(tmp_path)) as house:
        house.submit("slow")
        await house.maker.begun.wait()
        house.jobs.pause(on=True)
        house.jobs.pause(on=False)
        assert house.maker.paused == [True, False]
        assert (await house.end())[0].error == "job.too_slow", "a pause puts the deadline off, it does not lift it"
        assert house.maker.cancelled == ["slow", "slow"]
        assert house.maker.given_up == ["cpu", "cpu"]
        house.maker.host = "api.example"
        house.submit("slow")
        assert (await house.end())[0].attempts == 1, "a server that is slow is not asked, and paid, twice"


@pytest.mark.slow
async def test_the_queue_is_bounded(tmp_path: Path) -> None:
    house = House(tmp_path)
    for _ in range(MOST_ACTIVE):
        house.submit("x")
    with pytest.raises(JobError, match="already 100 jobs"):
        house.submit("x")
    house.store.close()


@pytest.mark.parametrize("request_", [{"prompt": object()}, {"prompt": float("nan")}, {"prompt": {1, 2}}])
def test_a_request_that_is_no_plain_data(tmp_path: Path, request_: dict) -> None:
    store = Store(tmp_path)
    jobs = Jobs(store, Artifacts(tmp_path / "a", store), Bus(), {"picture": FakeMaker()})
    with pytest.raises(JobError) as refused:
        jobs.submit("picture", request_, "t")
    assert refused.value.code == "job.bad_request"
    assert jobs.active() == []
    with pytest.raises(JobError, match="Nothing here"):
        jobs.submit("song", {}, "t")
    store.close()


async def test_a_prompt_that_is_no_text_survives(tmp_path: Path) -> None:
    async with living(House(tmp_path)) as house:
        job = house.submit("\ud800\x00'); DROP TABLE jobs; --" + "я" * 10_000)
        failed, _ = await house.end()  # the fake can't write it to its file
        assert failed.error == "job.internal"
        assert house.jobs.get(job.id).request == job.request


async def test_stopping_puts_the_running_job_back_and_counts_no_death(tmp_path: Path) -> None:
    async with living(House(tmp_path)) as house:
        job = house.submit("slow")
        await house.maker.begun.wait()
    async with living(House(tmp_path)) as again:
        assert again.jobs.active()[0].attempts in {0, 1}
        again.maker.go.set()
        done, _ = await again.end()
        assert (done.id, done.state, done.attempts) == (job.id, JobState.DONE, 1)


async def test_what_nobody_knows_yet_is_not_made_up(tmp_path: Path) -> None:
    async with living(House(tmp_path)) as house:
        house.maker.rough = True
        first, second = house.submit("b"), house.submit("slow")
        assert (house.jobs.estimate("picture", {}), house.jobs.remaining(second)) == (None, None)
        await house.end()
        assert house.jobs.remaining(second) is not None
        house.maker.go.set()
        await house.end()
        told = [event.json() for event in house.events if isinstance(event, JobChanged) and event.job == first.id]
        assert ["remaining" in event for event in told if event["state"] == "queued"] == [False]


async def test_what_nobody_knows_yet_may_take_its_time_for_each_step(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runner_module, "LEAST_DEADLINE_S", 0.1)
    monkeypatch.setattr(runner_module, "DEADLINE_FACTOR", 0)
    steps = 0

    async def make(_request: object, _path: object, progress: Callable[[float], None], device: str) -> None:
        nonlocal steps
        while steps < 10:
            steps += 1
            progress(steps / 20)
            await asyncio.sleep(0.03)  # a step
        await asyncio.Event().wait()

    async with living(House(tmp_path)) as house:
        house.maker.rough = True
        monkeypatch.setattr(house.maker, "make", make)
        house.submit("slow")
        failed, _ = await house.end()
        assert (failed.error, steps) == ("job.too_slow", 10)


async def test_estimates_are_learned(tmp_path: Path) -> None:
    async with living(House(tmp_path)) as house:
        assert house.jobs.estimate("picture", {"prompt": "x"}) == 2
        first = house.submit("slow")
        second = house.submit("b")
        assert house.jobs.remaining(second) == pytest.approx(4, abs=0.1)
        await house.maker.begun.wait()
        assert house.jobs.remaining(first) < 2
        house.maker.go.set()
        await house.end()
        await house.end()
        assert house.jobs.remaining(second) == 0
        learned = house.jobs.estimate("picture", {"prompt": "x"})
        assert 0 < learned < 1
        assert house.jobs.estimate("clip", {"prompt": "x"}) == 2
    again = House(tmp_path)
    assert again.jobs.estimate("picture", {"prompt": "x"}) == learned
    again.maker.engine = "another"
    assert again.jobs.estimate("picture", {"prompt": "x"}) == 2
    again.store.close()


async def test_progress_is_reported_at_most_five_times_a_second(tmp_path: Path) -> None:
    class Steps(FakeMaker):
        async def make(self, request, path, progress, device=None):
            for step in range(1000):
                progress(step / 1000)
            progress(0.2)
            return await super().make(request, path, progress, device)

    house = House(tmp_path)
    house.jobs = Jobs(house.store, house.artifacts, house.bus, {"picture": Steps()},
                      finished=lambda job, artifact: house.over.put_nowait((job, artifact)))  # fmt: skip
    async with living(house):
        job = house.submit("x")
        await house.end()
        await asyncio.sleep(0)
        assert len(house.states(job)) <= 5
        told = [event.progress for event in house.events if isinstance(event, JobChanged)]
        assert told == sorted(told)


async def test_no_engine_is_a_reason(tmp_path: Path) -> None:
    class Missing(FakeMaker):
        @property
        def engine(self):
            raise EngineError("making.no_engine", kind="picture", why="none")

    house = House(tmp_path)
    house.jobs = Jobs(house.store, house.artifacts, house.bus, {"picture": Missing()},
                      finished=lambda job, artifact: house.over.put_nowait((job, artifact)))  # fmt: skip
    async with living(house):
        with pytest.raises(EngineError):
            house.jobs.estimate("picture", {})
        house.submit("x")
        assert (await house.end())[0].error == "making.no_engine"


async def test_a_store_that_stops_working_stops_nothing_else(tmp_path: Path) -> None:
    async with living(House(tmp_path)) as house:
        job = house.submit("slow")
        await house.maker.begun.wait()
        house.store.rows("PRAGMA query_only = true")
        house.maker.go.set()
        failed, _ = await house.end()
        assert (failed.id, failed.error) == (job.id, "store.read_only")
        assert any(isinstance(event, Failed) for event in house.events)
        house.store.rows("PRAGMA query_only = false")
        house.submit("b")
        assert (await house.end())[0].state is JobState.DONE
    async with living(House(tmp_path)) as again:  # the row was still "running": it is done again, over its own file
        again.maker.go.set()
        assert (await again.end())[0].id == job.id
        assert again.files() == ["whole b", "whole slow"]


async def test_a_kind_that_nothing_makes_any_more(tmp_path: Path) -> None:
    house = House(tmp_path)
    job = house.submit("wave", "clip")
    house.store.close()
    again = House(tmp_path)
    again.jobs = Jobs(again.store, again.artifacts, again.bus, {"picture": again.maker},
                      finished=lambda job, artifact: again.over.put_nowait((job, artifact)))  # fmt: skip
    async with living(again):
        failed, _ = await again.end()
        assert (failed.id, failed.error, failed.error_values) == (job.id, "job.unknown_kind", {"kind": "clip"})


async def test_a_damaged_database_is_reported(tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(b"garbage" * 1000)
    async with living(House(tmp_path)) as house:
        house.submit("x")
        await house.end()
        assert [event.part for event in house.events if isinstance(event, PartChanged)] == ["store"]


@given(st.floats(0, 4e9), st.floats(0.001, 1e6))
def test_ids_sort_by_time(now: float, later: float) -> None:
    assert new_id(now)[:18] <= new_id(now + later)[:18]
    assert set(new_id(now)) <= set("0123456789abcdef-")


# a daemon that is really killed

DAEMON = """
import asyncio, os, signal, sys
from pathlib import Path
from daemon.artifacts import Artifacts
from daemon.bus import Bus
from daemon.jobs import Jobs
from daemon.store import Store
from tests.makers import FakeMaker

folder, moment = Path(sys.argv[1]), sys.argv[2]

class Deadly(Artifacts):
    def finish(self, *args):
        artifact = super().finish(*args)
        if moment == "after the rename":
            os.kill(os.getpid(), signal.SIGKILL)
        return artifact

async def main():
    store = Store(folder)
    maker = FakeMaker()
    jobs = Jobs(store, Deadly(folder / "artifacts", store), Bus(), {"picture": maker})
    for _ in range(5):
        print(jobs.submit("picture", {"prompt": f"fox {random()}" if moment == "any" else "slow"}, "t").id, flush=True)
    if moment == "after submit":
        os.kill(os.getpid(), signal.SIGKILL)
    if moment != "while making":
        maker.go.set()
    if moment == "while making":
        asyncio.get_running_loop().call_later(0.2, os.kill, os.getpid(), signal.SIGKILL)
    await jobs.run()

from random import random
asyncio.run(main())
"""


def start(folder: Path, moment: str) -> subprocess.Popen[str]:
    root = str(Path(__file__).parents[1])
    return subprocess.Popen(
        [sys.executable, "-c", DAEMON, str(folder), moment],
        stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": root},
    )  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("moment", ["after submit", "while making", "after the rename"])
async def test_a_killed_daemon_loses_no_job_and_doubles_none(tmp_path: Path, moment: str) -> None:
    with start(tmp_path, moment) as process:
        accepted = (await asyncio.to_thread(process.stdout.read)).split()
        assert process.wait() == -signal.SIGKILL
    assert len(accepted) == 5
    half_made = any(tmp_path.glob("artifacts/*/*.part.*"))  # noqa: ASYNC240 - nothing else is to run meanwhile
    assert half_made == (moment == "while making")
    async with living(House(tmp_path)) as house:
        house.maker.go.set()
        done = [await house.end() for _ in range(5)]
        assert [job.id for job, _ in done] == accepted
        assert done[0][0].attempts == (1 if moment == "after submit" else 2)
        assert house.files() == ["whole slow"] * 5
        assert len(house.store.rows("SELECT * FROM artifacts")) == 5


@pytest.mark.slow
async def test_a_job_that_kills_the_daemon_three_times_is_given_up(tmp_path: Path) -> None:
    for _ in range(3):
        with start(tmp_path, "while making") as process:
            assert await asyncio.to_thread(process.wait) == -signal.SIGKILL
    async with living(House(tmp_path)) as house:
        house.maker.go.set()
        first, _ = await house.end()
        assert (first.error, first.attempts) == ("job.died", 3)
        assert (await house.end())[0].state is JobState.DONE


async def test_a_file_without_its_row_goes_when_its_job_is_given_up(tmp_path: Path) -> None:
    house = House(tmp_path)
    job = house.submit("a fox")
    house.jobs._queue.move(job, state=JobState.RUNNING, attempts=3)
    house.artifacts.finish(job, _written(house.artifacts.begin(job, ".txt")), Made("text/plain"))
    house.store.close()
    async with living(House(tmp_path)) as house:
        assert (await house.end())[0].error == "job.died"
        assert house.names() == []


def _written(path: Path) -> Path:
    path.write_text("whole")
    return path


@pytest.mark.slow
async def test_kills_at_random_moments(tmp_path: Path) -> None:
    accepted: list[str] = []
    chance = random.Random(7)
    for _ in range(8):
        with start(tmp_path, "any") as process:
            accepted.append((await asyncio.to_thread(process.stdout.readline)).strip())
            await asyncio.sleep(chance.uniform(0, 0.05))  # the moment is what is tested
            process.kill()
            accepted += (await asyncio.to_thread(process.stdout.read)).split()
    async with living(House(tmp_path)) as house:
        async with asyncio.timeout(20):
            while house.jobs.active():
                await house.over.get()
        jobs = [house.jobs.get(job) for job in accepted if job]
        assert len(jobs) >= 8
        done = [job for job in jobs if job is not None and job.state is JobState.DONE]
        assert all(job is not None and job.attempts == 3 for job in jobs if job not in done)  # killed three times
        assert len(done) >= len(jobs) - 2
        files = house.files()
        assert len(files) == len(set(files)) == len(house.store.rows("SELECT * FROM artifacts")) >= len(done)
        assert not any(name.startswith(".") for name in house.names())
