"""The benchmark of making measures, in a few steps on small pictures."""

import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks import making

ROOT = Path(__file__).parents[2]


def setting(folder: Path) -> making.Setting:
    return making.Setting(folder, "small", 64, 2, 2, "cpu")


@pytest.mark.slow
def test_no_step_begins_after_a_cancel_was_asked_for(tmp_path: Path) -> None:
    pytest.importorskip("torch")
    steps, _seconds = making.cancelling(setting(tmp_path))
    assert (steps.ours, steps.met) == ((0.0,), True)


@pytest.mark.slow
def test_ours_and_the_bare_pipeline_are_measured_in_turn(tmp_path: Path) -> None:
    pytest.importorskip("torch")
    clock, processor = making.over_the_bare_pipeline(setting(tmp_path))
    assert 0 < processor.ours[0] < 100
    assert 0 < clock.bare[0] < 100
    assert (tmp_path / "ours.png").stat().st_size > 1000


def test_an_unknown_row_is_refused() -> None:
    done = subprocess.run(
        [sys.executable, "benchmarks/making.py", "nonsense"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert "no such row: nonsense" in done.stderr
