"""What the kernel knows of a tree of processes: processor time and memory."""

import os
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")


def environment() -> dict[str, str]:
    """Return the environment in which both sides run: Python keeps its bytecode, no thread spins."""
    from daemon.workers.process import SPARING

    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {**kept, **SPARING}


def named(root: int) -> dict[str, int]:
    """Return the assistant's processes: "main" and the name of each worker, with their ids."""
    found = {"main": root}
    for folder in Path("/proc").glob("[0-9]*"):
        pid = int(folder.name)
        if pid != root and _parent(pid) == root:
            words = (folder / "cmdline").read_bytes().decode().rstrip("\0").split("\0")
            found[words[-1]] = pid
    return found


def cpu(pid: int) -> float:
    """Return the processor seconds, user and system, of a process and of its children that have ended."""
    return sum(int(ticks) for ticks in _stat(pid)[11:15]) / TICKS


def pss(pid: int) -> float:
    """Return the memory of a process in MB: its own, and its share of what it shares."""
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) / 1024
    raise ValueError(pid)


def _parent(pid: int) -> int:
    try:
        return int(_stat(pid)[1])
    except (FileNotFoundError, ProcessLookupError):
        return 0


def _stat(pid: int) -> list[str]:
    """Return the fields of /proc/PID/stat from the third, the state, on."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
