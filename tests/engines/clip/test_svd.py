"""Stable Video Diffusion, the real pipeline with tiny random weights: it films noise, but how it is called counts."""

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from PIL import Image

from daemon.diffusion import clips, memory, model
from daemon.engines.clip.svd import Engine, Settings, megapixels
from daemon.errors import Cancelled, EngineError

PARAMETERS = {"unet": 1_525_000_000, "vae": 98_000_000, "image_encoder": 632_000_000}
"""Of svd-xt."""


@pytest.fixture(scope="module")
def engine(tiny: Callable[[str], Path]) -> Engine:
    pytest.importorskip("torch")
    made = Engine(
        Settings(model=str(tiny("svd")), width=64, height=64, steps=2, fps=9, motion=40, chunk=3), models=Path()
    )
    made.load()
    return made


@pytest.fixture
def request_of(tmp_path: Path) -> Callable[..., dict[str, Any]]:
    """Return a request whose picture has a red, a green and a blue third side by side."""
    picture = np.zeros((120, 360, 3), np.uint8)
    for third in range(3):
        picture[:, 120 * third : 120 * (third + 1), third] = 200
    Image.fromarray(picture).save(tmp_path / "in.png")

    def asked(**more: Any) -> dict[str, Any]:
        return {"prompt": "a fox", "language": "en", "seed": 3, "image": str(tmp_path / "in.png"), **more}

    return asked


def watch(monkeypatch: pytest.MonkeyPatch, thing: Any, name: str) -> list[tuple[Any, ...]]:
    """Return the list of the arguments that `thing.name` is called with from now on."""
    calls: list[tuple[Any, ...]] = []
    real = getattr(thing, name)

    def watched(*args: Any, **more: Any) -> Any:
        calls.append((*args, *more.values()))
        return real(*args, **more)

    monkeypatch.setattr(thing, name, watched)
    return calls


