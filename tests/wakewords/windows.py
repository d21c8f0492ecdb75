import numpy as np

from daemon.wakewords.network import Windows


def windows(count: int, seed: int, shift: float) -> Windows:
    """Return windows of noise, whose first four numbers are moved by `shift`: it is what can be learnt."""
    source = np.random.default_rng(seed)
    values = source.normal(3, 10, (count + 11, 96)).astype(np.float16)
    values[:, :4] += shift
    return Windows(values, np.arange(11, count + 11))
