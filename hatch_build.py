"""Data files of the wheel. An editable install reads them from the checkout and gets no copies."""

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

DATA = ("config.yaml", "models", "systemd")
LEFT_OUT = {"recipe", "eval", "evaluate.py", "__pycache__"}
"""How models are made and judged is for the checkout."""


class DataFiles(BuildHookInterface):
    """Carry DATA under `daemon/_data/`, where `daemon.paths` looks for it."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Add the files to a wheel that is to be installed on its own."""
        if version == "standard":
            build_data["force_include"] |= {name: f"daemon/_data/{name}" for name in _files(Path(self.root))}


def _files(root: Path) -> list[str]:
    found = [path for name in DATA for path in [root / name, *(root / name).rglob("*")] if path.is_file()]
    names = [path.relative_to(root) for path in found]
    return [str(name) for name in names if not LEFT_OUT & set(name.parts)]
