"""A machine that boots: Debian's systemd as process 1 in systemd-nspawn, with this checkout's Kombain in /opt/kombain.

Needs root, systemd-nspawn and debootstrap. The tree is made once and kept in the user's cache, as it was made.
"""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[2]
SUITE = "bookworm"
SYSTEM = "systemd,systemd-sysv,dbus,espeak-ng,libportaudio2,python3,procps"
"""Debian's Python brings the libraries that any Python wants; ours is the one that runs."""
DESKTOP = "dbus-user-session,libpam-systemd,pipewire,pipewire-alsa,pipewire-pulse,wireplumber,pulseaudio-utils"
"""The sound of a user's session."""
PACKAGES = f"{SYSTEM},{DESKTOP}"
ENVIRONMENT = ("PATH=/opt/kombain/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LANG=C.UTF-8", "TERM=dumb")
BOOT_S = 60


class Machine:
    """A booted machine; `run` runs a command in it."""

    def __init__(self, boot: "subprocess.Popen[bytes]") -> None:
        self._boot = boot
        self.pid = self._first()

    def inside(self, *command: str) -> list[str]:
        """Return the command that runs `command` in it, as root."""
        enter = ["nsenter", "-t", str(self.pid), "-m", "-u", "-i", "-n", "-p", "-C", "-r", "-w", "env", "-i"]
        return [*enter, *ENVIRONMENT, *command]

    def run(self, *command: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Run a command as root; with `check` it must succeed."""
        done = subprocess.run(self.inside(*command), capture_output=True, text=True, check=False, timeout=120)
        assert not check or done.returncode == 0, (command, done.stdout, done.stderr)
        return done

    def write(self, path: str, text: str) -> None:
        """Write a file, with the folders it lies in."""
        self.run("mkdir", "-p", str(Path(path).parent))
        self.run("sh", "-c", 'printf %s "$1" >"$2"', "sh", text, path)

    def show(self, unit: str, *names: str) -> dict[str, str]:
        """Return properties of a unit."""
        told = self.run("systemctl", "show", unit, *(f"--property={name}" for name in names)).stdout
        return dict(line.split("=", 1) for line in told.splitlines())

    def until(self, unit: str, name: str, wanted: str, seconds: float = 30) -> None:
        """Wait until a property of a unit begins so."""
        deadline = time.monotonic() + seconds
        while not (found := self.show(unit, name)[name]).startswith(wanted):
            assert time.monotonic() < deadline, (found, self.run("journalctl", "-u", unit, "--no-pager").stdout)
            time.sleep(0.1)

    def stop(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGRTMIN + 4)  # process 1 takes it as "power off"
        try:
            self._boot.wait(20)
        except subprocess.TimeoutExpired:
            self._boot.kill()
            self._boot.wait()

    def _first(self) -> int:
        deadline = time.monotonic() + BOOT_S
        while time.monotonic() < deadline and self._boot.poll() is None:
            found = subprocess.run(
                ["pgrep", "-P", str(self._boot.pid), "-x", "systemd"], capture_output=True, text=True, check=False
            ).stdout.split()
            if found:
                self.pid = int(found[0])
                state = self.run("systemctl", "is-system-running", check=False).stdout.strip()
                if state in {"running", "degraded"}:
                    return self.pid
            time.sleep(0.1)
        raise RuntimeError("the machine does not boot")


def able() -> str | None:
    """Return what is missing for a machine, None when nothing is."""
    if os.geteuid() != 0:
        return "root"
    return next((name for name in ("systemd-nspawn", "debootstrap", "nsenter") if shutil.which(name) is None), None)


@contextmanager
def machine(scratch: Path) -> Iterator[Machine]:
    """Boot a machine; it is switched off at the end."""
    program = scratch / "kombain"
    _program(program)
    python = Path(sys.base_prefix)
    binds = {ROOT: "/opt/source", python: "/opt/python", Path(sys.prefix) / "lib": "/opt/kombain/lib"}
    boot = subprocess.Popen(
        [
            *("systemd-nspawn", "--quiet", "--directory", str(_tree()), "--volatile=overlay", "--register=no"),
            *("--keep-unit", "--private-network", "--console=pipe", f"--bind-ro={program}:/opt/kombain"),
            *(f"--bind-ro={path}:{place}" for path, place in binds.items()),
            "--boot",
        ],
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    made = None
    try:
        made = Machine(boot)
        made.write("/etc/ld.so.conf.d/python.conf", "/opt/python/lib\n")
        made.run("ldconfig")
        yield made
    finally:
        if made is not None:
            made.stop()
        else:
            boot.kill()
            boot.wait()


def _program(folder: Path) -> None:
    """Write a virtual environment over this one's packages, at the places they have in the machine."""
    (folder / "bin").mkdir(parents=True)
    (folder / "lib").mkdir()
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    (folder / "pyvenv.cfg").write_text(f"home = /opt/python/bin\nversion = {version}\n")
    (folder / "bin" / "python").symlink_to(f"/opt/python/bin/python{version}")
    start = "import sys; sys.path.insert(0, '/opt/source'); from daemon.__main__ import main; main()"
    (folder / "bin" / "kombain").write_text(f"#!/opt/kombain/bin/python\n{start}\n")
    (folder / "bin" / "kombain").chmod(0o755)
    folder.chmod(0o755)


def _tree() -> Path:
    cache = Path(os.environ.get("XDG_CACHE_HOME", str(Path.home() / ".cache"))) / "kombain-live"
    name = f"{SUITE}-{zlib.crc32(PACKAGES.encode()):08x}"
    tree = cache / name
    if not tree.exists():
        cache.mkdir(parents=True, exist_ok=True)
        making = cache / f"{name}.part"
        shutil.rmtree(making, ignore_errors=True)
        asked = ["apt-get", "indextargets", "--format", "$(REPO_URI)", "Created-By: Packages"]
        mirrors = subprocess.run(asked, capture_output=True, text=True, check=True).stdout.split()
        mirror = next(one for one in mirrors if "security" not in one)
        subprocess.run(
            ["debootstrap", "--variant=minbase", f"--include={PACKAGES}", SUITE, str(making), mirror],
            check=True, stdout=subprocess.DEVNULL,
        )  # fmt: skip
        making.rename(tree)
    return tree
