"""What scripts/bootstrap does to a machine, seen by programs that stand in for apt, dpkg, sudo and systemctl."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.test_layers import ROOT

PARTS = "\n".join(
    (ROOT / "scripts" / "setup" / f"{name}.sh").read_text("utf-8") for name in ("say", "debian", "python")
)
APT = """
echo "apt-get $*" >>"$LOG"
case "$*" in
*-s*) [ -z "$REMOVES" ] || echo "Remv $REMOVES [1.0]" ;;
*" mosquitto"*) [ -e "$POLICY" ] && sh "$POLICY" || echo "services may not start: $?" >>"$LOG"; exit "$STATUS" ;;
esac
"""


class Machine:
    """A Debian in a folder: what is installed is a list, what was done to it a log."""

    def __init__(self, folder: Path) -> None:
        self.log = folder / "log"
        self.policy = folder / "policy-rc.d"
        self.programs = folder / "bin"
        self.programs.mkdir()
        self.log.touch()
        self.installed: list[str] = []
        self.removes = ""
        self.status = 0
        self.add("apt-get", APT)
        self.add("dpkg-query", 'for one; do case " $INSTALLED " in *" $one "*) echo "installed $one" ;; esac; done')
        self.add("systemctl", 'echo "systemctl $*" >>"$LOG"')
        self.add("sudo", '[ "$1" != -n ] || shift; exec "$@"')

    def add(self, name: str, program: str) -> None:
        path = self.programs / name
        path.write_text(f"#!/bin/sh\n{program}\n")
        path.chmod(0o755)

    def run(self, command: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """Run `command` in a bash that knows bootstrap's parts."""
        script = f"set -euo pipefail\n{PARTS}\npolicy={self.policy}\n{command}\n"
        variables = {
            "PATH": f"{self.programs}:/usr/bin:/bin",
            "HOME": str(self.programs),
            "LOG": str(self.log),
            "POLICY": str(self.policy),
            "INSTALLED": " ".join(self.installed),
            "REMOVES": self.removes,
            "STATUS": str(self.status),
            **environment,
        }
        return subprocess.run(["bash"], input=script, env=variables, capture_output=True, text=True, check=False)


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def test_only_what_is_absent_is_named(machine: Machine) -> None:
    machine.installed = ["espeak-ng", "sox"]
    assert machine.run("absent espeak-ng mosquitto").stdout == "mosquitto\n"


def test_a_broker_that_we_install_stays_off(machine: Machine) -> None:
    done = machine.run("install_packages espeak-ng mosquitto")
    assert done.returncode == 0, done.stderr
    log = machine.log.read_text()
    assert "install -y" in log
    assert "services may not start: 101" in log
    assert "systemctl -q disable mosquitto.service" in log
    assert not machine.policy.exists()


def test_services_are_let_go_when_apt_fails(machine: Machine) -> None:
    machine.status = 100
    done = machine.run("install_packages mosquitto")
    assert done.returncode == 1
    assert "apt-get failed" in done.stderr
    assert not machine.policy.exists()


def test_a_rule_that_the_machine_has_is_not_touched(machine: Machine) -> None:
    machine.policy.write_text("exit 101\n")
    assert machine.run("install_packages mosquitto").returncode == 0
    assert machine.policy.read_text() == "exit 101\n"


def test_a_broker_that_was_there_is_left_alone(machine: Machine) -> None:
    machine.run("install_packages espeak-ng")
    assert "systemctl" not in machine.log.read_text()


def test_nothing_is_installed_that_would_remove_something(machine: Machine) -> None:
    machine.removes = "pipewire-alsa"
    done = machine.run("install_packages espeak-ng")
    assert done.returncode == 1
    assert "would remove: pipewire-alsa" in done.stderr
    assert "install -y" not in machine.log.read_text()


def test_pipewire_is_not_replaced(machine: Machine) -> None:
    machine.installed = ["pipewire-pulse"]
    done = machine.run("packages_for test")
    assert "pulseaudio" not in done.stdout.split()
    assert "your PipeWire" in done.stderr
    machine.installed = []
    assert "pulseaudio" in machine.run("packages_for test").stdout.split()
    assert "pulseaudio" not in machine.run("packages_for run").stdout.split()


@pytest.mark.parametrize(("language", "word"), [("en_GB.UTF-8", "Run this as root"), ("ru_RU.UTF-8", "от имени root")])
def test_without_the_right_to_install_the_one_line_is_printed(language: str, word: str) -> None:
    nobody = ["setpriv", "--reuid=65534", "--clear-groups"] if os.geteuid() == 0 else []
    script = f"{PARTS}\nPATH=\ninstall_packages espeak-ng mosquitto\n"
    environment = {"PATH": "/usr/bin:/bin", "LANG": language}
    done = subprocess.run(
        [*nobody, "bash"], input=script, env=environment, cwd="/", capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert word in done.stderr
    assert "\n    apt-get install --no-install-recommends espeak-ng mosquitto\n" in done.stderr


def test_a_python_is_found_by_running_it(machine: Machine) -> None:
    machine.add("python3.11", "echo 'pyenv: python3.11: command not found' >&2; exit 127")
    machine.add("python3.12", f'exec {sys.executable} "$@"')
    assert machine.run("find_python").stdout == f"{machine.programs}/python3.12\n"


@pytest.mark.slow
def test_the_python_that_is_named_is_the_only_one(machine: Machine) -> None:
    assert machine.run("find_python", KOMBAIN_PYTHON="/bin/false").stdout == ""
    assert machine.run("find_python", KOMBAIN_PYTHON=sys.executable).stdout == f"{sys.executable}\n"


@pytest.mark.slow
def test_a_folder_that_is_no_environment_is_not_cleared(machine: Machine, tmp_path: Path) -> None:
    precious = tmp_path / "precious"
    precious.mkdir()
    (precious / "letter").touch()
    done = machine.run(f"make_venv {precious}", KOMBAIN_PYTHON=sys.executable)
    assert done.returncode == 1
    assert "no virtual environment" in done.stderr
    assert (precious / "letter").exists()


def test_an_unknown_mode_is_refused() -> None:
    bash = shutil.which("bash") or "bash"
    done = subprocess.run([bash, ROOT / "scripts" / "bootstrap", "walk"], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "run|test" in done.stderr
