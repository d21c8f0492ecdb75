"""The plan of memory: the quickest way that fits."""

import inspect

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daemon.diffusion.memory import GIB, Device, Plan, apply, host_free, plan
from daemon.errors import EngineError

SDXL = {"unet": 2_570_000_000, "text_encoder": 123_000_000, "text_encoder_2": 695_000_000, "vae": 84_000_000}
FLUX = {"transformer": 12_000_000_000, "text_encoder_2": 4_700_000_000, "vae": 84_000_000}


def gpu(gib: float, host: float = 64, *, bfloat16: bool = True) -> Device:
    return Device("cuda", round(gib * GIB), round(host * GIB), bfloat16)


@pytest.mark.parametrize(
    ("parameters", "gib", "offload", "tiling"),
    [
        (SDXL, 24, "none", False),
        (SDXL, 10, "none", True),
        (SDXL, 7.5, "model", False),
        (SDXL, 3.5, "group", True),
        (FLUX, 80, "none", False),
        (FLUX, 24, "model", False),
        (FLUX, 12, "group", False),
    ],
)
def test_a_gpu(parameters, gib, offload, tiling):
    found = plan(parameters, gpu(gib))
    assert (found.dtype, found.offload, found.tiling) == ("bfloat16", offload, tiling)


def test_an_old_gpu_computes_in_float16():
    assert plan(SDXL, gpu(24, bfloat16=False)).dtype == "float16"


def test_a_processor_computes_in_float32_where_that_fits():
    assert plan(SDXL, Device("cpu", 32 * GIB, 32 * GIB)).dtype == "float32"
    assert plan(SDXL, Device("cpu", 10 * GIB, 10 * GIB)).dtype == "bfloat16"


@pytest.mark.parametrize("device", [Device("cpu", 4 * GIB, 4 * GIB), gpu(12, host=16)])
def test_what_the_main_memory_cannot_hold_is_refused_before_it_is_loaded(device):
    with pytest.raises(EngineError) as caught:
        plan(FLUX, device)
    assert caught.value.code == "engine.too_large"


def test_what_is_asked_for_is_done():
    found = plan(SDXL, gpu(80), dtype="float16", offload="sequential")
    assert (found.dtype, found.offload) == ("float16", "sequential")


@given(st.floats(1, 100), st.floats(0.1, 4))
def test_more_memory_is_never_slower(gib, megapixels):
    ways = ["none", "model", "group"]
    less, more = (plan(SDXL, gpu(size), megapixels=megapixels) for size in (gib, gib + 1))
    assert ways.index(more.offload) <= ways.index(less.offload)
    if less.offload != "group":
        assert less.needs <= gib * GIB


def test_the_free_memory_of_this_machine(tmp_path):
    assert host_free() > 1 << 20
    table = tmp_path / "meminfo"
    table.write_text("MemTotal: 9 kB\nMemAvailable:    7 kB\n")
    assert host_free(table) == 7 << 10


class Vae:
    def __init__(self):
        self.saving = []

    def enable_tiling(self):
        self.saving.append("tiling")

    def enable_slicing(self):
        self.saving.append("slicing")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("offload", "called"),
    [
        ("none", "to"),
        ("model", "enable_model_cpu_offload"),
        ("sequential", "enable_sequential_cpu_offload"),
        ("group", "enable_group_offload"),
    ],
)
def test_a_plan_is_carried_out_by_what_diffusers_has_for_it(offload, called):
    pytest.importorskip("torch")
    from diffusers import DiffusionPipeline

    calls = []

    class Pipe:
        vae = Vae()

        def __getattr__(self, name):
            signature = inspect.signature(getattr(DiffusionPipeline, name))
            return lambda *given, **named: calls.append((name, signature.bind(self, *given, **named)))

    apply(Pipe(), Plan("cuda", "float16", offload, tiling=True, needs=0))
    assert [name for name, _ in calls] == [called]
    assert Pipe.vae.saving == ["tiling", "slicing"]
