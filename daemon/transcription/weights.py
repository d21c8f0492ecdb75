"""Where a Whisper's files are: a folder, the state folder's `models/`, the hub cache; or how they get there."""

import logging
import threading
from pathlib import Path
from typing import Any

from daemon import paths
from daemon.errors import EngineError

log = logging.getLogger(__name__)

NEEDED = ("config.json", "model.bin", "tokenizer.json")
"""Besides a vocabulary. Without tokenizer.json faster-whisper would quietly ask the hub."""
WANTED = ("config.json", "preprocessor_config.json", "model.bin", "tokenizer.json", "vocabulary.*")
PROBE_S = 3.0
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
    """Return the folder in `models` where `model` is kept when it is downloaded."""
    return models / model.replace("/", "--")


def check(folder: Path) -> None:
    """Raise EngineError `stt.incomplete` when a file is missing."""
    names = {path.name for path in folder.iterdir()}
    for name in NEEDED:
        if name not in names:
            raise EngineError("stt.incomplete", path=folder, file=name)
    if not names & {"vocabulary.json", "vocabulary.txt"}:
        raise EngineError("stt.incomplete", path=folder, file="vocabulary.json")


def download(model: str, models: Path) -> Path:
    """Get `model` from the hub into `models`, reporting to the log every ten per cent; what was cut short goes on.

    Raises EngineError `stt.unknown_model`, or `stt.hub` (within about 3 s when nothing answers).
    """
    from huggingface_hub import HfApi, snapshot_download

    if (name := repository(model)) is None:
        raise EngineError("stt.unknown_model", model=model, known=", ".join(REPOSITORIES))
    folder = home(model, models)
    try:
        _within(PROBE_S, lambda: HfApi().model_info(name, timeout=PROBE_S))
        folder.mkdir(parents=True, exist_ok=True)
        snapshot_download(name, allow_patterns=list(WANTED), local_dir=folder, tqdm_class=_progress(model))
    except Exception as error:  # the hub's client raises its own, the network's and the disk's errors
        why = (str(error).splitlines() or [type(error).__name__])[0][:200]
        raise EngineError("stt.hub", model=name, why=why, folder=folder) from error
    return folder


def _cached(model: str) -> Path | None:
    from huggingface_hub import try_to_load_from_cache

    if (name := repository(model)) is None:
        return None
    file = try_to_load_from_cache(name, "model.bin")
    return Path(file).parent if isinstance(file, str) else None


def _within(seconds: float, ask: Any) -> None:
    """Run `ask` for at most `seconds`: a client's own timeout does not cover the look-up of a name."""
    failed: list[BaseException] = []

    def work() -> None:
        try:
            ask()
        except Exception as error:  # noqa: BLE001 - raised again by the one who waits
            failed.append(error)

    thread = threading.Thread(target=work, name="hub probe", daemon=True)
    thread.start()
    thread.join(seconds)
    if thread.is_alive():
        raise TimeoutError(f"no answer within {seconds:g} s")
    if failed:
        raise failed[0]


def _progress(model: str) -> type[Any]:
    from huggingface_hub.utils.tqdm import tqdm

    told = [0]  # the hub's client makes several bars

    class Progress(tqdm):
        """Tells every ten per cent of the bytes in the log."""

        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, **{**kwargs, "disable": False})  # type: ignore[no-untyped-call]

        def display(self, *_args: object, **_kwargs: object) -> None:
            if self.unit != "B" or (self.total or 0) < 1 << 20:
                return
            share = min(10, int(10 * self.n / self.total))
            if share > told[0]:
                told[0] = share
                log.info("%s: %d %% of %d MB", model, 10 * share, round(self.total / (1 << 20)))

    return Progress
