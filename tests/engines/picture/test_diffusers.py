"""Pictures by real diffusers pipelines with tiny random weights."""

import json
import shutil
from pathlib import Path
from types import SimpleNamespace
from typing import ClassVar

import pytest

from daemon.diffusion import memory, preview
from daemon.diffusion.pictures import DiffusionOptions
from daemon.engines.picture.diffusers import Engine
from daemon.errors import Cancelled, EngineError
from tests.tiny_pipelines import configs, single

pytest.importorskip("torch")
pytestmark = pytest.mark.slow


def engine(model, models=Path("/nowhere"), **options):
    made = Engine(DiffusionOptions(model=str(model), **options), models=models)
    made.load()
    return made


def asked(**more):
    return {"prompt": "a red fox", "language": "en", "seed": 5, "steps": 2, **more}


def quietly(_share):
    """Take no notice of progress."""


@pytest.fixture(scope="session")
def sd(tiny):
    return engine(tiny("sd"), width=64, height=64)


@pytest.mark.parametrize(("name", "family"), [("sd", 30), ("sdxl", 30), ("sd3", 28)])
def test_each_family_makes_a_picture_with_its_own_steps_and_size(tiny, tmp_path, name, family):
    from PIL import Image

    seen = []
    made = engine(tiny(name)).make({"prompt": "a red fox", "seed": 1}, tmp_path / "a.png", seen.append)
    assert len(seen) > family
    assert seen == sorted(seen)
    assert (made.meta["steps"], made.meta["width"], made.meta["height"]) == (family, 64, 64)
    with Image.open(tmp_path / "a.png") as image:
        image.load()
        assert image.size == (64, 64)
        assert len(image.getcolors(64 * 64)) > 50


def test_the_file_tells_what_it_was_made_of(sd, tmp_path):
    from PIL import Image

    made = sd.make(asked(negative="text", guidance=3.0), tmp_path / "a.png", quietly)
    with Image.open(tmp_path / "a.png") as image:
        told = {name: image.info[name] for name in ("Description", "Seed", "Steps", "Guidance", "Negative", "Model")}
    assert told == {
        "Description": "a red fox",
        "Seed": "5",
        "Steps": "2",
        "Guidance": "3.0",
        "Negative": "text",
        "Model": "sd",
    }
    assert json.loads(json.dumps(made.meta)) == made.meta


@pytest.mark.parametrize(
    "more", [{"negative": "snow"}, {"guidance": 2.0}, {"steps": 3}, {"seed": 6}, {"prompt": "a blue dog"}]
)
def test_what_is_asked_for_changes_the_picture(sd, tmp_path, more):
    for name, request in (("a", asked()), ("b", asked()), ("c", asked(**more))):
        sd.make(request, tmp_path / f"{name}.png", quietly)
    a, b, c = (_pixels(tmp_path / f"{name}.png") for name in "abc")
    assert a == b != c


def test_what_a_pipeline_does_not_know_is_left_out_and_not_told(tiny, tmp_path):
    one = engine(tiny("lcm"))
    for name, request in (("a", asked()), ("b", asked(negative="snow"))):
        made = one.make(request, tmp_path / f"{name}.png", quietly)
        assert (made.meta["negative"], made.meta["guidance"]) == (None, 8.0)
    assert _pixels(tmp_path / "a.png") == _pixels(tmp_path / "b.png")


@pytest.mark.parametrize("name", ["sd", "sdxl", "sd3"])
def test_where_memory_is_short_the_same_picture_comes_of_parts_and_tiles(tiny, tmp_path, monkeypatch, name):
    """The hooks move from processor to processor here."""
    from PIL import Image

    Image.new("RGB", (64, 64), "red").save(tmp_path / "start.png")
    made = [asked(), asked(image=str(tmp_path / "start.png"), steps=4)]
    whole = engine(tiny(name))
    whole._pipe.vae.enable_tiling()  # it joins the tiles smoothly, and so not exactly
    little = memory.Plan("cpu", "float32", "model", tiling=True, needs=0)
    monkeypatch.setattr(memory, "plan", lambda *_what, **_how: little)
    lean = engine(tiny(name))
    assert (lean._pipe.vae.use_tiling, lean._pipe.vae.use_slicing, lean._matrix) == (True, True, None)
    for request in made:
        whole.make(request, tmp_path / "a.png", quietly)
        lean.make(request, tmp_path / "b.png", quietly)
        assert _pixels(tmp_path / "a.png") == _pixels(tmp_path / "b.png")


