"""Where everything lies: packaged data, state, config, runtime. Nothing is ever sought in the current folder."""

import os
from pathlib import Path

SOCKET = "control.sock"
SYSTEM = Path("/run/kombain") / SOCKET
"""Of the service that `systemd/kombain.service` starts."""


def data(name: str) -> Path:
    """Return the packaged file or folder `name` (models, systemd, config.yaml), in a wheel or a checkout."""
    package = Path(__file__).parent
    packaged = package / "_data" / name
    return packaged if packaged.exists() else package.parent / name


def state() -> Path:
    """Return the state folder, which holds `models/`, `artifacts/` and `kombain.db`; it may not exist yet."""
    if given := os.environ.get("STATE_DIRECTORY"):
        return Path(given.split(":")[0])
    return _xdg("XDG_DATA_HOME", ".local/share") / "kombain"


def runtime() -> Path:
    """Return the folder of the control socket; it may not exist yet."""
    if given := os.environ.get("RUNTIME_DIRECTORY"):
        return Path(given.split(":")[0])
    base = os.environ.get("XDG_RUNTIME_DIR")
    return (Path(base) if base else state()) / "kombain"


def control() -> Path:
    """Return where a running assistant is spoken to: the user's own, else the system's service."""
    own = runtime() / SOCKET
    return own if own.exists() or not SYSTEM.exists() else SYSTEM


def config(given: Path | None = None) -> Path | None:
    """Return the config file that counts: given, $KOMBAIN_CONFIG, the user's, the system's; None when there is none."""
    if given is not None:
        return given
    if named := os.environ.get("KOMBAIN_CONFIG"):
        return Path(named)
    return next((path for path in (own_config(), Path("/etc/kombain/config.yaml")) if path.is_file()), None)


def own_config() -> Path:
    """Return the user's own config file; it may not exist yet."""
    return _xdg("XDG_CONFIG_HOME", ".config") / "kombain" / "config.yaml"


def expanded(path: str | Path) -> Path:
    """Return `path` with its ~ expanded, as far as there is a home."""
    return Path(os.path.expanduser(path))  # noqa: PTH111 - pathlib's raises where there is none


def _xdg(variable: str, default: str) -> Path:
    given = os.environ.get(variable, "")
    return Path(given) if given.startswith("/") else Path("/") / expanded(f"~/{default}")
