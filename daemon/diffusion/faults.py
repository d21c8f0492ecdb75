"""The faults of torch as errors of ours. After these two codes the process is not to be trusted: it is replaced."""

from collections.abc import Iterator
from contextlib import contextmanager

from daemon.errors import EngineError

FULL = ("not enough memory", "can't allocate memory", "out of memory")
BROKEN = ("CUDA error", "CUDA driver error", "HIP error", "cuDNN error", "CUBLAS_STATUS", "NVML")


@contextmanager
def explained(device: str) -> Iterator[None]:
    """Raise EngineError `engine.out_of_memory` or `engine.device` for what torch raises about memory and device.

    Everything else passes through as it is.
    """
    try:
        yield
    except (RuntimeError, MemoryError) as error:
        code = _code(error)
        if code == "memory":
            raise EngineError("engine.out_of_memory", device=device) from error
        if code == "device":
            raise EngineError("engine.device", device=device, why=str(error).partition("\n")[0][:200]) from error
        raise


def _code(error: RuntimeError | MemoryError) -> str | None:
    import torch

    told = str(error)
    if isinstance(error, torch.OutOfMemoryError | MemoryError) or any(words in told for words in FULL):
        return "memory"
    if isinstance(error, getattr(torch, "AcceleratorError", ())) or any(words in told for words in BROKEN):
        return "device"
    return None
