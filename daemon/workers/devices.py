"""The devices that models are put on, and how much memory each has. Nothing heavy is imported to find that out."""

import shutil
import subprocess
from pathlib import Path

CPU = "cpu"
HOST_SHARE = 0.8
"""Of the main memory: the rest is for hearing, speaking and others."""
AMD = "class/drm/card*/device/mem_info_vram_total"
PATIENCE_S = 10.0


def gpus(system: Path = Path("/sys")) -> list[int]:
    """Return the memory of each GPU, MB, as its driver counts them: NVIDIA's, else AMD's; [] without one."""
    if shutil.which("nvidia-smi") is None:
        return [int(path.read_text()) >> 20 for path in sorted(system.glob(AMD))]
    query = ["nvidia-smi", "--query-gpu=memory.total", "--format=csv,noheader,nounits"]
    try:
        told = subprocess.run(query, capture_output=True, text=True, check=False, timeout=PATIENCE_S).stdout
    except subprocess.TimeoutExpired:
        return []
    return [int(line) for line in told.split() if line.isdecimal()]


def capacity(wanted: tuple[str, ...] | str, memory: list[int], host_mb: int) -> dict[str, int]:
    """Return MB by device, the preferred first. `memory` is that of each GPU; one that is not there is left out."""
    there = {f"cuda:{number}": size for number, size in enumerate(memory)}
    here = {CPU: round(host_mb * HOST_SHARE)}
    if wanted == "auto":
        return there or here
    return {name: size for name in wanted if (size := (there | here).get(name))} or here


def host_mb(meminfo: Path = Path("/proc/meminfo")) -> int:
    """Return the main memory, MB."""
    return int(meminfo.read_text().split("MemTotal:", 1)[1].split()[0]) >> 10


def visible(device: str) -> str:
    """Return what CUDA_VISIBLE_DEVICES is to be for a process that shall see only `device`."""
    return device.removeprefix("cuda:") if device != CPU else ""
