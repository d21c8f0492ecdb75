"""Pipelines of every make are loaded, placed, followed; nothing is asked over a network."""

import shutil
import socket

import pytest

from daemon.diffusion import loading, memory, weights
from daemon.diffusion.stepping import followed
from daemon.errors import Cancelled, EngineError

torch = pytest.importorskip("torch")
pytestmark = pytest.mark.slow


def load(folder):
    loading.quiet()
    from diffusers import AutoPipelineForText2Image

    found = weights.check(folder)
    return loading.opened(found, memory.plan(found.parameters, memory.seen("cpu")), AutoPipelineForText2Image)


@pytest.fixture(autouse=True)
def no_network(monkeypatch):
    def refuse(*_address):
        raise AssertionError("it asked over the network")

    monkeypatch.setattr(socket.socket, "connect", refuse)


@pytest.mark.parametrize("name", ["sd", "sdxl", "sd3"])
def test_it_loads_makes_is_cancelled_after_one_step_and_makes_again(tiny, name):
    pipe = load(tiny(name))
    given = {"prompt": "a fox", "num_inference_steps": 4, "height": 32, "width": 32}
    seen = []

    def step(share):
        seen.append(share)
        if share > 0:
            raise Cancelled

    with pytest.raises(Cancelled), followed(pipe, step):
        pipe(**given)
    assert seen == [0.0, 0.25]
    with followed(pipe, lambda _share: None):
        assert pipe(**given).images[0].size == (32, 32)


def test_what_diffusers_cannot_load_is_one_sentence(tiny, tmp_path):
    folder = shutil.copytree(tiny("sd"), tmp_path / "sd")
    index = folder / "model_index.json"
    index.write_text(index.read_text().replace("StableDiffusionPipeline", "NoSuchPipeline"))
    with pytest.raises(EngineError) as caught:
        load(folder)
    assert caught.value.code == "diffusion.unloadable"
    assert "\n" not in caught.value.text()
