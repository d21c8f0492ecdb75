"""What a model is made with when nobody says otherwise."""

import json

import pytest

from daemon.diffusion.families import FAMILIES, family, of_folder, side
from tests.diffusion.test_weights import pipeline


@pytest.mark.parametrize(
    ("kind", "name", "scheduler", "distilled", "expected"),
    [
        ("StableDiffusionPipeline", "sd15", {"timestep_spacing": "leading"}, False, ("sd", 30, 7.5)),
        ("StableDiffusionPipeline", "a", {"timestep_spacing": "trailing"}, False, ("sd-turbo", 2, 0.0)),
        ("StableDiffusionPipeline", "a", {"_class_name": "LCMScheduler"}, False, ("sd-lcm", 6, 1.5)),
        ("StableDiffusionXLPipeline", "sdxl", {}, False, ("sdxl", 30, 6.0)),
        ("StableDiffusionXLPipeline", "sdxl-turbo", {}, False, ("sdxl-turbo", 4, 0.0)),
        ("StableDiffusion3Pipeline", "x--sd3.5-large-turbo", {}, False, ("sd3-turbo", 4, 0.0)),
        ("FluxPipeline", "FLUX.1-dev", {}, False, ("flux-dev", 28, 3.5)),
        ("FluxPipeline", "a", {}, True, ("flux-schnell", 4, 0.0)),
        ("ZImagePipeline", "a", {}, False, ("z-image-turbo", 9, 0.0)),
        ("SomethingNewPipeline", "turbo", {}, False, ("generic", 28, None)),
    ],
)
def test_families(kind, name, scheduler, distilled, expected):
    found = family(kind, name, scheduler, distilled=distilled)
    assert (found.name, found.steps, found.guidance) == expected


def test_schnell_is_known_by_its_transformer(tmp_path):
    folder = pipeline(tmp_path / "f", "FluxPipeline")
    (folder / "transformer").mkdir()
    for embeds, name in ((True, "flux-dev"), (False, "flux-schnell")):
        (folder / "transformer" / "config.json").write_text(json.dumps({"guidance_embeds": embeds}))
        assert of_folder(folder).name == name


@pytest.mark.slow
def test_every_family_exists_in_diffusers():
    diffusers = pytest.importorskip("diffusers")
    for kind in FAMILIES:
        assert kind in dir(diffusers)


def test_the_trained_side_is_read_from_the_configs(tmp_path):
    folder = pipeline(tmp_path / "sd")
    assert side(folder) is None
    (folder / "unet" / "config.json").write_text('{"sample_size": 64}')
    (folder / "vae").mkdir()
    (folder / "vae" / "config.json").write_text('{"block_out_channels": [128, 256, 512, 512]}')
    assert side(folder) == 512