def test_sizes_are_rounded_to_what_the_pipeline_can_do(sd, tmp_path):
    made = sd.make(asked(width=101, height=45), tmp_path / "a.png", quietly)
    assert (made.meta["width"], made.meta["height"]) == (104, 48)


@pytest.mark.parametrize("name", ["sd", "sdxl", "sd3"])
def test_a_picture_is_made_of_a_picture_and_then_one_of_words_again(tiny, tmp_path, name):
    from PIL import Image

    Image.new("RGB", (300, 150), "red").save(tmp_path / "start.png")
    one = engine(tiny(name))
    before = one.make(asked(), tmp_path / "a.png", quietly)
    request = asked(image=str(tmp_path / "start.png"), strength=0.5, steps=4)
    made = one.make(request, tmp_path / "b.png", quietly)
    assert made.meta["strength"] == 0.5
    assert made.meta["width"] == pytest.approx(2 * made.meta["height"], abs=16)
    assert before == one.make(asked(), tmp_path / "c.png", quietly)
    assert _pixels(tmp_path / "a.png") == _pixels(tmp_path / "c.png") != _pixels(tmp_path / "b.png")


def test_what_is_no_picture_is_refused_as_a_start(sd, tmp_path):
    (tmp_path / "start.png").write_text("no picture")
    with pytest.raises(EngineError) as caught:
        sd.make(asked(image=str(tmp_path / "start.png")), tmp_path / "a.png", quietly)
    assert caught.value.code == "picture.image"


def test_a_model_without_a_pipeline_for_pictures_says_so(tiny, tmp_path):
    from PIL import Image

    class LonelyPipeline:
        config: ClassVar[dict[str, str]] = {}

    Image.new("RGB", (64, 64), "red").save(tmp_path / "start.png")
    one = engine(tiny("sd"))
    one._pipe = LonelyPipeline()
    with pytest.raises(EngineError) as caught:
        one.make(asked(image=str(tmp_path / "start.png")), tmp_path / "a.png", quietly)
    assert caught.value.code == "picture.no_image_to_image"


def test_what_makes_no_picture_says_so(tiny, tmp_path):
    one = engine(tiny("sd"))
    with pytest.raises(EngineError) as caught:
        one._picture(SimpleNamespace(frames=[]))
    assert caught.value.code == "picture.no_picture"


def test_it_is_cancelled_after_one_step_and_makes_the_next(sd, tmp_path):
    seen = []

    def step(share):
        seen.append(share)
        if share > 0.01:
            raise Cancelled

    with pytest.raises(Cancelled):
        sd.make(asked(steps=30), tmp_path / "a.png", step)
    assert len([share for share in seen if share > 0.01]) == 1
    assert list(tmp_path.iterdir()) == []
    assert sd.make(asked(), tmp_path / "a.png", quietly).meta["seed"] == 5


def test_a_preview_lies_beside_it_while_it_is_made(tiny, tmp_path, monkeypatch):
    from PIL import Image

    monkeypatch.setattr(preview, "EVERY_S", 0.0)
    shown = []

    def step(_share):
        if (found := tmp_path / "a.preview.png").exists():
            with Image.open(found) as image:
                image.load()
                shown.append(image.size)

    engine(tiny("sd")).make(asked(steps=5), tmp_path / "a.png", step)
    assert set(shown) == {(256, 256)}
    assert [path.name for path in tmp_path.iterdir()] == ["a.png"]
    shown.clear()
    engine(tiny("sd"), previews=False).make(asked(steps=5), tmp_path / "a.png", step)
    assert shown == []


def test_the_colours_of_a_preview_are_those_of_the_picture():
    import torch
    from diffusers.models.autoencoders.vae import DecoderOutput

    class Vae:
        config = SimpleNamespace(latent_channels=4, scaling_factor=0.18, shift_factor=0.1)
        device, dtype = "cpu", torch.float32
        colours = torch.randn((3, 4, 1, 1), generator=torch.Generator().manual_seed(1)) / 20

        def decode(self, latents):
            small = torch.nn.functional.conv2d(latents, self.colours)
            return DecoderOutput(torch.nn.functional.interpolate(small, scale_factor=8))

    matrix = preview.fitted(SimpleNamespace(vae=Vae()))
    latents = torch.randn((1, 4, 12, 8), generator=torch.Generator().manual_seed(3))
    real = torch.nn.functional.conv2d(latents / 0.18 + 0.1, Vae.colours) / 2 + 0.5
    assert torch.allclose(preview._rows(latents) @ matrix, real[0].flatten(1).T, atol=1e-4)


def test_what_has_no_such_vae_has_no_previews():
    assert preview.fitted(SimpleNamespace(vae=None)) is None
    assert preview.fitted(SimpleNamespace()) is None


