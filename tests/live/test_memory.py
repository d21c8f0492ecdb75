"""The whole assistant where memory runs out: what makes things dies of it, and nothing else."""

import json
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from io import RawIOBase
from pathlib import Path

import pytest

from tests.live.test_disk import CONFIG, House

LIMIT = 256 << 20
HUNGRY = CONFIG.replace(
    "picture: {{engine: fake, fake: {{side: 512}}}}", 'picture: {{engine: "tests.live.hungry:Engine"}}'
)
CGROUPS = Path("/sys/fs/cgroup")


@contextmanager
def confined() -> Iterator[Path]:
    """A control group whose processes share LIMIT; version 1 of control groups, or version 2."""
    old = (CGROUPS / "memory").is_dir()
    group = (CGROUPS / "memory" if old else CGROUPS) / f"kombain-{os.getpid()}"
    group.mkdir()
    try:
        (group / ("memory.limit_in_bytes" if old else "memory.max")).write_text(str(LIMIT))
        yield group
    finally:
        group.rmdir()


def children(process: int) -> dict[str, int]:
    """Return the process of each child, by its name."""
    found = subprocess.run(["pgrep", "-a", "-P", str(process)], capture_output=True, text=True, check=True).stdout
    return {line.split()[-1]: int(line.split()[0]) for line in found.splitlines() if "workers.child" in line}


@pytest.fixture
def house(tmp_path: Path) -> Iterator[tuple[House, RawIOBase]]:
    (tmp_path / "disk").mkdir()
    os.mkfifo(tmp_path / "microphone")
    (tmp_path / "config.yaml").write_text(HUNGRY.format(folder=tmp_path))
    with confined() as group, (tmp_path / "microphone").open("r+b", buffering=0) as microphone:
        made = House(tmp_path)
        try:
            for process in (made.process.pid, *children(made.process.pid).values()):
                (group / "cgroup.procs").write_text(str(process))
            yield made, microphone
        finally:
            made.stop()


def test_out_of_memory_the_maker_dies_and_nothing_else(house: tuple[House, RawIOBase]) -> None:
    kombain, microphone = house
    before = children(kombain.process.pid)
    failed = kombain("draw", "everything")
    assert failed.returncode == 1
    assert "killed its worker 3 times" in failed.stdout
    after = children(kombain.process.pid)
    assert {name for name in before if before[name] != after.get(name)} == {"picture"}
    assert kombain.process.poll() is None
    assert kombain("ask", "what time is it").stdout.startswith("It is ")
    assert kombain("draw", "a fox").returncode == 0
    kombain("listen")
    microphone.write(bytes(2560))
    assert json.loads(kombain("status", "--json").stdout)["state"] == "listening", "it hears"
