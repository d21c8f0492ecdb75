"""Runs VideoCrafter's real code, shrunk to random weights, through our engine: `scripts/try-videocrafter CHECKOUT`.

Nothing is written into the checkout. Each step is one line: what was tried, what was seen, the seconds it took.
"""

import argparse
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import av
from PIL import Image

from daemon.engines.clip.videocrafter import Engine, Settings
from daemon.engines.clip.videocrafter.checkout import VARIANTS
from daemon.errors import Cancelled, EngineError

WIDTH, HEIGHT = 128, 64


@contextmanager
def timed(what: str) -> Iterator[Callable[[str], None]]:
    """Tell what was tried, what was seen and how long it took."""
    seen: list[str] = []
    began = time.monotonic()
    yield seen.append
    print(f"{what:32} {time.monotonic() - began:6.1f} s  {', '.join(seen)}", flush=True)


def overlaid(checkout: Path, folder: Path) -> Path:
    """Return a checkout with the real code and configs of its own."""
    overlay = folder / "VideoCrafter"
    overlay.mkdir()
    for name in ("lvdm", "utils"):
        (overlay / name).symlink_to(checkout / name)
    shutil.copytree(checkout / "configs", overlay / "configs")
    shutil.copy(Path(__file__).with_name("tiny.py"), overlay)
    return overlay


def shrunk(kind: str, overlay: Path, python: Path) -> None:
    """Shrink the configs of a kind; the weights lie beside the overlay."""
    with timed(f"shrink {kind}") as saw:
        command = [python, "tiny.py", overlay.parent, kind]
        done = subprocess.run(command, cwd=overlay, capture_output=True, text=True, check=False)
        if done.returncode:
            sys.exit(done.stderr)
        for line in done.stdout.splitlines():
            if "parameters" in line:
                saw(line)


class Trial:
    """One variant."""

    def __init__(self, variant: str, overlay: Path, python: Path) -> None:
        self.name, self.out = variant, overlay.parent
        self.settings = Settings(
            checkout=overlay,
            python=python,
            variant=variant,
            checkpoint=overlay.parent / f"{Path(VARIANTS[variant].config).stem}.ckpt",
            width=WIDTH,
            height=HEIGHT,
            steps=8,
        )
        self.engine = Engine(self.settings, models=self.out)

    def load(self) -> None:
        with timed(f"{self.name}: load") as saw:
            self.engine.load()
            saw(f"{self.engine._runner.frames} frames")

    def film(self, what: str, **request: Any) -> list[bytes]:
        """Make a clip and check it; return its frames."""
        path = self.out / "clip.mp4"
        steps: list[float] = []
        with timed(f"{self.name}: {what}") as saw:
            made = self.engine.make({"prompt": "a red fox", "seed": 5, **request}, path, steps.append)
            frames = decoded(path)
            assert steps == sorted(steps), steps
            assert len(frames) == 4
            saw(f"{len(frames)} frames of {WIDTH}x{HEIGHT} in {path.stat().st_size} bytes of MP4")
            saw(f"{len(steps) - 6} steps asked as {made.meta['steps']}")
        return frames

    def cancel(self, at: int) -> None:
        """Cancel at a step; the model must stay loaded."""
        runner, calls = self.engine._runner, 0

        def step(_share: float) -> None:
            nonlocal calls
            calls += 1
            if calls > at:
                raise Cancelled

        with timed(f"{self.name}: cancel at step {at}") as saw:
            try:
                self.engine.make({"prompt": "a red fox", "seed": 5}, self.out / "cancelled.mp4", step)
            except Cancelled:
                saw(f"stopped after {calls - 1} steps")
            assert not (self.out / "cancelled.mp4").exists()
            assert self.engine._runner is runner
            assert runner.alive
            saw("no file left, the model stays loaded")

    def kill(self) -> None:
        """Kill the process in the middle of its work."""

        def step(share: float) -> None:
            if share > 0:
                os.kill(self.engine._runner._process.pid, signal.SIGKILL)

        with timed(f"{self.name}: kill the process") as saw:
            try:
                self.engine.make({"prompt": "a red fox", "seed": 5}, self.out / "killed.mp4", step)
            except EngineError as error:
                saw(str(error))


def decoded(path: Path) -> list[bytes]:
    with av.open(str(path)) as container:
        assert (container.streams.video[0].width, container.streams.video[0].height) == (WIDTH, HEIGHT)
        return [frame.to_ndarray(format="rgb24").tobytes() for frame in container.decode(video=0)]


def text_to_video(variant: str, overlay: Path, python: Path) -> None:
    trial = Trial(variant, overlay, python)
    trial.load()
    first = trial.film("a clip")
    assert trial.film("the same again") == first
    assert trial.film("another seed", seed=6) != first
    assert trial.film("another prompt", prompt="a blue boat") != first
    assert trial.film("a negative prompt", negative="snow") != first
    for steps in (1, 3, 9, 27, 36):  # upstream's sampler fails at the last four
        trial.film(f"{steps} steps", steps=steps)
    trial.cancel(3)
    assert trial.film("after that") == first
    trial.kill()
    assert trial.film("after that") == first


def image_to_video(overlay: Path, python: Path) -> None:
    trial = Trial("i2v_512", overlay, python)
    trial.load()
    pictures = []
    for colour in ("red", "blue"):
        pictures.append(trial.out / f"{colour}.png")
        Image.new("RGB", (300, 300), colour).save(pictures[-1])
    first = trial.film("from a picture", image=str(pictures[0]))
    assert trial.film("the same again", image=str(pictures[0])) == first
    assert trial.film("from another picture", image=str(pictures[1])) != first


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("checkout", type=Path, help="a clone of https://github.com/AILab-CVC/VideoCrafter")
    parser.add_argument("--python", type=Path, default=Path(sys.executable), help="the Python that it runs in")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="videocrafter-") as folder:
        overlay = overlaid(given.checkout.resolve(), Path(folder))
        shrunk("t2v", overlay, given.python.absolute())
        shrunk("i2v", overlay, given.python.absolute())
        for variant in ("t2v_512", "t2v_1024", "t2v_512_v2"):
            text_to_video(variant, overlay, given.python)
        image_to_video(overlay, given.python)
    print("all as it should be")


if __name__ == "__main__":
    main()
