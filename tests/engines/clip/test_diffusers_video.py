"""Video pipelines of diffusers: a real Wan with tiny random weights, and what other pipelines give."""

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from PIL import Image

from daemon.diffusion import model
from daemon.engines.clip.diffusers_video import Engine, Settings
from daemon.errors import Cancelled, EngineError

ASKED = {"prompt": "лиса бежит", "language": "ru", "seed": 3}
SMALL = {"width": 64, "height": 64, "frames": 6, "steps": 2}


def quiet(_share: float) -> None:
    """Take no notice of progress."""


def loaded(model: Path, **options: Any) -> Engine:
    engine = Engine(Settings(model=str(model), **{**SMALL, **options}), models=Path())
    engine.load()
    return engine


@pytest.fixture(scope="module")
def wan(tiny: Callable[[str], Path]) -> Engine:
    pytest.importorskip("torch")
    return loaded(tiny("wan"))


@pytest.mark.slow
def test_wan_films_words_as_the_bare_pipeline_does(wan: Engine, tmp_path: Path) -> None:
    import torch

    made = wan.make(ASKED, tmp_path / "a.mp4", quiet)
    bare = wan._pipe(
        "лиса бежит", height=64, width=64, num_frames=5, num_inference_steps=2, guidance_scale=5.0,
        generator=torch.Generator("cpu").manual_seed(3),
    ).frames[0]  # fmt: skip
    with av.open(str(tmp_path / "a.mp4")) as container:
        assert container.streams.video[0].average_rate == Fraction(16)
        frames = [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]
    assert len(frames) == len(bare) == 5
    assert np.abs(np.stack(frames) / 255 - bare).mean() < 0.06  # what encoding noise costs
    assert (made.meta["seconds"], made.meta["family"]) == (5 / 16, "wan")
    assert (wan.needs_image, wan.reads) == (False, ("en", "ru"))
    with pytest.raises(EngineError) as caught:
        wan.make({**ASKED, "image": "x.png"}, tmp_path / "b.mp4", quiet)
    assert caught.value.code == "making.takes_no_image"


@pytest.mark.slow
def test_wan_sets_a_picture_in_motion_in_its_own_shape(tiny: Callable[[str], Path], tmp_path: Path) -> None:
    pytest.importorskip("torch")
    engine = loaded(tiny("wan_i2v"), width=128, height=64)
    assert engine.needs_image
    Image.new("RGB", (100, 200), (200, 30, 30)).save(tmp_path / "in.png")
    made = engine.make({**ASKED, "image": str(tmp_path / "in.png")}, tmp_path / "a.webm", quiet)
    assert (made.meta["width"], made.meta["height"], made.mime) == (64, 128, "video/webm")
    with pytest.raises(EngineError) as caught:
        engine.make(ASKED, tmp_path / "b.webm", quiet)
    assert caught.value.code == "making.no_image"


class Plain:
    """A pipeline without a callback, like HunyuanVideo 1.5's, that gives its frames in the form asked for."""

    def __init__(self, form: str) -> None:
        self.form, self.steps, self.freed = form, 0, 0
        self.given: dict[str, Any] = {}

    def progress_bar(self, total: int) -> Any:
        raise AssertionError

    def maybe_free_model_hooks(self) -> None:
        self.freed += 1

    def __call__(self, prompt: str, num_frames: int = 9, num_inference_steps: int = 4, frame_rate: int = 0) -> Any:
        import torch

        self.given = {"frames": num_frames, "rate": frame_rate}
        with self.progress_bar(total=num_inference_steps) as bar:
            for _ in range(num_inference_steps):
                self.steps += 1
                bar.update()
        image = Image.new("RGB", (64, 48), (10, 200, 90))
        array = np.stack([np.asarray(image, np.float32) / 255] * num_frames)
        match self.form:
            case "pil":
                frames: Any = [[image] * num_frames]
            case "np":
                frames = array[None]
            case "pt":
                frames = torch.from_numpy(array).permute(0, 3, 1, 2)[None].to(torch.bfloat16)
            case "black":
                frames = array[None] * 0
            case "overflow":
                frames = array[None] * np.nan
            case _:
                frames = None
        return type("Made", (), {"frames": frames})()


@pytest.mark.slow
@pytest.mark.parametrize("form", ["pil", "np", "pt"])
def test_frames_of_every_form_become_the_same_clip(
    wan: Engine, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, form: str
) -> None:
    pipe = Plain(form)
    monkeypatch.setattr(wan, "_pipe", pipe)
    shares: list[float] = []
    made = wan.make(ASKED, tmp_path / "a.mp4", shares.append)
    assert pipe.given == {"frames": 5, "rate": 16}
    assert (made.meta["width"], made.meta["height"], made.meta["seconds"]) == (64, 48, 5 / 16)
    assert shares == sorted(shares)
    assert len(shares) >= 5
    with av.open(str(tmp_path / "a.mp4")) as container:
        frame = next(container.decode(video=0)).to_ndarray(format="rgb24")
    assert np.abs(frame.mean((0, 1)) - (10, 200, 90)).max() < 4


@pytest.mark.slow
def test_a_cancel_takes_one_step_where_there_is_no_callback(
    wan: Engine, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    pipe = Plain("pil")
    monkeypatch.setattr(wan, "_pipe", pipe)

    def step(share: float) -> None:
        if share > 0:
            raise Cancelled

    with pytest.raises(Cancelled):
        wan.make(ASKED, tmp_path / "a.mp4", step)
    assert (pipe.steps, pipe.freed) == (1, 1)
    assert list(tmp_path.iterdir()) == []
    wan.make(ASKED, tmp_path / "a.mp4", quiet)


@pytest.mark.slow
def test_a_pipeline_without_frames_one_of_black_ones_and_one_of_pictures(
    wan: Engine, tiny: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for form, code in (("none", "making.no_frames"), ("black", "making.black"), ("overflow", "making.black")):
        monkeypatch.setattr(wan, "_pipe", Plain(form))
        with pytest.raises(EngineError) as caught:
            wan.make(ASKED, tmp_path / "a.mp4", quiet)
        assert caught.value.code == code
    with pytest.raises(EngineError) as caught:
        loaded(tiny("sd"))
    assert caught.value.code == "diffusion.other_kind"


def test_without_a_model_it_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(model, "find_spec", lambda _name: True)
    assert Engine.missing(Settings(), models=tmp_path) == "diffusers_video.no_model"
    engine = Engine(Settings(), models=tmp_path)
    assert (engine.needs_image, engine.reads) == (False, ("en",))
    with pytest.raises(EngineError) as caught:
        engine.load()
    assert caught.value.code == "diffusion.model_missing"
    (tmp_path / "w").mkdir()
    (tmp_path / "w" / "model_index.json").write_text('{"_class_name": "WanImageToVideoPipeline"}')
    assert Engine.missing(Settings(), models=tmp_path) is None
    assert Engine(Settings(), models=tmp_path).needs_image
    assert Engine(Settings(reads=()), models=tmp_path).reads == ()
