"""The benchmark runs as a user runs it, and its table is whole; how fast this machine is, is not judged here."""

import json
import math
import subprocess
import sys

import pytest

from tests.test_layers import ROOT

PARTS = ["main", "ears", "stt", "tts", "mouth", "picture", "clip"]


@pytest.mark.slow
@pytest.mark.timeout(400)
def test_the_quick_benchmark_gives_every_figure_of_both_sides() -> None:
    command = [sys.executable, "benchmarks/turn.py", "--quick", "--idle", "3", "--rounds", "1", "--json"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert "load" in told["machine"]
    rows = {}
    for row in told["rows"]:
        rows.setdefault(row["name"].strip(), []).append(row)
        figures = [*row["ours"], *row["bare"]]
        assert row["ours"], row
        assert all(math.isfinite(figure) and figure > -1000 for figure in figures), row
    both = {name for name, (first, *_) in rows.items() if first["bare"]}
    assert both >= {
        "end of wake phrase → wake event",
        "end of speech → final transcript",
        "endpoint decision → final transcript",
        "endpoint decision → first sample, new reply",
        "endpoint decision → first sample, kept reply",
        "a spoken turn",
        "idle, digital silence",
        "idle, quiet room",
        "idle, speech-like noise",
        "memory, all processes",
        "start → READY",
    }
    for part in PARTS:  # its work in a turn, in three surroundings, its memory
        assert len(rows[part]) == 5, part
    barred = {name for name, (first, *_) in rows.items() if first["bar"]}
    assert barred == {
        "endpoint decision → first sample, new reply",
        "endpoint decision → first sample, kept reply",
        "a spoken turn",
        "start → READY",
        "audio frames dropped",
    }
