"""Where a Whisper's files are: a folder, the state's `models/` or the hub cache. `daemon.catalogue` gets one."""

from pathlib import Path

from daemon import paths
from daemon.errors import EngineError

NEEDED = ("config.json", "model.bin", "tokenizer.json")
"""Besides a vocabulary. Without tokenizer.json faster-whisper would quietly ask the hub."""
SYSTRAN = ("tiny", "base", "small", "medium", "large-v1", "large-v2", "large-v3")
ENGLISH = ("tiny.en", "base.en", "small.en", "medium.en")
DISTIL = ("distil-large-v2", "distil-large-v3", "distil-medium.en", "distil-small.en")
REPOSITORIES = {
    **{name: f"Systran/faster-whisper-{name}" for name in (*SYSTRAN, *ENGLISH)},
    **{name: f"Systran/faster-distil-whisper-{name.removeprefix('distil-')}" for name in DISTIL},
    "large": "Systran/faster-whisper-large-v3",
    "distil-large-v3.5": "distil-whisper/distil-large-v3.5-ct2",
    "large-v3-turbo": "mobiuslabsgmbh/faster-whisper-large-v3-turbo",
    "turbo": "mobiuslabsgmbh/faster-whisper-large-v3-turbo",
}


def repository(model: str) -> str | None:
    """Return the hub's repository of `model`, None when it is none of those known and no "owner/name"."""
    return REPOSITORIES.get(model) or (
        model if model.count("/") == 1 and not model.startswith((".", "/", "~")) else None
    )


def find(model: str, models: Path) -> Path | None:
    """Return the folder of `model` when it is on this machine: a path, a name in `models`, or in the hub cache."""
    named = paths.expanded(model)
    places = [named] if named.is_absolute() else [home(model, models), models / f"faster-whisper-{model}"]
    for place in places:
        if (place / "model.bin").is_file():
            return place
    return _cached(model)


def home(model: str, models: Path) -> Path:
    """Return the folder in `models` where `model` is kept."""
    return models / model.replace("/", "--")


def check(folder: Path) -> None:
    """Raise EngineError `stt.incomplete` when a file is missing."""
    names = {path.name for path in folder.iterdir()}
    for name in NEEDED:
        if name not in names:
            raise EngineError("stt.incomplete", path=folder, file=name)
    if not names & {"vocabulary.json", "vocabulary.txt"}:
        raise EngineError("stt.incomplete", path=folder, file="vocabulary.json")


def _cached(model: str) -> Path | None:
    from huggingface_hub import try_to_load_from_cache

    if (name := repository(model)) is None:
        return None
    file = try_to_load_from_cache(name, "model.bin")
    return Path(file).parent if isinstance(file, str) else None
