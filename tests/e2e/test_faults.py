"""The whole assistant in a machine that misbehaves: nobody reads its log, no file can be opened, the clock jumps."""

import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import pytest

from tests.e2e.test_bad_input import children
from tests.e2e.test_killed import CONFIG

pytestmark = [pytest.mark.slow, pytest.mark.timeout(120)]
FAKETIME = next(Path("/usr/lib").glob("*/faketime/libfaketime.so.1"), Path("libfaketime of bootstrap"))
DAY = 86400


class Door:
    """A connection to the control socket, tried until there is one."""

    def __init__(self, path, seconds=30.0):
        deadline = time.monotonic() + seconds
        while True:
            self._socket = socket.socket(socket.AF_UNIX)
            self._socket.settimeout(seconds)
            try:
                self._socket.connect(str(path))
                break
            except OSError:
                self._socket.close()
                assert time.monotonic() < deadline, "nobody listens"
                time.sleep(0.02)  # what we wait for is another process
        self._file = self._socket.makefile("rb")

    def send(self, **request):
        self._socket.sendall(json.dumps(request).encode() + b"\n")

    def answer(self):
        return json.loads(self._file.readline() or "null")

    def drawn(self, text):
        """Have a picture drawn; return the event of its end."""
        self.send(command="events")
        self.send(command="draw", text=text, language="en")
        while True:
            event = self.answer()
            if event is None:
                raise ConnectionError("it hung up")
            if event.get("event_type") == "job_changed" and event["state"] in {"done", "failed", "cancelled"}:
                return event

    def status(self):
        self.send(command="status")
        while "status" not in (answer := self.answer()):
            pass
        return answer["status"]

    def close(self):
        self._file.close()
        self._socket.close()


def drawn_at_last(path, text, seconds):
    """Have a picture drawn as soon as there is room for one more client."""
    deadline = time.monotonic() + seconds
    while True:
        with closing(Door(path)) as door:
            try:
                return door.drawn(text)
            except ConnectionError:
                assert time.monotonic() < deadline, "no room for a client"


@contextmanager
def assistant(folder, *before, stderr=subprocess.DEVNULL, **environment):
    """Run one, by the program `before` if need be; yields its process and the path of its socket."""
    os.mkfifo(folder / "microphone")
    (folder / "config.yaml").write_text(CONFIG.format(folder=folder))
    told = {**os.environ, "XDG_RUNTIME_DIR": str(folder), "HOME": str(folder), **environment}
    run = [*before, sys.executable, "-m", "daemon", "run", "--config", str(folder / "config.yaml")]
    with (folder / "microphone").open("r+b", buffering=0) as microphone:
        microphone.write(bytes(2560))  # it is there, and silent
        with subprocess.Popen(run, env=told, stdin=subprocess.DEVNULL, stderr=stderr) as process:
            try:
                yield process, folder / "kombain" / "control.sock"
            finally:
                process.kill()


def worked(pid):
    """Return the seconds of processor time that a process has taken."""
    user, system = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def test_a_log_that_nobody_reads_stops_nothing(tmp_path):
    reads, writes = os.pipe()
    os.set_blocking(writes, False)
    with suppress(BlockingIOError):
        while True:
            os.write(writes, b"x" * 4096)
    os.set_blocking(writes, True)
    with assistant(tmp_path, stderr=writes) as (process, path), closing(Door(path)) as door:
        assert door.drawn("a fox")["state"] == "done"
        process.terminate()
        assert process.wait(10) == 0
    os.close(reads)
    os.close(writes)


def test_when_no_file_can_be_opened_it_waits_and_goes_on(tmp_path):
    with assistant(tmp_path, "prlimit", "--nofile=64:64") as (process, path):
        with closing(Door(path)) as door:
            assert door.drawn("a fox")["state"] == "done"
        clients = [socket.socket(socket.AF_UNIX) for _ in range(100)]
        for client in clients:
            client.setblocking(False)
            client.connect_ex(str(path))
        os.kill(children(process.pid)["picture"], signal.SIGKILL)
        before = worked(process.pid)
        time.sleep(2)  # the time in which nothing shall be done
        assert worked(process.pid) - before < 0.5, "it must not run in circles"
        assert process.poll() is None
        for client in clients:
            client.close()
        assert drawn_at_last(path, "a red fox", 15)["state"] == "done"


def test_the_clock_jumps(tmp_path):
    clock = tmp_path / "clock"
    clock.write_text("+0")
    faked = {
        "LD_PRELOAD": str(FAKETIME),
        "FAKETIME_TIMESTAMP_FILE": str(clock),
        "FAKETIME_NO_CACHE": "1",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
    }
    jumps = ["+0", f"-{DAY}", f"+{DAY}", "1970-01-01 00:00:10", "+0"]
    with assistant(tmp_path, **faked) as (process, path), closing(Door(path)) as door:
        for number, jump in enumerate(jumps):
            clock.write_text(jump)
            assert door.drawn(f"picture {number}")["state"] == "done"
        while door.status()["state"] != "idle":  # it still tells of the last one
            pass
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0
    with closing(sqlite3.connect(tmp_path / "state" / "kombain.db")) as known:
        rows = list(known.execute("SELECT id, request, seconds, artifact FROM jobs ORDER BY number"))
    assert [json.loads(request)["prompt"] for _, request, _, _ in rows] == [f"picture {n}" for n in range(len(jumps))]
    assert len({job for job, *_ in rows}) == len(jumps)
    assert all(0 <= seconds < 30 for *_, seconds, _ in rows)
    assert all(artifact for *_, artifact in rows)
