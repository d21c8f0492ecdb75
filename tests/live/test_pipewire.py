"""A desktop user's session with PipeWire, the echo cancelling of docs/sound.md and the user unit that is shipped.

PipeWire has a virtual speaker and a virtual microphone, and a room in which the one hears the other.
"""

import json
import re
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import pytest

from daemon.types import RATE
from tests.live.machine import ROOT, Machine, able, machine

USER, HOME = "anna", "/home/anna"
SESSION = ("HOME=/home/anna", "XDG_RUNTIME_DIR=/run/user/1000", "DBUS_SESSION_BUS_ADDRESS=unix:path=/run/user/1000/bus")
REPLY = "The picture of a red fox in the snow is ready. What shall I draw next? A house, a tree, or a ship on the sea."
CONFIG = """\
language: en
stt: {engine: mini}
tts: {engine: espeak}
speaker: {volume: 40}
picture: {engine: fake}
clip: {engine: fake}
mqtt: {enabled: false}
"""
ROOM = """\
context.objects = [
  { factory = adapter args = { factory.name = support.null-audio-sink node.name = speaker media.class = Audio/Sink
      audio.position = [ MONO ] priority.session = 2000 object.linger = true } }
  { factory = adapter args = { factory.name = support.null-audio-sink node.name = throat media.class = Audio/Sink
      audio.position = [ MONO ] priority.session = 100 object.linger = true } }
]
context.modules = [
  { name = libpipewire-module-loopback args = {
      capture.props = { target.object = throat stream.capture.sink = true audio.position = [ MONO ] }
      playback.props = { node.name = ear media.class = Audio/Source audio.position = [ MONO ] priority.session = 2000 }
  } }
  { name = libpipewire-module-loopback args = {
      capture.props = { target.object = speaker stream.capture.sink = true audio.position = [ MONO ] }
      playback.props = { target.object = throat audio.position = [ MONO ] } } }
]
"""
"""What is played to `throat` is heard by the microphone `ear`, as is the `speaker`."""


