"""A finding, and what the checks look at."""

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

from daemon import messages, paths
from daemon.config import Config, load
from daemon.errors import ConfigError, told

Severity = Literal["failure", "warning"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is not as it should be. A failure keeps a part from working, a warning makes it worse."""

    code: str
    severity: Severity
    fix: str
    """A command, or a line for the config."""
    values: dict[str, Any] = field(default_factory=dict)

    def text(self, language: str) -> str:
        """Return what is wrong, in a sentence."""
        return messages.text(f"doctor.problems.{self.code}", language, **told(self.values, language))


Findings = Iterator[Finding]


def failure(code: str, fix: str, **values: Any) -> Finding:
    """Return a finding that keeps a part from working."""
    return Finding(code, "failure", fix, values)


def warning(code: str, fix: str, **values: Any) -> Finding:
    """Return a finding that makes something worse than it could be."""
    return Finding(code, "warning", fix, values)


@dataclass(frozen=True)
class House:
    """What is examined: an installation, from the files' point of view. `root` stands for / in tests."""

    given: Path | None = None
    """The config file that the user named."""
    root: Path = Path("/")

    @cached_property
    def path(self) -> Path | None:
        """The config file that counts."""
        return paths.config(self.given)

    @cached_property
    def error(self) -> ConfigError | None:
        """What is wrong with the config."""
        try:
            load(self.path)
        except ConfigError as error:
            return error
        return None

    @cached_property
    def config(self) -> Config:
        """The config; the defaults where it can't be used."""
        return Config() if self.error is not None else load(self.path)

    @cached_property
    def state(self) -> Path:
        """The state folder."""
        return self.config.state or paths.state()

    @property
    def models(self) -> Path:
        """Where downloaded models lie."""
        return self.state / "models"

    def system(self, name: str) -> Path:
        """Return a path of the system."""
        return self.root / name.lstrip("/")

    @cached_property
    def user(self) -> str:
        """The user's name, or number."""
        import pwd

        try:
            return pwd.getpwuid(os.getuid()).pw_name
        except KeyError:
            return str(os.getuid())
