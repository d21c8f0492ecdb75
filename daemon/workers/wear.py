"""When a child that makes things is worn out: by the jobs it did, or by the memory it never gave back."""

from pathlib import Path

MIB = 1 << 20
PAGE = 4096


class Wear:
    """Counts for one child after another. A limit of 0 is none."""

    def __init__(self, jobs: int, growth_mb: int) -> None:
        """`jobs`: how many a child does; `growth_mb`: how much it may grow after its first job."""
        self._jobs, self._growth_mb = jobs, growth_mb
        self._pid: int | None = None
        self._done, self._first_mb = 0, 0

    def worn(self, pid: int, resident_mb: int) -> bool:
        """Take note of a job that the child `pid` has done, and say whether another child should do the next."""
        if pid != self._pid:
            self._pid, self._done, self._first_mb = pid, 0, resident_mb
        self._done += 1
        return 0 < self._jobs <= self._done or 0 < self._growth_mb < resident_mb - self._first_mb


def resident_mb(pid: int) -> int:
    """Return the memory that a process holds, in MiB; 0 when it is gone."""
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * PAGE // MIB
    except OSError:
        return 0