class Session:
    """The user's session on a machine."""

    def __init__(self, made: Machine) -> None:
        self._machine = made

    def command(self, *command: str) -> list[str]:
        return self._machine.inside("runuser", "-u", USER, "--", "env", *SESSION, *command)

    def run(self, *command: str) -> str:
        return subprocess.run(self.command(*command), capture_output=True, text=True, check=True, timeout=60).stdout

    def write(self, path: str, text: str) -> None:
        self._machine.write(f"{HOME}/{path}", text)
        self._machine.run("chown", "-R", USER, HOME)

    def in_real_time(self) -> None:
        """Give PipeWire the priority that RTKit gives it on a desktop: without it a busy machine tears its sound."""
        threads = "for p in $(pgrep -x 'pipewire|pipewire-pulse'); do for t in /proc/$p/task/*; do"
        self._machine.run("sh", "-c", f"{threads} chrt -f -p 20 ${{t##*/}}; done; done")

    def until(self, true: Any, seconds: float = 20) -> None:
        deadline = time.monotonic() + seconds
        while not true():
            assert time.monotonic() < deadline
            time.sleep(0.1)

    def speak(self, text: str) -> None:
        """Say a text in the room."""
        self.run("espeak-ng", "-v", "en-us", "-w", "/tmp/said.wav", text)
        self.run("paplay", "--device=throat", "/tmp/said.wav")

    def level(self, *, microphone: str, speaker: str) -> float:
        """Play a reply; return the level, dB, at which a microphone hears the second half of it."""
        self.run("espeak-ng", "-v", "en-us", "-w", "/tmp/reply.wav", REPLY)
        recorder = ("parec", f"--device={microphone}", f"--rate={RATE}", "--channels=1", "--format=s16le", "--raw")
        play = f"{' '.join(recorder)} --latency-msec=40 >/tmp/heard & sleep 1; paplay --device={speaker} /tmp/reply.wav"
        self.run("sh", "-c", f"{play}; kill $!")
        raw = subprocess.run(self.command("cat", "/tmp/heard"), capture_output=True, check=True).stdout
        sound = np.frombuffer(raw[: len(raw) // 2 * 2], "<i2").astype(float)
        return float(20 * np.log10(np.sqrt(np.mean(sound[len(sound) // 2 :] ** 2)) / 32768 + 1e-9))

    @contextmanager
    def events(self) -> Iterator["Events"]:
        process = subprocess.Popen(self.command("kombain", "events"), stdout=subprocess.PIPE, text=True)
        try:
            yield Events(process)
        finally:
            self.run("pkill", "-f", "kombain events")
            process.communicate()


class Events:
    """What the assistant reports; `next` waits for one."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process

    def next(self, **wanted: str) -> dict[str, Any]:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            event: dict[str, Any] = json.loads(line)
            if all(event.get(name) == value for name, value in wanted.items()):
                return event
        raise AssertionError("the assistant has ended")


def documented() -> str:
    text = (ROOT / "docs" / "sound.md").read_text("utf-8")
    found = re.search(r"^```\n(context\.modules = \[.*?)^```", text, re.MULTILINE | re.DOTALL)
    assert found is not None
    return found[1].replace("MICROPHONE", "ear").replace("SPEAKER", "speaker")


@pytest.fixture(scope="module")
def session(tmp_path_factory):
    assert able() is None, f"this needs {able()}"
    with machine(tmp_path_factory.mktemp("machine")) as made:
        made.run("useradd", "-m", "-u", "1000", USER)
        user = Session(made)
        user.write(".config/pipewire/pipewire.conf.d/room.conf", ROOM)
        user.write(".config/pipewire/pipewire.conf.d/echo-cancel.conf", documented())
        user.write(".config/kombain/config.yaml", CONFIG)
        user.write(".config/systemd/user/kombain.service", (ROOT / "systemd/user/kombain.service").read_text())
        user.write(".local/bin/kombain", '#!/bin/sh\nexec /opt/kombain/bin/kombain "$@"\n')
        made.run("chmod", "+x", f"{HOME}/.local/bin/kombain")
        made.run("loginctl", "enable-linger", USER)
        user.until(lambda: made.run("ls", "/run/user/1000/pulse/native", check=False).returncode == 0)
        user.until(lambda: "ear_clean" in user.run("pactl", "list", "short", "sources"))
        for kind, name in (("source", "ear_clean"), ("sink", "speaker_clean")):
            user.run("pactl", f"set-default-{kind}", name)
        yield user


@pytest.fixture
def events(session):
    session.run("systemctl", "--user", "start", "kombain")
    with session.events() as told:
        time.sleep(1)  # it subscribes
        yield told
    session.run("systemctl", "--user", "stop", "kombain")


def answered(session: Session, events: Events) -> None:
    session.speak("hey jarvis, what time is it?")
    assert events.next(event_type="stt_end")["text"] == "what time is it"
    assert events.next(event_type="tts_end")["stopped"] is False


def test_our_own_voice_is_15_db_softer(session):
    session.in_real_time()
    echo = session.level(microphone="ear", speaker="speaker")
    cancelled = session.level(microphone="ear_clean", speaker="speaker_clean")
    print(f"echo {echo:.0f} dB, cancelled {cancelled:.0f} dB")
    assert echo > -45, "the room works"
    assert cancelled < echo - 15


def test_the_microphone_is_listed_and_good(session):
    assert "used, the system's default" in session.run("kombain", "devices")
    trial = subprocess.Popen(
        session.command("kombain", "mic-test", "--seconds", "8"), stdout=subprocess.PIPE, text=True
    )
    time.sleep(3)
    session.speak("hey jarvis, what time is it?")
    assert "This microphone is good" in trial.communicate(timeout=60)[0]


def test_a_request_is_heard_and_answered_also_by_another_default_device(session, events):
    answered(session, events)
    session.run("pactl", "set-default-source", "ear")
    try:
        answered(session, events)
    finally:
        session.run("pactl", "set-default-source", "ear_clean")


@pytest.mark.parametrize("how", ["killed", "restarted"])
def test_a_sound_server_that_comes_back_is_heard_within_5_s_and_costs_no_reply(session, events, how):
    answered(session, events)
    if how == "killed":
        session.run("systemctl", "--user", "kill", "--signal=KILL", "pipewire")
    else:
        session.run("systemctl", "--user", "restart", "pipewire", "pipewire-pulse")
    lost = events.next(event_type="part", part="microphone", health="down")
    back = events.next(event_type="part", part="microphone", health="ok")
    print(f"heard again after {back['at'] - lost['at']:.1f} s")
    assert back["at"] - lost["at"] < 5
    session.until(lambda: "ear_clean" in session.run("pactl", "get-default-source"))
    answered(session, events)
