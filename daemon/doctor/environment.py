"""Checks of Python, its packages, and the programs and libraries that Debian packages."""

import ctypes.util
import importlib.metadata
import locale
import os
import platform
import re
import shutil
import subprocess
import sys
import time
from importlib.util import find_spec
from pathlib import Path

from daemon import paths
from daemon.doctor.finding import Findings, House, failure, warning
from daemon.scene import glyphs

PYTHONS = ((3, 11), (3, 14))
MODULES = {
    "PIL": "pillow",
    "yaml": "pyyaml",
    "webrtcvad": "webrtcvad-wheels",
    "paho": "paho-mqtt",
    "piper": "piper-tts",
}
"""Modules whose packages are called otherwise."""
NEEDED = (
    *("numpy", "pydantic", "rich", "typer", "ruamel", "yaml", "hassil", "babel", "pymorphy3", "PIL", "av", "soxr"),
    *("sounddevice", "webrtcvad", "pyopen_wakeword", "faster_whisper", "ctranslate2", "onnxruntime", "piper", "paho"),
)
EARLIEST = 1_760_000_000
"""A clock before this (October 2025) was never set."""


def python(_house: House) -> Findings:
    """Look at Python itself."""
    if not PYTHONS[0] <= sys.version_info[:2] < PYTHONS[1]:
        yield failure("python", "apt-get install python3.11-venv", version=platform.python_version())
    if sys.prefix == sys.base_prefix:
        yield warning("no_venv", "python3 -m venv ~/kombain && ~/kombain/bin/pip install kombain")


def packages(_house: House) -> Findings:
    """Look for packages that are missing, too old, or in each other's way."""
    for module in NEEDED:
        if find_spec(module) is None:
            name = MODULES.get(module, module.replace("_", "-"))
            yield failure("package", f"{sys.executable} -m pip install {name}", name=name)
    for name, wanted, found in _outdated():
        yield failure(
            "package_old", f"{sys.executable} -m pip install '{name}{wanted}'", name=name, wanted=wanted, found=found
        )
    owners = importlib.metadata.packages_distributions().get("daemon", [])
    for name in sorted({one for one in owners if one.lower() != "kombain"}):
        yield failure("package_clash", f"{sys.executable} -m pip uninstall {name}", name=name)


def _outdated() -> list[tuple[str, str, str]]:
    try:
        wanted = importlib.metadata.requires("kombain") or []
    except importlib.metadata.PackageNotFoundError:
        return []
    found = []
    for line in wanted:
        match = re.fullmatch(r"([\w.-]+)>=([\d.]+)", line.strip())
        if match is None:
            continue
        try:
            here = importlib.metadata.version(match[1])
        except importlib.metadata.PackageNotFoundError:
            continue
        if _numbers(here) < _numbers(match[2]):
            found.append((match[1], f">={match[2]}", here))
    return found


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", version)[:3])


def files(_house: House) -> Findings:
    """Look for the files that come along."""
    for name in ("models/mini/model.bin", "models/catalogue.yaml", "config.yaml"):
        folder, _, rest = name.partition("/")
        if not (paths.data(folder) / rest if rest else paths.data(folder)).is_file():
            yield failure("data_missing", f"{sys.executable} -m pip install --force-reinstall kombain", name=name)


def programs(house: House) -> Findings:
    """Look for espeak-ng, its voices, PortAudio and the font."""
    if shutil.which("espeak-ng") is None:
        yield failure("no_espeak", "apt-get install espeak-ng")
    else:
        yield from _voices(house.config.language)
    if ctypes.util.find_library("portaudio") is None:
        yield failure("no_portaudio", "apt-get install libportaudio2")
    if glyphs.find_font() is None:
        yield failure("no_font", "apt-get install fonts-noto-color-emoji")


def _voices(language: str) -> Findings:
    for wanted in sorted({"en", language}):
        told = subprocess.run(["espeak-ng", f"--voices={wanted}"], capture_output=True, text=True, check=False).stdout
        if len(told.splitlines()) < 2:  # noqa: PLR2004 - the first line is the table's head
            yield failure("no_espeak_voice", "apt-get install --reinstall espeak-ng-data", language=wanted)


def system(house: House) -> Findings:
    """Look at the machine: locale, clock, processor, memory."""
    if locale.getpreferredencoding(do_setlocale=False).lower().replace("-", "") != "utf8":
        yield warning("locale", "export LC_ALL=C.UTF-8", found=locale.getpreferredencoding(do_setlocale=False))
    if time.time() < EARLIEST:
        yield warning("clock", "timedatectl set-ntp true", now=time.strftime("%Y-%m-%d"))
    yield from _processor(_read(house.system("/proc/cpuinfo")))
    available = re.search(r"MemAvailable:\s+(\d+) kB", _read(house.system("/proc/meminfo")))
    if available and (free := int(available[1]) // 1024) < 700:  # noqa: PLR2004 - what seven small processes take, twice
        yield warning("memory", "systemctl stop SERVICE", free=free)
    limit = os.sysconf("SC_OPEN_MAX")
    if 0 < limit < 256:  # noqa: PLR2004
        yield warning("open_files", "ulimit -n 1024", limit=limit)


def _processor(told: str) -> Findings:
    flags = re.search(r"^flags\s*:(.*)$", told, re.MULTILINE)
    if flags and "avx2" not in flags[1].split():
        yield warning("slow_processor", "kombain models pull whisper-tiny")


def gpu(house: House) -> Findings:
    """Look whether a GPU that is there can be used."""
    if not house.system("/proc/driver/nvidia/version").exists():
        return
    for library, package in (("cublas", "nvidia-cublas-cu12"), ("cudnn", "nvidia-cudnn-cu12")):
        if not _has_library(library, package):
            yield warning("gpu_library", f"{sys.executable} -m pip install {package}", library=library)


def _has_library(name: str, package: str) -> bool:
    if ctypes.util.find_library(name) is not None:
        return True
    try:
        return bool(importlib.metadata.version(package))
    except importlib.metadata.PackageNotFoundError:
        return False


def _read(path: Path) -> str:
    try:
        return path.read_text("utf-8", "replace")
    except OSError:
        return ""
