"""What systemd hears of the assistant: a fake of its notify socket listens."""

import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager

import pytest

pytestmark = [pytest.mark.slow, pytest.mark.timeout(120)]
CONFIG = """
state: {folder}/state
ears: {{source: pipe, path: {folder}/microphone, wake: {{engine: fake}}}}
speaker: {{output: none}}
stt: {{engine: "{stt}"}}
tts: {{engine: fake}}
picture: {{engine: fake}}
clip: {{engine: fake}}
mqtt: {{enabled: false}}
"""


class Systemd:
    """Reads what a service says of itself."""

    def __init__(self, folder):
        self.path = folder / "notify"
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(str(self.path))
        self._socket.settimeout(30)

    def until(self, start: str, seconds: float = 30) -> str:
        """Return the next message that begins so."""
        self._socket.settimeout(seconds)
        while not (told := self._socket.recv(4096).decode()).startswith(start):
            pass
        return told

    def close(self):
        self._socket.close()


@contextmanager
def service(folder, stt="fake", **environment):
    """Run the assistant as systemd does, in Russian; yields it and what systemd hears."""
    os.mkfifo(folder / "microphone")
    config = folder / "config.yaml"
    config.write_text(CONFIG.format(folder=folder, stt=stt) + "language: ru\n")
    systemd = Systemd(folder)
    told = {**os.environ, "NOTIFY_SOCKET": str(systemd.path), "XDG_RUNTIME_DIR": str(folder), "HOME": str(folder)}
    run = [sys.executable, "-m", "daemon", "run", "--config", str(config)]
    with (folder / "microphone").open("r+b", buffering=0) as microphone:
        microphone.write(bytes(2560))  # it is there, and silent
        process = subprocess.Popen(
            run, env=told | environment, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
        )
        with process:
            try:
                yield process, systemd
            finally:
                process.kill()
                systemd.close()


def test_ready_status_signs_of_life_and_the_end(tmp_path):
    with service(tmp_path, WATCHDOG_USEC="400000") as (process, systemd):
        systemd.until("READY=1")
        systemd.until("STATUS=жду слово-пробуждение")
        for _ in range(3):
            systemd.until("WATCHDOG=1")
        process.send_signal(signal.SIGSTOP)
        while True:
            try:
                systemd.until("WATCHDOG=1", 1)
            except TimeoutError:
                break  # what was sent before is read; a frozen one sends no more
        process.send_signal(signal.SIGCONT)
        systemd.until("WATCHDOG=1")
        process.send_signal(signal.SIGTERM)
        systemd.until("STOPPING=1")
        assert process.wait(10) == 0


def test_a_hangup_while_it_starts_is_answered_when_it_is_ready(tmp_path):
    with service(tmp_path) as (process, systemd):
        socket_file, patience = tmp_path / "kombain" / "control.sock", time.monotonic() + 30
        while not socket_file.exists():
            assert time.monotonic() < patience
            time.sleep(0.005)
        process.send_signal(signal.SIGHUP)
        systemd.until("READY=1")
        for line in process.stderr:
            if "reloaded" in line:
                break
        else:
            pytest.fail("it never answered")
        assert process.poll() is None


def test_without_a_watchdog_nothing_is_sent_for_one(tmp_path):
    with service(tmp_path, WATCHDOG_USEC="400000", WATCHDOG_PID="1") as (_, systemd):
        systemd.until("READY=1")
        with pytest.raises(TimeoutError):
            systemd.until("WATCHDOG=1", 1)


def test_a_part_that_is_missing_is_said_in_the_status_and_does_not_stop_the_start(tmp_path):
    with service(tmp_path, stt="faster_whisper", WATCHDOG_USEC="400000") as (_, systemd):
        systemd.until("READY=1")
        assert "Настоящей модели Whisper нет" in systemd.until("STATUS=")
        systemd.until("WATCHDOG=1")


def test_signs_of_life_are_withheld_when_a_needed_part_can_not_be_replaced(tmp_path):
    with service(tmp_path, stt="tests.workers.dying:Engine", WATCHDOG_USEC="400000") as (process, systemd):
        systemd.until("READY=1")
        with pytest.raises(TimeoutError):
            systemd.until("WATCHDOG=1", 1)
        assert process.poll() is None
