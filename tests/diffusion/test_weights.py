"""Models are found, and what can't be loaded safely is refused before anything loads it."""

import json
import struct
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daemon.diffusion import tensors, weights
from daemon.errors import EngineError


def safetensors(path: Path, shapes: dict[str, list[int]]) -> Path:
    """Write a file of zeros in float16."""
    header, at = {"__metadata__": {"format": "pt"}}, 0
    for name, shape in shapes.items():
        size = 2
        for side in shape:
            size *= side
        header[name] = {"dtype": "F16", "shape": shape, "data_offsets": [at, at + size]}
        at += size
    told = json.dumps(header).encode()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(struct.pack("<Q", len(told)) + told + bytes(at))
    return path


def pipeline(folder: Path, kind: str = "StableDiffusionPipeline") -> Path:
    """Write the files of a pipeline, without sense in them."""
    (folder / "scheduler").mkdir(parents=True)
    (folder / "scheduler" / "scheduler_config.json").write_text('{"_class_name": "DDIMScheduler"}')
    parts = {"unet": ["diffusers", "UNet2DConditionModel"], "scheduler": ["diffusers", "DDIMScheduler"]}
    told = {"_class_name": kind, **parts, "safety_checker": [None, None], "requires_safety_checker": False}
    (folder / "model_index.json").write_text(json.dumps(told))
    safetensors(folder / "unet" / "diffusion_pytorch_model.safetensors", {"a": [2, 3], "b": [4]})
    (folder / "unet" / "config.json").write_text("{}")
    return folder


def code(path: Path) -> str:
    with pytest.raises(EngineError) as caught:
        weights.check(path)
    assert "{" not in caught.value.text("ru") + caught.value.text("en")
    return caught.value.code


def test_a_whole_folder_is_told(tmp_path):
    found = weights.check(pipeline(tmp_path / "sd"))
    assert (found.kind, found.parameters, found.variant) == ("StableDiffusionPipeline", {"unet": 10}, None)


def test_files_of_another_variant_are_told(tmp_path):
    folder = pipeline(tmp_path / "sd")
    plain = folder / "unet" / "diffusion_pytorch_model.safetensors"
    plain.rename(plain.with_name("diffusion_pytorch_model.fp16.safetensors"))
    assert weights.check(folder).variant == "fp16"


def test_a_model_is_found_by_path_and_by_name(tmp_path):
    folder = pipeline(tmp_path / "owner--sd")
    single = safetensors(tmp_path / "one.safetensors", {"a": [1]})
    assert weights.find(str(folder), Path("/nowhere")) == folder
    assert weights.find("owner/sd", tmp_path) == weights.find("owner--sd", tmp_path) == folder
    assert weights.find("one", tmp_path) == weights.find(str(single), tmp_path) == single
    assert weights.find("absent", tmp_path) is None
    assert [path for path, _index in weights.shelved(tmp_path)] == [folder]


def test_a_model_is_found_in_the_hub_cache_without_a_network(tmp_path, monkeypatch):
    snapshot = tmp_path / "models--owner--sd" / "snapshots" / "abc"
    pipeline(snapshot)
    (tmp_path / "models--owner--sd" / "refs").mkdir()
    (tmp_path / "models--owner--sd" / "refs" / "main").write_text("abc")
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))
    assert weights.find("owner/sd", tmp_path / "models") == snapshot
    assert weights.find("owner/other", tmp_path / "models") is None


@pytest.mark.parametrize("suffix", [".bin", ".ckpt", ".pt"])
def test_pickles_are_refused(tmp_path, suffix):
    folder = pipeline(tmp_path / "sd")
    weight = folder / "unet" / "diffusion_pytorch_model.safetensors"
    weight.rename(weight.with_suffix(suffix))
    assert code(folder) == "diffusion.pickle"
    alone = tmp_path / f"model{suffix}"
    alone.write_bytes(b"\x80\x04.")
    assert code(alone) == "diffusion.pickle"


@pytest.mark.parametrize("kept", [0, 4, 8, 20, -1])
def test_a_cut_file_is_refused(tmp_path, kept):
    folder = pipeline(tmp_path / "sd")
    weight = folder / "unet" / "diffusion_pytorch_model.safetensors"
    weight.write_bytes(weight.read_bytes()[:kept])
    assert code(folder) == "diffusion.damaged"


def test_what_is_absent_is_told(tmp_path):
    folder = pipeline(tmp_path / "one")
    (folder / "unet" / "diffusion_pytorch_model.safetensors").unlink()
    assert code(folder) == "diffusion.incomplete"
    folder = pipeline(tmp_path / "two")
    table = {"weight_map": {"a": "diffusion_pytorch_model.safetensors", "b": "other.safetensors"}}
    (folder / "unet" / "diffusion_pytorch_model.safetensors.index.json").write_text(json.dumps(table))
    assert code(folder) == "diffusion.incomplete"
    folder = pipeline(tmp_path / "three")
    (folder / "scheduler" / "scheduler_config.json").unlink()
    (folder / "scheduler").rmdir()
    assert code(folder) == "diffusion.incomplete"


@pytest.mark.parametrize("told", ["", "[]", "{", '{"_class_name": ["pipeline", "Own"]}', "[" * 100_000])
def test_a_damaged_index_is_refused(tmp_path, told):
    folder = pipeline(tmp_path / "sd")
    (folder / "model_index.json").write_text(told)
    assert code(folder) == "diffusion.damaged"


@given(at=st.integers(0, 10_000), bit=st.integers(0, 7))
def test_a_flipped_bit_in_the_header_never_does_worse_than_be_refused(tmp_path_factory, at, bit):
    whole = safetensors(tmp_path_factory.mktemp("bits") / "a.safetensors", {"a": [2, 3], "b": [4]})
    data = bytearray(whole.read_bytes())
    at %= len(data)
    data[at] ^= 1 << bit
    whole.write_bytes(data)
    with suppress(EngineError):
        assert tensors.numbers(whole) == 10
