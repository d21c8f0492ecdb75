"""VideoCrafter's engine on a stand-in for the checkout; its real code is tried by scripts/try-videocrafter."""

import ast
import os
import select
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from daemon.engines.clip.videocrafter import LICENCE, Engine, Settings, possible_steps
from daemon.engines.clip.videocrafter.link import RUNNER
from daemon.errors import Cancelled, EngineError, WorkerError
from tests import tiny_videocrafter

# what files tell


def without(name: str) -> Callable[[Path], None]:
    return lambda folder: (folder / name).rename(folder / "elsewhere")


@pytest.mark.parametrize(
    ("harm", "changed", "code"),
    [
        (lambda _folder: None, {"checkout": None}, "videocrafter.not_set_up"),
        (lambda _folder: None, {"checkout": "/nowhere"}, "videocrafter.no_checkout"),
        (without("lvdm"), {}, "videocrafter.not_checkout"),
        (without("configs"), {}, "videocrafter.no_config"),
        (without("model.ckpt"), {}, "videocrafter.no_checkpoint"),
        (lambda _folder: None, {"checkpoint": None}, "videocrafter.no_checkpoint"),
        (lambda _folder: None, {"python": "/nowhere/python"}, "videocrafter.no_python"),
        (lambda _folder: None, {"python": "/etc/passwd"}, "videocrafter.no_python"),
        (lambda _folder: None, {}, None),
    ],
)
def test_what_is_not_set_up_is_said(
    harm: Callable[[Path], None], changed: dict[str, Any], code: str | None, tmp_path: Path
) -> None:
    options = tiny_videocrafter.build(tmp_path, **changed)
    harm(tmp_path)
    assert Engine.missing(options, models=tmp_path) == code
    if code:
        with pytest.raises(EngineError) as caught:
            Engine(options, models=tmp_path).load()
        assert caught.value.code == code
        assert "{" not in caught.value.text("en") + caught.value.text("ru")


def test_weights_lie_where_upstream_wants_them(tmp_path: Path) -> None:
    options = tiny_videocrafter.build(tmp_path, checkpoint=None, variant="t2v_512_v2")
    usual = tmp_path / "checkpoints" / "base_512_v2" / "model.ckpt"
    usual.parent.mkdir(parents=True)
    usual.touch()
    assert Engine.missing(options, models=tmp_path) is None


@pytest.mark.slow
@pytest.mark.parametrize(
    "error", ["ModuleNotFoundError: No module named 'torch'", "OSError: libcudart.so.12 is not there"]
)
def test_an_environment_that_lacks_something_is_said(error: str, tmp_path: Path) -> None:
    options = tiny_videocrafter.build(tmp_path)
    kind, _, message = error.partition(": ")
    (tmp_path / "torch.py").write_text(f"raise {kind}({message!r})")
    with pytest.raises(EngineError) as caught:
        Engine(options, models=tmp_path).load()
    assert (caught.value.code, caught.value.values) == ("videocrafter.environment", {"why": error})


@pytest.mark.slow
def test_a_python_that_fails_at_once_is_said(tmp_path: Path) -> None:
    with pytest.raises(WorkerError) as caught:
        Engine(tiny_videocrafter.build(tmp_path, python="/bin/false"), models=tmp_path).load()
    assert caught.value.code == "videocrafter.died"


@pytest.mark.slow
def test_a_program_that_hangs_is_ended(tmp_path: Path) -> None:
    script = tmp_path / "python"
    script.write_text("#!/bin/sh\nexec sleep 600\n")
    script.chmod(0o755)
    with pytest.raises(WorkerError) as caught:
        Engine(tiny_videocrafter.build(tmp_path / "checkout", python=script, patience=0.3), models=tmp_path).load()
    assert caught.value.code == "videocrafter.hung"


# pure parts


