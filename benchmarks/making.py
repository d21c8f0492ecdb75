"""What making costs, beside the bare library: `.venv/bin/python benchmarks/making.py [ROW ...]`.

One function a row, in ROWS; each runs in a process of its own and returns what the table shows. See docs/benchmarks.md.
"""

import argparse
import asyncio
import os
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from statistics import median
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # as a script: the repository is where we import from

from rich.console import Console

from benchmarks.report import Row, table

PROMPT = "a red fox in the snow under a full moon"
MIB = 1 << 20


@dataclass(frozen=True, slots=True)
class Setting:
    """How it is measured."""

    scratch: Path
    shape: str
    """A pipeline of `benchmarks.pipelines`."""
    side: int
    """Pixels of the pictures that pipelines make."""
    steps: int
    rounds: int
    device: str


def quietly(_share: float) -> None:
    """Take no notice of progress."""


def timed(work: Callable[[], Any]) -> tuple[float, float]:
    """Return the seconds on the clock and of the processor."""
    began, spent = time.monotonic(), time.process_time()
    work()
    return time.monotonic() - began, time.process_time() - spent


def engine(setting: Setting) -> Any:
    """Return the picture engine on diffusers, loaded with a pipeline of random weights."""
    from benchmarks.pipelines import build
    from daemon.diffusion.pictures import DiffusionOptions
    from daemon.engines.picture.diffusers import Engine

    folder = setting.scratch / setting.shape
    if not folder.exists():
        build(setting.shape, folder)
    made = Engine(DiffusionOptions(model=str(folder), device=setting.device), models=setting.scratch)
    made.load()
    return made


def over_the_bare_pipeline(setting: Setting) -> list[Row]:
    """Make a picture by the engine, previews on, and by its pipeline alone with the same arguments; in turn."""
    import torch

    ours = engine(setting)
    request = {"prompt": PROMPT, "seed": 1, "steps": setting.steps, "width": setting.side, "height": setting.side}

    def bare() -> None:
        generator = torch.Generator("cpu").manual_seed(1)
        size = {"width": setting.side, "height": setting.side}
        made = ours._pipe(PROMPT, num_inference_steps=setting.steps, generator=generator, **size)  # noqa: SLF001
        made.images[0].save(setting.scratch / "bare.png")

    def house() -> None:
        ours.make(request, setting.scratch / "ours.png", quietly)

    for work in (house, bare):
        work()
    rounds = [(timed(house), timed(bare)) for _ in range(setting.rounds)]
    name = f"picture, {setting.shape}, {setting.side}², {setting.steps} steps"
    found = []
    for place, unit in enumerate(("s", "CPU-s")):
        one, other = (median(times[side][place] for times in rounds) for side in (0, 1))
        pairs = median(times[0][place] / times[1][place] for times in rounds)
        found.append(Row(name, unit, (one,), (other,), f"1.03 (pairs {pairs:.3f})", pairs <= 1.03))  # noqa: PLR2004
    return found


def cancelling(setting: Setting) -> list[Row]:
    """Ask in the middle of a step for the end; count the passes of the network that begin after that."""
    from daemon.errors import Cancelled

    ours = engine(setting)
    asked: list[float] = []
    after = passes = 0

    def watch(*_given: object) -> None:
        nonlocal after, passes
        passes += 1
        after += bool(asked)
        if passes == 3:  # noqa: PLR2004 - in the third step
            asked.append(time.monotonic())

    def step(_share: float) -> None:
        if asked:
            raise Cancelled

    handle = ours._pipe.unet.register_forward_pre_hook(watch)  # noqa: SLF001
    request = {"prompt": PROMPT, "seed": 1, "steps": 20, "width": setting.side, "height": setting.side}
    try:
        ours.make(request, setting.scratch / "cancelled.png", step)
    except Cancelled:
        took = time.monotonic() - asked[0]
    handle.remove()
    again, _ = timed(lambda: ours.make({**request, "steps": 4}, setting.scratch / "again.png", quietly))
    return [
        Row("cancel: steps begun after it was asked for", "steps", (float(after),), (), "1", after <= 1),
        Row("cancel: until it has ended, and a picture of 4 steps after it", "s", (took, again)),
    ]


def memory(setting: Setting) -> list[Row]:
    """Load, make ten pictures, let it go; what this process, or the GPU, holds more than before."""
    request = {"prompt": PROMPT, "steps": setting.steps, "width": setting.side, "height": setting.side}
    path = setting.scratch / "many.png"
    engine(setting).make({**request, "seed": 0}, path, quietly)  # the libraries are in, once and for all
    before = held(setting.device)
    ours = engine(setting)
    sizes = [held(setting.device) - before]
    for number in range(10):
        ours.make({**request, "seed": number}, path, quietly)
        sizes.append(held(setting.device) - before)
    del ours
    left = held(setting.device) - before
    return [
        Row("memory: loaded, after 2 and after 10 pictures", "MB", (sizes[0], sizes[2], sizes[10])),
        Row("memory: left when the model was let go", "MB", (left,)),
    ]


