"""The whole assistant on a disk that is really full: a tmpfs of 16 MB, its bytes and its inodes used up."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

CONFIG = """
state: {folder}/disk
ears: {{source: pipe, path: {folder}/microphone, wake: {{engine: fake}}}}
speaker: {{output: none}}
stt: {{engine: fake}}
tts: {{engine: fake}}
picture: {{engine: fake, fake: {{side: 512}}}}
clip: {{engine: fake}}
gallery: {{keep_free_mb: 2}}
mqtt: {{enabled: false}}
"""


class House:
    """A running assistant; called with arguments it runs `kombain` beside it."""

    def __init__(self, folder: Path) -> None:
        self.disk = folder / "disk"
        self._environment = {**os.environ, "XDG_RUNTIME_DIR": str(folder), "HOME": str(folder), "LC_ALL": "C.UTF-8"}
        self.start(folder)

    def start(self, folder: Path) -> None:
        run = [sys.executable, "-m", "daemon", "run", "--config", str(folder / "config.yaml")]
        self.process = subprocess.Popen(
            run, env=self._environment, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
        )
        assert self.process.stderr is not None
        log = []
        for line in self.process.stderr:
            log.append(line)
            if line.rstrip().endswith("ready"):
                return
        raise AssertionError("".join(log))

    def __call__(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "daemon", *arguments]
        return subprocess.run(
            command,
            env=self._environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
            cwd=self.disk.parent,
        )

    def troubles(self) -> list[str]:
        return list(json.loads(self("status", "--json").stdout)["troubles"])

    def until(self, full: bool, seconds: float = 90) -> None:
        """Wait until it says, or no longer says, that the disk is full."""
        deadline = time.monotonic() + seconds
        while any("is full" in trouble for trouble in self.troubles()) is not full:
            assert time.monotonic() < deadline, self.troubles()
            time.sleep(1)

    def stop(self) -> None:
        self.process.send_signal(signal.SIGTERM)
        assert self.process.stderr is not None
        with self.process.stderr:
            assert "Traceback" not in self.process.stderr.read()
        assert self.process.wait(10) == 0


@contextmanager
def running(folder: Path, options: str) -> Iterator[House]:
    disk = folder / "disk"
    disk.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", options, "none", str(disk)], check=True)
    os.mkfifo(folder / "microphone")
    (folder / "config.yaml").write_text(CONFIG.format(folder=folder))
    try:
        with (folder / "microphone").open("r+b", buffering=0):
            house = House(folder)
            try:
                yield house
            finally:
                house.stop()
    finally:
        subprocess.run(["umount", str(disk)], check=True)


def fill(folder: Path) -> Path:
    """Take every byte that is left."""
    path = folder / "others"
    with path.open("wb", buffering=0) as file:
        while True:
            try:
                file.write(bytes(4096))
            except OSError:
                return path


def test_a_disk_without_a_byte(tmp_path: Path) -> None:
    with running(tmp_path, "size=16m") as house:
        made = [house("draw", f"picture {number}").stdout.splitlines()[-1] for number in range(4)]
        assert all(Path(path).exists() for path in made)
        assert (house.disk / "reserve" / "7").exists()
        others = fill(house.disk)
        refused = house("draw", "there is no room for it")
        assert refused.returncode == 1
        house.until(full=True)
        refused = house("draw", "there is no room for it")
        assert refused.returncode == 1
        assert "is full" in refused.stderr
        assert house("ask", "what time is it").stdout.startswith("It is "), "all else goes on"
        newest = json.loads(house("gallery", "list", "--json").stdout)[0]["id"]
        deleted = house("gallery", "delete", newest, "--yes")
        assert deleted.returncode == 0, deleted.stderr
        others.unlink()
        house.until(full=False)
        assert (house.disk / "reserve" / "7").exists(), "the reserve is there again"
        assert house("draw", "there is room again").returncode == 0
        found = json.loads(house("gallery", "list", "--json").stdout)
        assert all(entry["present"] for entry in found)
        assert not list(house.disk.glob("artifacts/*/.*"))


def test_it_starts_on_a_full_disk(tmp_path: Path) -> None:
    with running(tmp_path, "size=16m") as house:
        assert house("draw", "before").returncode == 0
        house.stop()
        fill(house.disk)
        house.start(tmp_path)
        house.until(full=True)
        assert json.loads(house("gallery", "list", "--json").stdout)[0]["prompt"] == "before"


def test_a_disk_without_an_inode(tmp_path: Path) -> None:
    with running(tmp_path, "size=16m,nr_inodes=128") as house:
        assert house("draw", "before").returncode == 0
        others = house.disk / "others"
        others.mkdir()
        for number in range(200):
            try:
                (others / str(number)).touch()
            except OSError:
                break
        else:
            raise AssertionError("there are still inodes")
        refused = house("draw", "there is no room for it")
        assert refused.returncode == 1
        house.until(full=True)
        assert "is full" in house("draw", "there is no room for it").stderr
        for path in others.iterdir():
            path.unlink()
        house.until(full=False)
        assert house("draw", "there is room again").returncode == 0
