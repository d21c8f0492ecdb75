"""The catalogue of models that can be downloaded: `models/catalogue.yaml`, or a file of the user's own."""

from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from daemon import paths
from daemon.errors import ConfigError

Name = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$")]
"""A name that is safe as a file's: no folder, nothing hidden."""
File = Annotated[
    str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,99}(/[A-Za-z0-9][A-Za-z0-9._-]{0,99}){0,2}$")
]
"""The same, with folders before it: "unet/config.json"."""
Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
LOOPBACK = {"127.0.0.1", "::1", "localhost"}


class Model(BaseModel):
    """One model."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Literal["stt", "tts", "wake", "picture", "clip"]
    engine: str
    languages: tuple[str, ...] = ()
    size: float = Field(gt=0)
    """MB, roughly."""
    licence: str
    source: str
    """The address that the files' names are put behind."""
    place: Name
    """Folder below `models/`."""
    files: tuple[File, ...] = Field(min_length=1)
    """A pipeline's model_index.json last: it is what the model is found by."""
    sha256: dict[File, Sha256] = Field(default_factory=dict)
    """What the publisher states, by file."""

    def address(self, file: str) -> str:
        """Return where a file comes from."""
        return self.source + file


class Catalogue(BaseModel):
    """All of them."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    hosts: tuple[str, ...]
    models: dict[Name, Model]

    def model(self, name: str) -> Model:
        """Return the model of that name. Raises ConfigError `models.unknown`."""
        if (found := self.models.get(name)) is None:
            raise ConfigError("models.unknown", name=ascii(name)[1:-1][:60], known=", ".join(self.models))
        return found

    def allowed(self, address: str) -> bool:
        """Say whether an address may be asked: https to a listed host, or this machine."""
        parts = urlsplit(address)
        host = parts.hostname or ""
        return host in LOOPBACK if parts.scheme == "http" else parts.scheme == "https" and host in self.hosts


def read(path: Path | None = None) -> Catalogue:
    """Return the catalogue of a file; None: ours. Raises ConfigError `models.catalogue`."""
    import yaml  # type: ignore[import-untyped]

    path = path or paths.data("models") / "catalogue.yaml"
    try:
        return Catalogue.model_validate(yaml.safe_load(path.read_text("utf-8")))
    except (OSError, ValueError, yaml.YAMLError, RecursionError, ValidationError) as error:
        why = error.errors()[0] if isinstance(error, ValidationError) else error
        told = f"{'.'.join(map(str, why['loc']))}: {why['msg']}" if isinstance(why, dict) else str(why)
        raise ConfigError("models.catalogue", path=path, why=told.splitlines()[0]) from error
