"""`engine: auto` chooses by what the machine has; an engine that is named is used."""

import json
from pathlib import Path
from typing import Any

import pytest

from daemon.bus import Bus
from daemon.diffusion import memory, model
from daemon.workers import choice, devices
from daemon.workers.choice import choose
from daemon.workers.maker import Maker

SVD = {"_class_name": "StableVideoDiffusionPipeline"}
SD = {"_class_name": "StableDiffusionPipeline", "unet": ["diffusers", "UNet2DConditionModel"]}


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Has the libraries, eight cores, 32 GB and what is asked for; returns the folder of models."""
    monkeypatch.setattr(model, "LIBRARIES", ())

    def made(gpu: bool = False, torch: str = "2.13.0", cores: int = 8, memory_mb: int = 32000) -> Path:
        monkeypatch.setattr(memory, "GPU_FILES", ("/dev/null",) if gpu else ())
        monkeypatch.setattr(memory, "installed", lambda: torch)
        monkeypatch.setattr("os.sched_getaffinity", lambda _process: range(cores))
        monkeypatch.setattr(devices, "host_mb", lambda: memory_mb)
        return tmp_path

    return made


def put(models: Path, name: str, index: dict[str, Any], mb: int = 0) -> None:
    """Put a model there: its index, and a file of weights with nothing in it."""
    folder = models / name
    (folder / "unet").mkdir(parents=True)
    (folder / "model_index.json").write_text(json.dumps(index))
    (folder / "unet" / "config.json").write_text("{}")
    with (folder / "unet" / "diffusion_pytorch_model.safetensors").open("wb") as file:
        file.truncate(mb << 20)


def test_a_clip_of_hours_is_left_to_the_sketch_and_the_reason_is_told(machine: Any) -> None:
    models = machine()
    put(models, "svd-xt", SVD)
    found = choose("clip", {"engine": "auto"}, models)
    assert (found.name, list(found.declined)) == ("sketch", ["svd"])
    assert found.declined["svd"].code == "making.too_slow"
    assert "104" in found.why("ru")
    named = choose("clip", {"engine": "svd"}, models)
    assert (named.name, named.declined) == ("svd", {})


@pytest.mark.parametrize(
    ("gpu", "torch", "device", "engine"),
    [
        (True, "2.13.0", "auto", "svd"),
        (True, "2.13.0+cu130", "cuda:1", "svd"),
        (True, "2.13.0+cpu", "auto", "sketch"),
        (True, "2.13.0", "cpu", "sketch"),
        (False, "2.13.0", "auto", "sketch"),
    ],
)
def test_a_gpu_counts_where_torch_can_use_it(machine: Any, gpu: bool, torch: str, device: str, engine: str) -> None:
    models = machine(gpu=gpu, torch=torch)
    put(models, "svd-xt", SVD)
    assert choose("clip", {"engine": "auto", "svd": {"device": device}}, models).name == engine


@pytest.mark.parametrize(
    ("mb", "cores", "memory_mb", "code"),
    [
        (4100, 8, 32000, None),  # Stable Diffusion 1.5 in 32 bits, minutes
        (4100, 1, 32000, "making.too_slow"),
        (7000, 8, 4000, "making.too_large"),
    ],
)
def test_a_picture_of_minutes_is_waited_for(
    machine: Any, mb: int, cores: int, memory_mb: int, code: str | None
) -> None:
    models = machine(cores=cores, memory_mb=memory_mb)
    put(models, "sd15", SD, mb)
    section = {"engine": "auto", "diffusers": {"width": 512, "height": 512}}
    found = choose("picture", section, models)
    assert [why.code for why in found.declined.values()] == ([code] if code else [])
    assert found.name == ("sketch" if code else "diffusers")
    assert choose("picture", section | {"engine": "diffusers"}, models).name == "diffusers"


def test_what_is_last_is_never_declined() -> None:
    class Slow:
        sketch = True
        weights_mb = 1 << 30

        def estimate(self, _request: dict[str, Any]) -> float:
            return 1e9

    engine: Any = Slow()
    assert choice.unfit("picture", engine, 1) is None


async def test_the_status_tells_what_is_used_and_why_not_another(machine: Any) -> None:
    models = machine()
    put(models, "svd-xt", SVD)
    told = Maker("clip", {"engine": "auto"}, models, bus=Bus()).told("en")
    assert (told["engine"], told["sketch"]) == ("sketch", True)
    assert told["declined"] == {"svd": "on this machine one would take about 104 minutes."}
    assert Maker("clip", {"engine": "svd", "svd": {"model": "absent"}}, models, bus=Bus()).told("en") == {}