def held(device: str) -> float:
    """Return the MB that are held when what nobody needs is given back: of a GPU by torch, else of main memory."""
    import ctypes
    import gc

    import torch

    gc.collect()
    if device != "cpu":
        torch.cuda.empty_cache()
        return torch.cuda.memory_reserved() / MIB
    ctypes.CDLL(None).malloc_trim(0)
    return int(Path("/proc/self/statm").read_text("ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE") / MIB


def sketches(setting: Setting) -> list[Row]:
    """Make a sketch, and a clip of 4 s, as the config has them by default."""
    return [*sketch(setting, "picture", 0.7), *sketch(setting, "clip", 3.0)]


def sketch(setting: Setting, kind: str, bar: float) -> list[Row]:
    """Make several, the first not counted."""
    from daemon.engines.load import find

    kinds = find(kind, "sketch")
    ours = kinds(kinds.Options(), models=setting.scratch)
    ours.load()
    path = setting.scratch / f"sketch{ours.suffix}"

    def make(seed: int) -> None:
        ours.make({"prompt": PROMPT, "language": "en", "seed": seed}, path, quietly)

    times = [timed(partial(make, seed)) for seed in range(setting.rounds + 1)][1:]
    clock, spent = (median(pair[place] for pair in times) for place in (0, 1))
    return [
        Row(f"sketch: {kind}", "s", (clock,), (), str(bar), clock <= bar),
        Row(f"sketch: {kind}, all cores", "CPU-s", (spent,)),
    ]


def voice_first(setting: Setting) -> list[Row]:
    """Talk to the assistant while it draws on all cores."""
    from benchmarks.pipelines import build
    from benchmarks.undisturbed import undisturbed

    folder = setting.scratch / setting.shape
    build(setting.shape, folder)
    return undisturbed(setting.scratch, folder)


def made_before(setting: Setting) -> list[Row]:
    """Ask for a sketch with a seed, and for the same again: from the command to the end of the job."""
    return asyncio.run(_made_before(setting))


async def _made_before(setting: Setting) -> list[Row]:
    from daemon.artifacts import Artifacts
    from daemon.bus import Bus
    from daemon.jobs import Jobs
    from daemon.store import Store
    from daemon.workers.maker import Maker

    over = asyncio.Event()
    bus, store = Bus(), Store(setting.scratch / "state")
    maker = Maker("picture", {"engine": "sketch"}, setting.scratch, bus=bus)
    artifacts = Artifacts(setting.scratch / "state" / "artifacts", store)
    jobs = Jobs(store, artifacts, bus, {"picture": maker}, lambda *_: over.set())
    running = [asyncio.create_task(task) for task in (maker.run(), jobs.run())]
    await maker.ready()

    async def make(seed: int) -> float:
        over.clear()
        began = time.monotonic()
        jobs.submit("picture", {"prompt": PROMPT, "language": "en", "seed": seed}, "benchmark")
        await over.wait()
        return time.monotonic() - began

    new = [await make(seed) for seed in range(setting.rounds)]
    again = [1000 * await make(seed) for seed in range(setting.rounds)]
    for task in running:
        task.cancel()
    await asyncio.wait(running)
    store.close()
    return [
        Row("a sketch as a job", "s", (median(new),)),
        Row("same prompt and seed again", "ms", (median(again),), (), "50", median(again) <= 50),  # noqa: PLR2004
    ]


def workers_replaced(setting: Setting) -> list[Row]:
    """Let workers die, hang, run out of memory and answer garbage; how soon the next job is made."""
    from benchmarks.replaced import replaced

    return replaced(setting.scratch / "replaced")


ROWS: dict[str, Callable[[Setting], list[Row]]] = {
    "bare": over_the_bare_pipeline,
    "cancel": cancelling,
    "memory": memory,
    "sketch": sketches,
    "again": made_before,
    "voice": voice_first,
    "replaced": workers_replaced,
}


def main() -> None:
    """Measure the rows that are named, or all of them."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("rows", nargs="*", metavar="ROW", help=f"{', '.join(ROWS)}; none: all")
    asked.add_argument("--shape", default="small", choices=("small", "sd15", "sdxl"))
    asked.add_argument("--side", type=int, default=256)
    asked.add_argument("--steps", type=int, default=10)
    asked.add_argument("--rounds", type=int, default=7)
    asked.add_argument("--device", default="cpu")
    given = asked.parse_args()
    if unknown := set(given.rows) - set(ROWS):
        asked.error(f"no such row: {', '.join(sorted(unknown))}")
    with tempfile.TemporaryDirectory(prefix="kombain-making-") as scratch:
        setting = Setting(Path(scratch), given.shape, given.side, given.steps, given.rounds, given.device)
        with ProcessPoolExecutor(1, get_context("spawn"), max_tasks_per_child=1) as processes:
            found = [row for name in given.rows or ROWS for row in processes.submit(ROWS[name], setting).result()]
    load = os.getloadavg()[0]
    Console(width=140).print(table(found, f"making · load average {load:.1f} · {os.cpu_count()} cores"))


if __name__ == "__main__":
    main()