def test_every_count_of_steps_stays_within_the_schedule() -> None:
    for wanted in range(1, 1100):
        steps = possible_steps(wanted)
        assert min(wanted, 1000) // 2 <= steps <= wanted
        assert max(range(0, 1000, 1000 // steps)) + 1 < 1000


def test_only_the_steps_that_fail_upstream_are_changed() -> None:
    assert [steps for steps in range(1, 100) if possible_steps(steps) != steps] == [3, 9, 27, 36, 37]


def test_the_runner_can_be_read_by_an_old_python() -> None:
    ast.parse(RUNNER.read_text("utf-8"), feature_version=(3, 8))


def test_the_runner_needs_nothing_of_ours() -> None:
    program = "import runpy, sys; runpy.run_path(sys.argv[1]); assert not {'daemon', 'torch'} & set(sys.modules)"
    subprocess.run([sys.executable, "-I", "-S", "-c", program, RUNNER], check=True)


# the running process


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """One that is loaded; where a test has killed its process, the next one starts another."""
    folder = tmp_path_factory.mktemp("videocrafter")
    engine = Engine(tiny_videocrafter.whole(folder, patience=60), models=folder)
    engine.load()
    yield engine
    if engine._runner is not None:
        engine._runner.end()


def asked(prompt: str = "a red fox", **more: Any) -> dict[str, Any]:
    return {"prompt": prompt, "language": "en", "seed": 5, **more}


def made(engine: Engine, path: Path, **request: Any) -> bytes:
    """Return the first frame."""
    import av

    engine.make(asked(**request), path, lambda _share: None)
    with av.open(str(path)) as container:
        return next(container.decode(video=0)).to_ndarray(format="rgb24").tobytes()


@pytest.mark.slow
def test_a_clip_tells_its_licence_and_every_step(shared: Engine, tmp_path: Path) -> None:
    shares: list[float] = []
    meta = shared.make(asked(negative="snow", width=90), tmp_path / "out.mp4", shares.append).meta
    assert meta["licence"] == LICENCE
    assert (meta["model"], meta["negative"], meta["steps"]) == ("t2v_512", "snow", 5)
    assert (meta["width"], meta["height"], meta["seconds"]) == (96, 64, 0.3)
    assert shares == pytest.approx([0, 0.18, 0.36, 0.54, 0.72, 0.9, 0.93, 0.96, 0.99, 1])


@pytest.mark.slow
def test_prompt_and_negative_prompt_matter(shared: Engine, tmp_path: Path) -> None:
    out = tmp_path / "out.mp4"
    first = made(shared, out)
    assert made(shared, out) == first
    assert made(shared, out, prompt="a blue boat") != first
    assert made(shared, out, negative="snow at night") != first


@pytest.mark.slow
def test_a_picture_is_refused_where_only_words_are_read(shared: Engine, tmp_path: Path) -> None:
    with pytest.raises(EngineError) as caught:
        made(shared, tmp_path / "out.mp4", image="any.png")
    assert caught.value.code == "making.takes_no_image"


@pytest.mark.slow
@pytest.mark.parametrize("at", [1, 3, 6])
def test_cancelled_at_once_and_still_loaded(shared: Engine, tmp_path: Path, at: int) -> None:
    runner, told = shared._running(), 0

    def step(_share: float) -> None:
        nonlocal told
        told += 1
        if told > at:
            raise Cancelled

    with pytest.raises(Cancelled):
        shared.make(asked(), tmp_path / "out.mp4", step)
    assert told == at + 1
    assert list(tmp_path.iterdir()) == []
    made(shared, tmp_path / "out.mp4")
    assert shared._running() is runner


@pytest.mark.slow
@pytest.mark.parametrize(
    ("prompt", "code", "why"),
    [("fail", "videocrafter.failed", "ZeroDivisionError: odd"), ("full", "videocrafter.no_memory", "9 GiB")],
)
def test_what_fails_is_said_and_the_model_stays(
    shared: Engine, tmp_path: Path, prompt: str, code: str, why: str
) -> None:
    runner = shared._running()
    with pytest.raises(EngineError) as caught:
        made(shared, tmp_path / "out.mp4", prompt=prompt)
    assert caught.value.code == code
    assert why in caught.value.text("ru")
    assert list(tmp_path.iterdir()) == []
    made(shared, tmp_path / "out.mp4")
    assert shared._running() is runner


@pytest.mark.slow
def test_what_the_libraries_print_is_no_answer(
    shared: Engine, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    made(shared, tmp_path / "out.mp4", prompt="noise")
    assert capfd.readouterr() == ("", "")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("prompt", "code", "why"),
    [
        ("die", "videocrafter.died", "my last words"),
        ("garbage", "worker.garbage", ""),
        ("small", "worker.garbage", ""),
    ],
)
def test_after_a_death_the_next_clip_is_made(shared: Engine, tmp_path: Path, prompt: str, code: str, why: str) -> None:
    before = shared._running()
    with pytest.raises(WorkerError) as caught:
        made(shared, tmp_path / "out.mp4", prompt=prompt)
    assert caught.value.code == code
    assert why in str(caught.value)
    assert list(tmp_path.iterdir()) == []
    assert not before.alive
    made(shared, tmp_path / "out.mp4")


@pytest.mark.slow
def test_one_that_hangs_is_ended(shared: Engine, tmp_path: Path) -> None:
    runner = shared._running()
    runner._socket.settimeout(0.3)
    with pytest.raises(WorkerError) as caught:
        made(shared, tmp_path / "out.mp4", prompt="hang")
    assert caught.value.code == "videocrafter.hung"
    assert runner._process.poll() == -signal.SIGKILL


@pytest.mark.slow
def test_one_that_is_killed_is_said(shared: Engine, tmp_path: Path) -> None:
    def step(share: float) -> None:
        if share:
            os.kill(shared._running()._process.pid, signal.SIGKILL)

    with pytest.raises(WorkerError) as caught:
        shared.make(asked(), tmp_path / "out.mp4", step)
    assert (caught.value.code, caught.value.values) == ("videocrafter.died", {"why": "SIGKILL"})


PROGRAM = """
import os, signal, sys
from pathlib import Path
from daemon.engines.clip.videocrafter import Engine, Settings
engine = Engine(Settings.model_validate_json(sys.argv[1]), models=Path())
print(engine._running()._process.pid, flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.slow
def test_it_dies_with_whoever_started_it(tmp_path: Path) -> None:
    """Also when that one is killed and can't clean up."""
    command = [sys.executable, "-c", PROGRAM, tiny_videocrafter.whole(tmp_path).model_dump_json()]
    started = subprocess.run(command, stdout=subprocess.PIPE, check=False, cwd=RUNNER.parents[4])
    try:
        process = os.pidfd_open(int(started.stdout))
    except ProcessLookupError:
        return  # it is gone already
    try:
        assert select.select([process], [], [], 5)[0]
    finally:
        os.close(process)


# from a picture


@pytest.mark.slow
def test_a_picture_is_fitted_not_distorted_and_matters(tmp_path: Path) -> None:
    from PIL import Image

    engine = Engine(tiny_videocrafter.whole(tmp_path / "checkout", variant="i2v_512"), models=tmp_path)
    assert engine.needs_image
    wide = Image.new("RGB", (300, 100), "red")
    wide.paste("white", (90, 0, 210, 100))  # the square that is taken is from 100 to 200
    frames = []
    for name, picture in (("wide", wide), ("white", wide.crop((100, 0, 200, 100))), ("red", wide.crop((0, 0, 80, 80)))):
        picture.save(tmp_path / f"{name}.png")
        frames.append(made(engine, tmp_path / "out.mp4", image=str(tmp_path / f"{name}.png")))
    assert frames[0] == frames[1] != frames[2]
    with pytest.raises(EngineError) as caught:
        made(engine, tmp_path / "new.mp4")
    assert caught.value.code == "making.no_image"


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["pickle", "other", "cut"])
def test_weights_that_are_none_are_refused(tmp_path: Path, kind: str) -> None:
    options = tiny_videocrafter.whole(tmp_path)
    import torch

    match kind:
        case "pickle":
            torch.save({"state_dict": {"weight": torch.ones(2)}, "callbacks": Path("x")}, options.checkpoint)
        case "other":
            torch.save({"state_dict": {"weight": torch.ones(3)}}, options.checkpoint)
        case "cut":
            options.checkpoint.write_bytes(options.checkpoint.read_bytes()[:200])
    with pytest.raises(EngineError) as caught:
        Engine(options, models=tmp_path).load()
    assert caught.value.code == "videocrafter.checkpoint"


def test_settings_that_can_not_be_are_refused() -> None:
    for wrong in ({"width": 500}, {"device": "cuda; rm"}, {"variant": "t3v"}, {"steps": 0}, {"checkpoints": "x"}):
        with pytest.raises(ValueError):
            Settings(**wrong)
