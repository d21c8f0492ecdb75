"""The key that a server asks for: read from a file when it is needed, and never told to anybody else."""

from pathlib import Path

from daemon.errors import EngineError

LONGEST = 4096


def read(path: Path | None) -> str:
    """Return the key in a file, "" where there is no file to read. Raises EngineError `remote.key_file`, `.key`."""
    if path is None:
        return ""
    try:
        with path.expanduser().open("rb") as file:
            data = file.read(LONGEST + 1).strip()
    except (OSError, RuntimeError) as error:  # RuntimeError: a ~ without a home
        why = getattr(error, "strerror", None) or str(error)
        raise EngineError("remote.key_file", path=path, why=why) from error
    if not data or len(data) > LONGEST or not all(0x21 <= byte < 0x7F for byte in data):  # noqa: PLR2004 - printable ASCII
        raise EngineError("remote.key", path=path)
    return data.decode("ascii")


def headers(key: str) -> dict[str, str]:
    """Return the header that shows the key, none without a key."""
    return {"Authorization": f"Bearer {key}"} if key else {}


def without(text: str, key: str, most: int = 200) -> str:
    """Return what a server says, fit to be shown: on one line, not long, without the key."""
    shown = text.replace(key, "…") if key else text
    line = " ".join("".join(sign if sign.isprintable() else " " for sign in shown).split())
    return line if len(line) <= most else f"{line[:most].rstrip()}…"
