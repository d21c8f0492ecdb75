"""How a pipeline is placed: what fits is kept on the device, what doesn't is brought there when it is needed.

`plan` is pure; `seen` looks at the device, `apply` does as planned.
"""

import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Literal

from daemon.errors import EngineError

Offload = Literal["none", "model", "group", "sequential"]
GIB = 1 << 30
WORKING = 1.5 * GIB
"""What the work itself takes beside the weights, at one megapixel in 16 bits."""
DECODING = 4.5 * GIB
"""What a VAE takes to decode one megapixel at once; with tiles it is a tenth."""
GROUP = 0.1
"""The share of the largest component that is on the device when it is brought there in pieces."""
HOST_SHARE = 0.9
"""Of the free main memory, at most this is taken."""
CORE = 500.0
"""How many times longer than a GPU one core takes: of teraflops, tens against a twentieth."""
GPU_FILES = ("/dev/nvidiactl", "/dev/kfd")
WIDTH = {"float32": 4, "float16": 2, "bfloat16": 2}
"""Bytes of a number."""


@dataclass(frozen=True, slots=True)
class Device:
    """Where it computes, and what is free there now."""

    name: str
    """"cpu", "cuda", "cuda:1"."""
    free: int
    """Bytes; on "cpu" the main memory."""
    host: int
    """Bytes of free main memory."""
    bfloat16: bool = True
    """Whether it computes well in bfloat16."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How to place a pipeline."""

    device: str
    dtype: str
    """A name of torch: "float32", "float16", "bfloat16"."""
    offload: Offload
    tiling: bool
    """Decode in tiles and slices: less memory, a little slower."""
    needs: int
    """Bytes that it takes on the device, roughly."""


def plan(
    parameters: Mapping[str, int],
    device: Device,
    *,
    megapixels: float = 1.0,
    dtype: str = "auto",
    offload: Offload | Literal["auto"] = "auto",
) -> Plan:
    """Choose the quickest way that fits. `parameters`: how many numbers each component holds.

    Raises EngineError `engine.too_large` when the main memory can't hold the model in any way.
    """
    dtype = _dtype(parameters, device, dtype)
    whole, largest = (size * WIDTH[dtype] for size in (sum(parameters.values()), max(parameters.values(), default=0)))
    if whole > device.host * HOST_SHARE and (device.name == "cpu" or offload not in {"auto", "none"}):
        raise _short(whole, device.host)
    working = round(WORKING * megapixels * WIDTH[dtype] / 2)
    if device.name == "cpu":
        return Plan(device.name, dtype, "none", whole + _decoding(megapixels) > device.free, whole + working)
    takes: dict[Offload, int] = {
        "none": whole + working,
        "model": largest + working,
        "group": round(largest * GROUP) + working,
        "sequential": round(largest * GROUP) + working,
    }
    fitting: list[Offload] = [way for way in ("none", "model", "group") if takes[way] <= device.free]
    chosen = offload if offload != "auto" else (fitting[0] if fitting else "group")
    if chosen != "none" and whole > device.host * HOST_SHARE:
        raise _short(whole, device.host)
    held = takes[chosen] - working if chosen == "none" else 0
    return Plan(device.name, dtype, chosen, held + _decoding(megapixels) > device.free, takes[chosen])


def _dtype(parameters: Mapping[str, int], device: Device, wanted: str) -> str:
    if wanted != "auto":
        return wanted
    if device.name != "cpu":
        return "bfloat16" if device.bfloat16 else "float16"
    fits = sum(parameters.values()) * WIDTH["float32"] <= device.host * HOST_SHARE
    return "float32" if fits else "bfloat16"


def _decoding(megapixels: float) -> int:
    return round(DECODING * megapixels)


def _short(wanted: int, free: int) -> EngineError:
    return EngineError("engine.too_large", wanted=_mib(wanted), free=_mib(free))


def _mib(size: float) -> int:
    return round(size / (1 << 20))


def seen(wanted: str) -> Device:
    """Look at the device: "auto" is the first GPU that torch can use, else the processor.

    Raises EngineError `engine.no_cuda` when a GPU is wanted that torch can't use, `engine.device` when it is broken.
    """
    import torch

    if wanted == "cpu" or (wanted == "auto" and not torch.cuda.is_available()):
        free = host_free()
        return Device("cpu", free, free)
    if not torch.cuda.is_available():
        raise EngineError("engine.no_cuda", device=wanted)
    name = "cuda" if wanted == "auto" else wanted
    try:
        free, _total = torch.cuda.mem_get_info(torch.device(name))
        return Device(name, free, host_free(), torch.cuda.is_bf16_supported(including_emulation=False))
    except (RuntimeError, AssertionError) as error:
        raise EngineError("engine.device", device=name, why=str(error).partition("\n")[0][:200]) from error


def slowness(wanted: str, torch: str | None) -> float:
    """Guess how many times longer than on a GPU it will take, without importing torch; `torch` is its version.

    A GPU is known by the device files of NVIDIA and AMD; the processor does what its cores can.
    """
    gpu = wanted != "cpu" and any(Path(device).exists() for device in GPU_FILES)
    return 1.0 if gpu and not (torch or "").endswith("+cpu") else CORE / len(os.sched_getaffinity(0))


def installed() -> str | None:
    """Return the version of our own torch, None where there is none."""
    try:
        return version("torch")
    except PackageNotFoundError:
        return None


def host_free(table: Path = Path("/proc/meminfo")) -> int:
    """Return the bytes of main memory that can be taken without swapping."""
    for line in table.read_text("ascii").splitlines():
        if line.startswith("MemAvailable:"):
            return int(line.split()[1]) << 10
    return 0


def apply(pipe: Any, how: Plan) -> None:
    """Place a loaded pipeline as planned. What it can't do by itself is left out."""
    if how.tiling and (vae := getattr(pipe, "vae", None)) is not None:
        for saving in ("enable_tiling", "enable_slicing"):
            with suppress(AttributeError, NotImplementedError):  # diffusers gives the methods to those that can't, too
                getattr(vae, saving)()
    match how.offload:
        case "none":
            pipe.to(how.device)
        case "model":
            pipe.enable_model_cpu_offload(device=how.device)
        case "sequential":
            pipe.enable_sequential_cpu_offload(device=how.device)
        case "group":
            import torch

            pipe.enable_group_offload(torch.device(how.device), offload_type="leaf_level", use_stream=True)
