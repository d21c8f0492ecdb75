"""Importing any module of ours is quick and pulls nothing heavy: heavy libraries wait for `load()`."""

import json
import subprocess
import sys

import pytest

from tests.test_layers import ROOT, modules

HEAVY = {
    "PIL",
    "av",
    "babel",
    "ctranslate2",
    "diffusers",
    "faster_whisper",
    "hassil",
    "huggingface_hub",
    "onnxruntime",
    "piper",
    "pymorphy3",
    "pyopen_wakeword",
    "sounddevice",
    "soxr",
    "torch",
    "transformers",
}
CPU_SECONDS = 3.0
"""For all of them together, cold caches included; about 1 on a slow machine."""

PROGRAM = """
import importlib, json, sys, time
names, heavy = json.loads(sys.argv[1])
brought = {}
for name in names:
    importlib.import_module(name)
    if new := set(heavy) & set(sys.modules) - {one for ones in brought.values() for one in ones}:
        brought[name] = sorted(new)
print(json.dumps([brought, time.process_time()]))
"""


def import_all(names: list[str]) -> tuple[dict[str, list[str]], float]:
    """Import `names` one after another in a fresh Python; return who brought in what, and the CPU seconds."""
    command = [sys.executable, "-c", PROGRAM, json.dumps([names, sorted(HEAVY)])]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    brought, seconds = json.loads(done.stdout)
    return brought, seconds


@pytest.mark.slow
def test_importing_everything_is_quick_and_light() -> None:
    brought, seconds = import_all([name for name in modules() if not name.endswith("__main__")])
    assert brought == {}
    assert seconds < CPU_SECONDS


@pytest.mark.slow
def test_a_heavy_import_is_found() -> None:
    brought, _ = import_all(["json", "soxr"])
    assert brought == {"soxr": ["soxr"]}