@pytest.mark.slow
def test_the_picture_is_cropped_and_told_with_rate_and_motion(
    engine: Engine, request_of: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    conditions = watch(monkeypatch, engine._pipe, "_get_add_time_ids")
    begins = watch(monkeypatch, engine._pipe, "_encode_image")
    decoded = watch(monkeypatch, engine._pipe.vae, "decode")
    made = engine.make(request_of(), tmp_path / "a.mp4", lambda _share: None)
    assert conditions[0][:3] == (9 - 1, 40, 0.02)  # the model was trained on one less than the rate
    image = np.asarray(begins[0][0])
    assert image.shape == (64, 64, 3)
    assert np.allclose(image[32, [2, 32, 61]], [[0, 200, 0]] * 3, atol=2)  # the middle third, not all three squeezed
    assert [call[0].shape[0] for call in decoded] == [3, 1]
    with av.open(str(tmp_path / "a.mp4")) as container:
        assert container.streams.video[0].average_rate == Fraction(9)
    assert (made.mime, made.meta["fps"], made.meta["seconds"]) == ("video/mp4", 9, 4 / 9)
    assert (tmp_path / "a.poster.jpg").exists()


@pytest.mark.slow
def test_its_frames_are_those_of_the_bare_pipeline(engine: Engine, request_of: Any) -> None:
    import torch

    steps: list[float] = []
    request = request_of()
    image = clips.cropped(clips.picture(request), 64, 64)
    mine = list(engine._decoded(engine._denoised(image, 3, request, steps.append), steps.append))
    bare = engine._pipe(
        image, 64, 64, None, 2, fps=9, motion_bucket_id=40, decode_chunk_size=3,
        generator=torch.Generator("cpu").manual_seed(3), output_type="np",
    ).frames[0]  # fmt: skip
    assert np.array_equal(np.stack(mine), bare)
    assert steps == sorted(steps)
    assert len(steps) == 5  # at the beginning, after two steps, before two pieces are decoded


@pytest.mark.slow
def test_where_memory_is_short_less_is_done_at_once_with_the_same_result(
    engine: Engine, request_of: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Parts wait in main memory, layers are computed in pieces; here the hooks move from processor to processor."""
    request = request_of()
    image = clips.cropped(clips.picture(request), 64, 64)
    whole = engine._denoised(image, 3, request, lambda _share: None)
    monkeypatch.setattr(
        memory, "plan", lambda *_what, **_how: memory.Plan("cpu", "float32", "model", tiling=True, needs=0)
    )
    lean = Engine(engine._options.model_copy(update={"chunk": None}), models=Path())
    lean.load()
    assert hasattr(lean._pipe.unet, "_hf_hook")
    assert np.allclose(
        lean._denoised(image, 3, request, lambda _share: None).numpy(), whole.numpy(), atol=2e-3
    )  # noise of 700 in 32 bits
    decoded = watch(monkeypatch, lean._pipe.vae, "decode")
    lean.make(request, tmp_path / "a.mp4", lambda _share: None)
    assert [call[0].shape[0] for call in decoded] == [2, 2]
    assert hasattr(lean._pipe.unet, "_hf_hook")


@pytest.mark.parametrize(("gib", "offload"), [(24, "none"), (12, "none"), (7.5, "model")])
def test_the_real_model_fits_by_plan(gib: float, offload: str) -> None:
    device = memory.Device("cuda", round(gib * memory.GIB), 32 * memory.GIB)
    how = memory.plan(PARAMETERS, device, megapixels=megapixels(Settings()), dtype="float16")
    assert how.offload == offload
    assert how.needs <= gib * memory.GIB


@pytest.mark.slow
@pytest.mark.parametrize("share", [0.1, 0.86])
def test_a_cancel_is_heard_within_a_step_and_the_engine_goes_on(
    engine: Engine, request_of: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, share: float
) -> None:
    steps = watch(monkeypatch, engine._pipe.unet, "forward")
    decoded = watch(monkeypatch, engine._pipe.vae, "decode")

    def step(reached: float) -> None:
        if reached >= share:
            raise Cancelled

    with pytest.raises(Cancelled):
        engine.make(request_of(), tmp_path / "a.webm", step)
    assert (len(steps), len(decoded)) == ((1, 0) if share < 0.5 else (2, 1))
    assert {path.name for path in tmp_path.iterdir()} == {"in.png"}
    assert engine.make(request_of(), tmp_path / "a.webm", lambda _share: None).mime == "video/webm"


@pytest.mark.slow
def test_what_is_no_picture_is_one_sentence(engine: Engine, request_of: Any, tmp_path: Path) -> None:
    (tmp_path / "no.png").write_text("no picture")
    Image.new("RGB", (20, 400)).save(tmp_path / "small.png")
    for image, code in (
        (None, "making.no_image"),
        (str(tmp_path / "absent.png"), "picture.image"),
        (str(tmp_path / "no.png"), "picture.image"),
        (str(tmp_path / "small.png"), "making.small_image"),
    ):
        with pytest.raises(EngineError) as caught:
            engine.make(request_of(image=image), tmp_path / "a.mp4", lambda _share: None)
        assert caught.value.code == code
        assert "{" not in caught.value.text("ru")
    assert not (tmp_path / "a.mp4").exists()


def test_a_model_of_another_kind_and_none_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(model, "find_spec", lambda _name: True)
    assert Engine.missing(Settings(), models=tmp_path) == "svd.no_model"
    (tmp_path / "sd").mkdir()
    (tmp_path / "sd" / "model_index.json").write_text('{"_class_name": "StableDiffusionPipeline"}')
    assert Engine.missing(Settings(), models=tmp_path) == "svd.no_model"
    assert Engine.missing(Settings(model="sd"), models=tmp_path) is None
    for options, code in ((Settings(model="sd"), "diffusion.other_kind"), (Settings(), "diffusion.model_missing")):
        with pytest.raises(EngineError) as caught:
            Engine(options, models=tmp_path).load()
        assert caught.value.code == code
    monkeypatch.setattr(model, "find_spec", lambda name: None if name == "torch" else True)
    assert Engine.missing(Settings(model="sd"), models=tmp_path) == "diffusion.no_library"
