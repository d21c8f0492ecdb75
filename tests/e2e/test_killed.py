"""The whole assistant killed at random moments under load: what it had accepted is made, and made once.

KOMBAIN_KILLS says how often (200 takes some ten minutes); the suite does it a few times.
"""

import json
import os
import random
import signal
import socket
import sqlite3
import statistics
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest

KILLS = int(os.environ.get("KOMBAIN_KILLS", "5"))
START_S = 3.0
LATE = 3
"""How much longer a start may take on a machine that does other work too: the bar is held by the benchmark."""
pytestmark = [pytest.mark.slow, pytest.mark.timeout(60 + 15 * KILLS)]
CONFIG = """
state: {folder}/state
ears: {{source: pipe, path: {folder}/microphone, wake: {{engine: fake}}}}
speaker: {{output: none}}
stt: {{engine: fake}}
tts: {{engine: fake}}
picture: {{engine: fake, fake: {{steps: 40}}}}
clip: {{engine: fake}}
mqtt: {{enabled: false}}
"""


class Assistant:
    """A running one, with a connection that hears its events."""

    def __init__(self, folder: Path) -> None:
        began = time.monotonic()
        environment = {**os.environ, "XDG_RUNTIME_DIR": str(folder), "HOME": str(folder)}
        command = [sys.executable, "-m", "daemon", "run", "--config", str(folder / "config.yaml")]
        self.process = subprocess.Popen(command, env=environment, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE)
        assert self.process.stderr is not None
        for line in self.process.stderr:
            if line.rstrip().endswith(b"ready"):
                break
        else:
            raise AssertionError("it ended while it started")
        self.took = time.monotonic() - began
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.connect(str(folder / "kombain" / "control.sock"))
        self._file = self._socket.makefile("rb")
        self.send(command="events")

    def send(self, **request: str) -> None:
        self._socket.sendall(json.dumps(request).encode() + b"\n")

    def accepted(self, seconds: float) -> set[str]:
        """Return the jobs that it says to have taken within so many seconds."""
        found = set()
        deadline = time.monotonic() + seconds
        try:
            while (left := deadline - time.monotonic()) > 0:
                self._socket.settimeout(left)
                event = json.loads(self._file.readline() or b"{}")
                if event.get("event_type") == "job_changed":
                    found.add(event["job"])
        except (TimeoutError, OSError):
            pass
        return found

    def busy(self) -> bool:
        """Say whether something is still to be made."""
        self._socket.settimeout(10)
        self.send(command="status")
        while "status" not in (answer := json.loads(self._file.readline())):
            pass
        return bool(answer["status"]["jobs"])

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        self.close()

    def close(self) -> None:
        self._file.close()
        self._socket.close()
        assert self.process.stderr is not None
        self.process.stderr.close()


def jobs(folder: Path) -> dict[str, tuple[str, str]]:
    """Return key and state of each job."""
    with closing(sqlite3.connect(folder / "state" / "kombain.db")) as known:
        return {job: (key, state) for job, key, state in known.execute("SELECT id, key, state FROM jobs")}


def made(folder: Path) -> list[str]:
    with closing(sqlite3.connect(folder / "state" / "kombain.db")) as known:
        return [job for (job,) in known.execute("SELECT job FROM artifacts")]


def test_no_accepted_job_is_lost_and_none_made_twice(tmp_path):
    chance = random.Random(7)
    os.mkfifo(tmp_path / "microphone")
    (tmp_path / "config.yaml").write_text(CONFIG.format(folder=tmp_path))
    accepted: set[str] = set()
    starts = []
    with (tmp_path / "microphone").open("r+b", buffering=0) as microphone:
        for cycle in range(KILLS):
            assistant = Assistant(tmp_path)
            starts.append(assistant.took)
            microphone.write(bytes(2560))
            for number in range(3):
                assistant.send(command="draw", text=f"picture {number}", language="en", id=f"{cycle}-{number}")
                assistant.send(command="draw", text=f"picture {number}", language="en", id=f"{cycle}-{number}")
            accepted |= assistant.accepted(chance.uniform(0.02, 1.2))
            assistant.kill()
        assistant = Assistant(tmp_path)
        deadline = time.monotonic() + 60 + KILLS
        while assistant.busy():
            assert time.monotonic() < deadline
            assistant.accepted(0.2)
        assistant.process.terminate()
        assert assistant.process.wait(10) == 0
        assistant.close()
    found = jobs(tmp_path)
    assert accepted <= set(found), "what was told to be accepted is there"
    assert {state for _, state in found.values()} <= {"done", "failed"}
    assert sorted(made(tmp_path)) == sorted(job for job, (_, state) in found.items() if state == "done"), "once each"
    assert len({key for key, _ in found.values()}) == len(found), "the same command twice is one job"
    assert not list((tmp_path / "state" / "artifacts").rglob("*.part*"))
    assert statistics.median(starts) < START_S * LATE
    told = f"{min(starts):.2f} to {max(starts):.2f} s, median {statistics.median(starts):.2f} s"
    in_time = sum(took <= START_S for took in starts)
    print(f"{KILLS} kills, {len(found)} jobs, starts {told}, {in_time} within {START_S:g} s")  # noqa: T201 - for who asked for many
