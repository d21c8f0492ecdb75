"""The wheel carries everything that Kombain needs away from its checkout, and nothing else."""

import json
import os
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.test_layers import ROOT

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel, offline, with the build tools of the lock."""
    folder = tmp_path_factory.mktemp("wheel")
    pip("wheel", "--no-index", "--no-deps", "--no-build-isolation", "--wheel-dir", folder, ROOT)
    (found,) = folder.glob("kombain-*.whl")
    return found


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Install the wheel into a folder of its own."""
    folder = tmp_path_factory.mktemp("installed")
    pip("install", "--no-index", "--no-deps", "--no-compile", "--target", folder, wheel)
    return folder


def pip(*arguments: str | Path) -> None:
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def away(installed: Path, *arguments: str) -> str:
    """Run Python on the installed package, away from the checkout."""
    environment = {**os.environ, "PYTHONPATH": str(installed)}
    command = [sys.executable, *arguments]
    done = subprocess.run(command, cwd=installed, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def files(*folders: str) -> set[str]:
    """Return the files of the checkout under `folders`, as paths from its root."""
    found = (path for folder in folders for path in (ROOT / folder).rglob("*"))
    return {str(path.relative_to(ROOT)) for path in found if path.is_file() and "__pycache__" not in path.parts}


def test_the_wheel_holds_the_packages_and_the_data(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        held = {name for name in archive.namelist() if ".dist-info/" not in name}
    outside = ("models/mini/recipe/", "models/mini/eval")
    recipe = {name for name in files("models") if name.startswith(outside)}
    data = files("models", "systemd") - recipe | {"config.yaml"}
    assert recipe
    assert held == files("daemon", "intents") | {f"daemon/_data/{name}" for name in data}
    assert {"daemon/messages/ru.yaml", "intents/sentences/en.yaml", "daemon/_data/models/mini/model.bin"} <= held


def test_what_is_installed_finds_its_data(installed: Path) -> None:
    program = (
        "from daemon import paths; print(*(paths.data(n) for n in ('models', 'systemd', 'config.yaml')), sep='\\n')"
    )
    found = [Path(line) for line in away(installed, "-c", program).splitlines()]
    assert found == [installed / "daemon" / "_data" / name for name in ("models", "systemd", "config.yaml")]


def test_what_is_installed_understands(installed: Path) -> None:
    answer = json.loads(away(installed, str(installed / "bin" / "kombain"), "understand", "draw a red fox", "--json"))
    assert answer["intent"] == "draw"


def test_requirements_and_locks_agree() -> None:
    """Every requirement of the base and of `dev` is pinned in the lock that installs it, at a version that fits."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    extras = project["optional-dependencies"]
    for name, wanted in {
        "run": project["dependencies"],
        "test": project["dependencies"] + extras["dev"],
        "systemd": extras["systemd"],
    }.items():
        pinned = locked(name)
        for requirement in map(Requirement, wanted):
            assert pinned[canonicalize_name(requirement.name)] in requirement.specifier, f"{requirement} in {name}.lock"


def test_no_lock_holds_torch_or_the_address_of_a_registry() -> None:
    for path in (ROOT / "requirements").glob("*.lock"):
        assert "torch" not in locked(path.stem)
        assert "://" not in path.read_text("utf-8")


def locked(name: str) -> dict[str, str]:
    """Return the versions that a lock pins."""
    lines = (ROOT / "requirements" / f"{name}.lock").read_text("utf-8").splitlines()
    pins = (line.split(";")[0].strip(" \\").split("==") for line in lines if "==" in line and not line.startswith(" "))
    return {canonicalize_name(package): version for package, version in pins}