def test_an_unsafe_picture_is_no_success(tiny, tmp_path):
    with pytest.raises(EngineError) as caught:
        engine(tiny("checked")).make(asked(), tmp_path / "a.png", quietly)
    assert caught.value.code == "picture.unsafe"
    assert list(tmp_path.iterdir()) == []
    made = engine(tiny("checked"), safety=False).make(asked(), tmp_path / "a.png", quietly)
    assert made.mime == "image/png"


def test_a_black_picture_is_no_success(tiny, tmp_path):
    import torch

    one = engine(tiny("sd"))
    with torch.no_grad():
        one._pipe.vae.decoder.conv_out.bias.fill_(float("nan"))
    with pytest.warns(RuntimeWarning, match="invalid value"), pytest.raises(EngineError) as caught:
        one.make(asked(), tmp_path / "a.png", quietly)
    assert caught.value.code == "picture.black"
    assert list(tmp_path.iterdir()) == []


def test_a_cut_file_and_a_pickle_are_refused(tiny, tmp_path):
    folder = shutil.copytree(tiny("sd"), tmp_path / "sd")
    weight = folder / "unet" / "diffusion_pytorch_model.safetensors"
    whole = weight.read_bytes()
    weight.write_bytes(whole[:-100])
    with pytest.raises(EngineError) as caught:
        engine("sd", tmp_path)
    assert caught.value.code == "diffusion.damaged"
    weight.rename(weight.with_suffix(".bin"))
    with pytest.raises(EngineError) as caught:
        engine("sd", tmp_path)
    assert caught.value.code == "diffusion.pickle"


def test_a_single_file_with_its_configs_makes_the_same_picture(tiny, tmp_path):
    single(tiny("sd"), tmp_path / "one.safetensors")
    configs(tiny("sd"), tmp_path / "one-config")
    for model, config, out in (("one", "one-config", "a"), (str(tiny("sd")), "", "b")):
        made = engine(model, tmp_path, config=config).make(asked(), tmp_path / f"{out}.png", quietly)
        assert (made.meta["width"], made.meta["guidance"]) == (64, 7.5)
    assert _pixels(tmp_path / "a.png") == _pixels(tmp_path / "b.png")


def test_a_single_file_without_its_configs_is_told(tiny, tmp_path):
    single(tiny("sd"), tmp_path / "one.safetensors")
    for config in ("", "absent"):
        with pytest.raises(EngineError) as caught:
            engine("one", tmp_path, config=config)
        assert caught.value.code == "diffusion.no_config"


def test_a_damaged_config_is_told_by_load_and_not_before(tiny, tmp_path):
    folder = shutil.copytree(tiny("sd"), tmp_path / "sd")
    (folder / "scheduler" / "scheduler_config.json").write_text("{")
    made = Engine(DiffusionOptions(model="sd"), models=tmp_path)
    assert made.estimate(asked()) > 0
    with pytest.raises(EngineError) as caught:
        made.load()
    assert caught.value.code == "diffusion.unloadable"


def test_what_is_not_here_is_told(tmp_path):
    for name in ("absent", "auto"):
        options = DiffusionOptions(model=name)
        assert Engine.missing(options, models=tmp_path) == "diffusion.no_model"
        with pytest.raises(EngineError) as caught:
            Engine(options, models=tmp_path).load()
        assert caught.value.code == "diffusion.model_missing"


def test_auto_takes_the_first_picture_model_and_reads_what_its_family_reads(tiny, tmp_path):
    film = tmp_path / "a-film"
    film.mkdir()
    (film / "model_index.json").write_text('{"_class_name": "WanPipeline"}')
    assert Engine.missing(DiffusionOptions(), models=tmp_path) == "diffusion.no_model"
    shutil.copytree(tiny("sd"), tmp_path / "sd")
    (tmp_path / "z").mkdir()
    (tmp_path / "z" / "model_index.json").write_text('{"_class_name": "ZImagePipeline"}')
    assert Engine.missing(DiffusionOptions(), models=tmp_path) is None
    assert Engine(DiffusionOptions(), models=tmp_path).reads == ("en",)
    assert Engine(DiffusionOptions(model="z"), models=tmp_path).reads == ("en", "ru")
    assert Engine(DiffusionOptions(model="z", reads=()), models=tmp_path).reads == ()


def test_the_estimate_grows_with_the_work(sd):
    assert 0 < sd.estimate(asked(steps=10)) <= sd.estimate(asked(steps=100, width=1024, height=1024))


def _pixels(path):
    from PIL import Image

    with Image.open(path) as image:
        return image.tobytes()
