"""Hours of speech through the listening path: what it does to its memory, and whether the pace changes what is heard.

`.venv/bin/python -m benchmarks.hour --hours 3 --pace 24`: people talk, and each half minute somebody asks something.
"""

import argparse
import json
import random
import subprocess
import sys
import tempfile
import time
import wave
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from threading import Thread
from typing import Any

import numpy as np
from rich.console import Console
from rich.table import Table

from benchmarks import processes
from benchmarks.material import hiss
from daemon.types import RATE
from daemon.wakewords.sentences import commands, lines
from daemon.wakewords.speech import Line, speak
from daemon.wakewords.voices import voices
from tests.ears.speech import pcm

HALF_MINUTE = 30 * RATE
SAMPLES = 24
"""Looks at the memory in a run."""


@dataclass(frozen=True, slots=True)
class Run:
    """What was heard, and the memory of each process (MB PSS) by the second of sound."""

    events: list[tuple[str, float, str]]
    memory: list[tuple[float, dict[str, float]]]
    seconds: float


def material(path: Path, hours: float) -> None:
    """Write a recording."""
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, RATE, 0, "NONE", ""))
        for number in range(round(hours * 120)):
            file.writeframes(_half_minute(number))


def _half_minute(number: int) -> bytes:
    source = random.Random(number)
    speakers = [voice for voice in voices("en", "training") if voice.program == "espeak-ng"]
    asked = f"hey jarvis, {source.choice(commands('en', 'training'))}"
    texts = [asked, *islice(lines("en", "training", number), 12)]
    said = speak([Line(text, source.choice(speakers), source.randint(130, 200), 50) for text in texts])
    sound, at = np.zeros(HALF_MINUTE), RATE // 2
    for spoken in said:
        if at + len(spoken.sound) > HALF_MINUTE - RATE:
            break
        sound[at : at + len(spoken.sound)] = spoken.sound
        at += len(spoken.sound) + (2 * RATE if spoken is said[0] else RATE // 2)
    return pcm(sound + hiss(HALF_MINUTE))


def heard(recording: Path, config: Path, pace: float, length: float) -> Run:
    """Hear the recording in processes of their own."""
    command = [sys.executable, "-m", "daemon", "listen", str(recording), "--json", f"--pace={pace}"]
    began = time.monotonic()
    listening = subprocess.Popen([*command, f"--config={config}"], stdout=subprocess.PIPE, text=True)
    events: list[tuple[str, float, str]] = []
    memory: list[tuple[float, dict[str, float]]] = []
    done = Thread(target=_watch, args=(listening, events, memory, length / SAMPLES))
    done.start()
    assert listening.stdout is not None  # noqa: S101 - it is a pipe
    for line in listening.stdout:
        event: dict[str, Any] = json.loads(line)
        if event.get("position") is not None and event["event_type"] != "stt_partial":
            events.append((event["event_type"], event["position"], event.get("text", "")))
    done.join()
    return Run(events, memory, time.monotonic() - began)


def _watch(
    listening: "subprocess.Popen[str]",
    events: list[tuple[str, float, str]],
    memory: list[tuple[float, dict[str, float]]],
    every: float,
) -> None:
    while listening.poll() is None:
        at = events[-1][1] if events else 0.0
        if at >= len(memory) * every + 10:
            memory.append((at, dict(_memory(listening.pid))))
        time.sleep(0.05)


def _memory(root: int) -> Iterator[tuple[str, float]]:
    for name, pid in processes.named(root).items():
        try:
            yield name, processes.pss(pid)
        except (OSError, ValueError):  # it has just ended
            continue


def slope(memory: list[tuple[float, dict[str, float]]], name: str, warm_s: float) -> float:
    """Return by how many MB an hour a process grows after `warm_s` of sound, by least squares."""
    points = [(at / 3600, found[name]) for at, found in memory if at >= warm_s and name in found]
    return float(np.polyfit(*zip(*points, strict=True), 1)[0]) if len(points) > 1 else float("nan")


def main() -> None:
    """Measure and print the memory, its slope, and whether the pace changed what was heard."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--hours", type=float, default=1.0)
    parser.add_argument(
        "--pace", type=float, default=24.0, help="times real time; the other run is as fast as possible"
    )
    wishes = parser.parse_args()
    console = Console(width=None if sys.stdout.isatty() else 132)
    with tempfile.TemporaryDirectory(prefix="kombain-") as folder:
        recording, config = Path(folder) / "hour.wav", Path(folder) / "config.yaml"
        config.write_text("stt: {engine: mini}\n")
        material(recording, wishes.hours)
        length = wishes.hours * 3600
        paced, fast = (heard(recording, config, pace, length) for pace in (wishes.pace, 0.0))
    table = Table(title=f"{wishes.hours:g} h of speech at {wishes.pace:g} times real time: MB PSS")
    names = list(paced.memory[-1][1])
    for column in ("minutes of sound", *names):
        table.add_column(column, justify="right")
    for at, found in paced.memory:
        table.add_row(f"{at / 60:.0f}", *(f"{found.get(name, 0):.1f}" for name in names))
    slopes = (slope(paced.memory, name, 60 * wishes.warm) for name in names)
    table.add_row(f"MB an hour from minute {wishes.warm:g}", *(f"{found:.2f}" for found in slopes))
    console.print(table)
    same = sorted(paced.events) == sorted(fast.events)
    console.print(
        f"{len(paced.events)} events in {paced.seconds:.0f} s, {len(fast.events)} as fast as possible in"
        f" {fast.seconds:.0f} s: {'the same' if same else 'NOT THE SAME'}"
    )


if __name__ == "__main__":
    main()
