"""The contract of all generators: every picture and clip engine of ours that can run here, the fakes among them."""

from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from daemon import film
from daemon.engines.load import find, names
from daemon.errors import Cancelled, EngineError
from tests import tiny_videocrafter

SMALL: dict[tuple[str, str], dict[str, Any]] = {
    ("picture", "sketch"): {"side": 256},
    ("clip", "sketch"): {"side": 160, "seconds": 1.0, "fps": 12},
    ("clip", "diffusers_video"): {"width": 64, "height": 64, "frames": 5, "steps": 4},
    ("clip", "svd"): {"width": 64, "height": 64, "steps": 3, "chunk": 2},
}
TINY = {("picture", "diffusers"): "sd", ("clip", "svd"): "svd", ("clip", "diffusers_video"): "wan"}
"""Engines that are given a tiny pipeline as their model."""
BUILT: dict[tuple[str, str], Callable[[Path], Any]] = {("clip", "videocrafter"): tiny_videocrafter.whole}
"""Engines that are given options of their own, for what is made in a folder."""
PICTURE = str(Path(__file__).parents[2] / "docs" / "images" / "fox.jpg")
ALL = [
    (kind, name)
    for kind in ("picture", "clip")
    for name in [*names(kind), "fake"]
    if not getattr(find(kind, name), "remote", False)  # those are held to it against a server of their own test
]
SKETCHES_AND_FAKES = [one for one in ALL if one[1] in {"sketch", "fake"}]


def engine_of(kind: str, name: str, models: Path, **given: Any) -> Any:
    """Return the engine, loaded, or skip with its own reason where this machine lacks what it needs."""
    engine_class = find(kind, name)
    options = engine_class.Options(**SMALL.get((kind, name), {}), **given)
    if why := engine_class.missing(options, models=models):
        assert name not in {"sketch", "fake"}, why
        pytest.skip(EngineError(why).text())
    engine = engine_class(options, models=models)
    engine.load()
    return engine


@pytest.fixture(params=ALL, ids="-".join)
def engine(request: pytest.FixtureRequest, tmp_path: Path, tiny: Callable[[str], Path]) -> Any:
    if build := BUILT.get(request.param):
        return engine_of(*request.param, tmp_path, **build(tmp_path / "built").model_dump())
    if (pipeline := TINY.get(request.param)) and find_spec("torch"):
        return engine_of(*request.param, tmp_path, model=str(tiny(pipeline)))
    return engine_of(*request.param, tmp_path)


def asked(engine: Any, prompt: str = "a red fox in the snow", seed: int | None = 5) -> dict[str, Any]:
    image = {"image": PICTURE} if engine.needs_image else {}
    return {"prompt": prompt, "language": "en", "seed": seed, **image}


def frames_of(path: Path) -> list[bytes]:
    import av

    with av.open(str(path)) as container:
        return [bytes(frame.to_ndarray(format="rgb24")) for frame in container.decode(video=0)]


@pytest.mark.slow
def test_it_makes_a_file_and_says_what_it_is(engine: Any, tmp_path: Path) -> None:
    out = tmp_path / f"out{engine.suffix}"
    steps: list[float] = []
    made = engine.make(asked(engine), out, steps.append)
    assert out.stat().st_size > 50
    assert len(steps) >= 5
    assert steps == sorted(steps)
    assert 0 <= steps[0] <= steps[-1] <= 1
    assert {"prompt", "seed", "engine", "width", "height", "missing"} <= made.meta.keys()
    assert (made.meta["prompt"], made.meta["seed"]) == ("a red fox in the snow", 5)
    if made.mime in film.MIMES.values():
        assert out.with_name(f"out{film.POSTER}").exists()
        assert len(frames_of(out)) == round(made.meta["fps"] * made.meta["seconds"])
    else:
        from PIL import Image

        with Image.open(out) as image:
            image.load()
            assert image.size == (made.meta["width"], made.meta["height"])
            assert "Seed" in image.info


@pytest.mark.slow
def test_the_same_seed_gives_the_same(engine: Any, tmp_path: Path) -> None:
    one, other, third = (tmp_path / f"{name}{engine.suffix}" for name in ("one", "other", "third"))
    for path, seed in ((one, 5), (other, 5), (third, 6)):
        engine.make(asked(engine, seed=seed), path, lambda _share: None)
    if engine.suffix == ".png":
        assert one.read_bytes() == other.read_bytes() != third.read_bytes()
    else:
        assert frames_of(one) == frames_of(other) != frames_of(third)


@pytest.mark.slow
def test_without_a_seed_one_is_thrown_and_told(engine: Any, tmp_path: Path) -> None:
    seeds = {
        engine.make(asked(engine, seed=None), tmp_path / f"out{engine.suffix}", lambda _share: None).meta["seed"]
        for _ in range(2)
    }
    assert len(seeds) == 2


@pytest.mark.slow
@pytest.mark.parametrize("calls", [1, 4])
def test_cancelling_leaves_nothing(engine: Any, tmp_path: Path, calls: int) -> None:
    out = tmp_path / f"out{engine.suffix}"
    left = calls

    def step(_share: float) -> None:
        nonlocal left
        left -= 1
        if not left:
            raise Cancelled

    with pytest.raises(Cancelled):
        engine.make(asked(engine), out, step)
    assert list(tmp_path.glob("out*")) == []
    assert engine.make(asked(engine), out, lambda _share: None).meta["seed"] == 5


@pytest.mark.slow
@pytest.mark.parametrize("prompt", ["fox " * 2500, "a\x00b\x1b[31m fox\n\r", "blurble", "🦊", "'; --", "кот" * 3000])
@pytest.mark.parametrize("which", SKETCHES_AND_FAKES, ids="-".join)
def test_odd_prompts_are_drawn(which: tuple[str, str], prompt: str, tmp_path: Path) -> None:
    engine = engine_of(*which, tmp_path)
    made = engine.make(asked(engine, prompt), tmp_path / f"out{engine.suffix}", lambda _share: None)
    assert made.meta["prompt"].isprintable()


@pytest.mark.parametrize("prompt", ["", "  ", "\x00\x07"])
@pytest.mark.parametrize("which", SKETCHES_AND_FAKES, ids="-".join)
def test_an_empty_prompt_is_refused(which: tuple[str, str], prompt: str, tmp_path: Path) -> None:
    engine = engine_of(*which, tmp_path)
    out = tmp_path / f"out{engine.suffix}"
    with pytest.raises(EngineError) as caught:
        engine.make(asked(engine, prompt), out, lambda _share: None)
    assert caught.value.code == "scene.empty_prompt"
    assert not out.exists()


def test_an_unwritable_path_is_an_error_and_leaves_nothing(engine: Any, tmp_path: Path) -> None:
    out = tmp_path / "absent" / f"out{engine.suffix}"
    with pytest.raises(OSError, match="No such file"):
        engine.make(asked(engine), out, lambda _share: None)
    assert not out.parent.exists()


def test_it_declares_what_it_is(engine: Any) -> None:
    assert engine.memory_mb > 0
    assert engine.suffix in {".png", ".mp4"}
    assert engine.estimate(asked(engine)) > 0
    fields = type(engine).Options.model_fields
    assert all(field.description for field in fields.values())
