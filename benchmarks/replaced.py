"""A worker that dies, hangs, has no memory left or answers garbage: how soon the next job is served.

With the timings of the assistant; but a job's deadline is short, and the time until it is not counted.
"""

import asyncio
import time
from pathlib import Path
from unittest import mock

from benchmarks.report import Row
from daemon import runner
from daemon.artifacts import Artifacts
from daemon.bus import Bus
from daemon.jobs import Jobs
from daemon.store import Store
from daemon.types import Job, JobState
from daemon.workers.maker import Maker

ENGINE = "tests.workers.generator:Engine"
BAR_S = 10
FAULTS = {
    "die once": "dies",
    "die": "dies of each of three tries",
    "deaf once": "hangs past its deadline",
    "memory once": "has no memory left",
    "broken": "reports that its device failed",
    "garbage once": "answers garbage",
    "huge frame once": "claims a frame of 2 GB",
    "half a frame, then the end once": "ends in the middle of a frame",
}
DEADLINE_S = 12.0


def replaced(scratch: Path) -> list[Row]:
    """Return a row for each fault: from when it shows to the end of the next try, or job where there is none."""
    for fault in FAULTS:
        (scratch / fault).mkdir(parents=True)
    with mock.patch.object(runner, "LEAST_DEADLINE_S", DEADLINE_S), mock.patch.object(runner, "DEADLINE_FACTOR", 0):
        return [asyncio.run(_replaced(scratch / fault, fault, name)) for fault, name in FAULTS.items()]


async def _replaced(folder: Path, fault: str, name: str) -> Row:
    over: asyncio.Queue[Job] = asyncio.Queue()
    bus, store = Bus(), Store(folder)
    maker = Maker("picture", {"engine": ENGINE}, folder, bus=bus)
    artifacts = Artifacts(folder / "artifacts", store)
    jobs = Jobs(store, artifacts, bus, {"picture": maker}, lambda job, _: over.put_nowait(job))
    running = [asyncio.create_task(task) for task in (maker.run(), jobs.run())]

    async def make(prompt: str) -> Job:
        jobs.submit("picture", {"prompt": prompt, "language": "en"}, "benchmark")
        return await over.get()

    await make("warm")
    began = time.monotonic()
    if fault.startswith("deaf"):
        began += DEADLINE_S
    ended = await make(fault)
    after = await make("the next") if ended.state is not JobState.DONE else ended
    seconds = time.monotonic() - began
    for task in running:
        task.cancel()
    await asyncio.wait(running)
    store.close()
    served = after.state is JobState.DONE
    return Row(f"a worker {name} → made by the next", "s", (seconds,), (), str(BAR_S), served and seconds <= BAR_S)
