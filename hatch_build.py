"""Data files of the wheel. An editable install reads them from the checkout and gets no copies."""

from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

DATA = ("config.yaml", "models", "systemd")


class DataFiles(BuildHookInterface):
    """Carry DATA under `daemon/_data/`, where `daemon.paths` looks for it."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Add the files to a wheel that is to be installed on its own."""
        if version == "standard":
            build_data["force_include"] |= {name: f"daemon/_data/{name}" for name in DATA}
