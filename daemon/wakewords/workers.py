"""How processes are started that share the cores among them."""

import os
import signal
from multiprocessing import get_context
from multiprocessing.context import SpawnContext


def context() -> SpawnContext:
    """Return what starts them; each computes in one thread, since they are as many as there are cores."""
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # they inherit it, and read it when they import numpy
    return get_context("spawn")


def begin() -> None:
    """Begin as such a process: others go first, and Ctrl-C is the parent's, which ends us."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.nice(5)
