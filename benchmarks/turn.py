"""What a spoken turn costs, beside the bare models: `.venv/bin/python -m benchmarks.turn`, or as a script.

Every round runs the assistant, then the bare models, on the same sound at a microphone's pace. See docs/benchmarks.md.
"""

import argparse
import asyncio
import json
import os
import sys
import tempfile
import time
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # as a script: the repository is where we import from

from rich.console import Console

from benchmarks import processes
from benchmarks.house import House, house
from benchmarks.material import FRAME, requests, surroundings
from benchmarks.report import Round, rows, table
from daemon.types import RATE

SETTLE_S = 2.0
"""Of each surrounding before the measuring begins: the gate is open until then."""


async def assistant(scratch: Path, voices: int, idle_s: float) -> Round:
    """Run the assistant once: start, turns, idling. Leaves in `scratch` what it heard, for the bare models."""
    async with house(scratch) as ours:
        before = ours.cpu()
        turns = [await ours.ask(request) for request in requests(voices)]
        spent = _since(before, ours.cpu())
        (scratch / "turns.pcm").write_bytes(ours.said)
        found = Round(turns, ours.ready_s, ours.ready_cpu, spent, ours.pss(), 0)
        for name, sound in surroundings(idle_s).items():
            (scratch / f"{name.replace(' ', '-')}.pcm").write_bytes(sound)
            found.idle[name] = await _idle(ours, sound)
        found.dropped = ours.dropped
    return found


async def _idle(ours: House, sound: bytes) -> dict[str, float]:
    """Return the processor seconds an hour that each process takes while it hears `sound`."""
    await ours.hear(sound[: round(SETTLE_S * RATE / FRAME) * FRAME * 2])
    before = ours.cpu()
    await ours.hear(sound)
    seconds = len(sound) / 2 / RATE
    return {name: spent / seconds * 3600 for name, spent in _since(before, ours.cpu()).items()}


def _since(before: dict[str, float], now: dict[str, float]) -> dict[str, float]:
    return {name: now[name] - before[name] for name in before}


async def bare(scratch: Path, idle: Iterable[str]) -> dict[str, Any]:
    """Run the bare models over what the assistant heard; see `benchmarks.bare`."""
    sounds = [scratch / f"{name.replace(' ', '-')}.pcm" for name in ("turns", *idle)]
    began = time.time()
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "benchmarks.bare", *map(str, sounds),
        stdout=asyncio.subprocess.PIPE, env=processes.environment(), cwd=Path(__file__).parents[1],
    )  # fmt: skip
    out, _ = await process.communicate()
    if process.returncode:
        raise RuntimeError(f"the bare models ended with status {process.returncode}")
    found: dict[str, Any] = json.loads(out)
    return {**found, "ready_s": found["ready_at"] - began}


async def measure(count: int, voices: int, idle_s: float, console: Console) -> list[Round]:
    """Run the rounds, after one start that only warms the disk's cache and Python's bytecode."""
    found = []
    with tempfile.TemporaryDirectory(prefix="kombain-") as folder:
        (Path(folder) / "warm").mkdir()
        async with house(Path(folder) / "warm"):
            console.log("warm")
        for number in range(count):
            scratch = Path(folder) / str(number)
            scratch.mkdir()
            one = await assistant(scratch, voices, idle_s)
            console.log(f"round {number + 1} of {count}: the assistant done, load {os.getloadavg()[0]:.1f}")
            one.bare = await bare(scratch, one.idle)
            console.log(f"round {number + 1} of {count}: the bare models done, load {os.getloadavg()[0]:.1f}")
            found.append(one)
    return found


def main() -> None:
    """Measure and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3, help="rounds of both sides; medians are shown")
    parser.add_argument("--quick", action="store_true", help="one voice and 15 s of each idle sound a round")
    parser.add_argument("--idle", type=float, metavar="SECONDS", help="seconds of each idle sound a round")
    parser.add_argument("--json", action="store_true", help="print the rows as JSON instead of a table")
    wishes = parser.parse_args()
    voices, idle_s = (1, 15.0) if wishes.quick else (2, 20.0)
    load = os.getloadavg()[0]
    found = rows(asyncio.run(measure(wishes.rounds, voices, wishes.idle or idle_s, Console(stderr=True))))
    loads = f"{os.cpu_count()} cores, load {load:.1f} before, {os.getloadavg()[0]:.1f} after"
    if wishes.json:
        print(json.dumps({"machine": loads, "rows": [asdict(row) for row in found]}, ensure_ascii=False))
    else:
        title = f"A spoken turn: ours beside the bare models ({loads}; two figures: 50th / 95th percentile)"
        Console(width=None if sys.stdout.isatty() else 132).print(table(found, title))


if __name__ == "__main__":
    main()
