"""The service as systemd runs it: start, status, reload, death, silence, end. The unit is the one that is shipped."""

import json
import time

import pytest

from tests.live.machine import ROOT, able, machine

CONFIG = """\
language: en
ears: {source: pipe, path: /srv/microphone}
speaker: {output: none}
stt: {engine: mini}
tts: {engine: espeak}
picture: {engine: fake}
clip: {engine: fake}
mqtt: {enabled: false}
"""
LONG = CONFIG.replace("{engine: fake}", "{engine: fake, fake: {steps: 3000000}}", 1).replace("none", "file")
UNIT = "kombain.service"
SILENCE = "exec 3<>/srv/microphone; while head -c 2560 /dev/zero >&3; do sleep 1; done"
QUICK = "[Service]\nWatchdogSec=3\nRestartSec=1\n"


@pytest.fixture(scope="module")
def booted(tmp_path_factory):
    """A machine with Kombain installed and not started; in it somebody holds the microphone's pipe open."""
    assert able() is None, f"this needs {able()}"
    with machine(tmp_path_factory.mktemp("machine")) as made:
        made.write("/etc/kombain/config.yaml", CONFIG)
        made.write("/etc/systemd/system/kombain.service", (ROOT / "systemd" / UNIT).read_text())
        made.run("sh", "-c", "mkfifo -m 666 /srv/microphone")
        made.run("systemd-run", "--unit=room", "sh", "-c", SILENCE)
        made.run("systemctl", "daemon-reload")
        yield made


@pytest.fixture
def service(booted):
    booted.run("systemctl", "start", UNIT)
    yield booted
    booted.run("systemctl", "stop", UNIT)
    booted.run("systemctl", "reset-failed", UNIT, check=False)


def test_start_waits_for_ready_and_the_status_says_how_it_is(service):
    service.until(UNIT, "StatusText", "waiting for the wake word")
    assert service.show(UNIT, "ActiveState")["ActiveState"] == "active"
    found = json.loads(service.run("kombain", "status", "--json").stdout)
    assert found["state"] == "idle"
    assert service.run("stat", "-c", "%a", "/run/kombain/control.sock").stdout == "660\n"


def test_the_journal_has_the_turn_in_a_field(service):
    service.run("kombain", "ask", "what time is it")
    lines = service.run("journalctl", "-u", UNIT, "-o", "json", "--no-pager").stdout.splitlines()
    records = [json.loads(line) for line in lines]
    ours = [one for one in records if one.get("LOGGER")]
    assert {"kombain", "daemon.app"} & {one["LOGGER"] for one in ours}
    assert all(one["SYSLOG_IDENTIFIER"] == "kombain" for one in ours)
    assert not any("what time" in str(one["MESSAGE"]) for one in records), "no transcript above debug"


def test_reload_takes_up_a_config_and_refuses_an_invalid_one(service):
    before = service.show(UNIT, "MainPID")["MainPID"]
    service.write("/etc/kombain/config.yaml", CONFIG.replace("output: none", "output: none, volume: 35"))
    service.run("systemctl", "reload", UNIT)
    assert json.loads(service.run("kombain", "status", "--json").stdout)["volume"] == 35
    service.write("/etc/kombain/config.yaml", CONFIG + "sstt: {}\n")
    assert service.run("systemctl", "reload", UNIT, check=False).returncode != 0
    assert service.show(UNIT, "ActiveState", "MainPID") == {"ActiveState": "active", "MainPID": before}
    assert "did you mean" in service.run("journalctl", "-u", UNIT, "--no-pager").stdout
    service.write("/etc/kombain/config.yaml", CONFIG)
    service.run("systemctl", "reload", UNIT)


@pytest.mark.parametrize("how", ["KILL", "STOP"])
def test_one_that_dies_or_freezes_is_started_again(service, how):
    service.write(f"/etc/systemd/system/{UNIT}.d/quick.conf", QUICK)
    service.run("systemctl", "daemon-reload")
    service.run("systemctl", "restart", UNIT)
    before = service.show(UNIT, "MainPID")["MainPID"]
    time.sleep(4)  # longer than the watchdog's patience: a living one is left alone
    assert service.show(UNIT, "MainPID", "NRestarts") == {"MainPID": before, "NRestarts": "0"}
    service.run("kill", f"-{how}", before)
    service.until(UNIT, "NRestarts", "1", 60)
    service.until(UNIT, "ActiveState", "active")
    assert service.show(UNIT, "MainPID")["MainPID"] != before
    assert service.run("pgrep", "-c", "-f", "workers.child").stdout.strip() == "6", "the children went with it"
    service.run("rm", f"/etc/systemd/system/{UNIT}.d/quick.conf")
    service.run("systemctl", "daemon-reload")


@pytest.mark.parametrize("doing", ["nothing", "starting", "making", "answering"])
def test_the_end_takes_a_moment_and_leaves_nothing(service, doing):
    service.write("/etc/kombain/config.yaml", LONG)
    service.run("systemctl", "reload", UNIT)
    service.until(UNIT, "StatusText", "waiting for the wake word")
    match doing:
        case "starting":
            service.run("systemctl", "stop", UNIT)
            service.run("systemctl", "start", "--no-block", UNIT)
            service.until(UNIT, "ActiveState", "activating")
        case "making":
            service.run("systemd-run", "kombain", "draw", "a fox")
            service.until(UNIT, "StatusText", "waiting for the wake word; 1 thing being made")
        case "answering":
            service.run("systemd-run", "kombain", "say", "one two three four five six seven eight nine ten. " * 40)
            service.until(UNIT, "StatusText", "speaking")
    before = time.clock_gettime(time.CLOCK_REALTIME)
    began = time.monotonic()
    service.run("systemctl", "stop", UNIT)
    assert time.monotonic() - began < 10
    assert service.show(UNIT, "Result", "ExecMainStatus") == {"Result": "success", "ExecMainStatus": "0"}
    assert service.run("ls", "/run/kombain", check=False).returncode != 0
    assert service.run("pgrep", "-c", "-f", "workers.child", check=False).stdout.strip() == "0"
    told = service.run("journalctl", "-u", UNIT, "--since", f"@{before:.0f}", "-o", "cat", "--no-pager").stdout
    assert "died" not in told, "the children end with it, not before it"
