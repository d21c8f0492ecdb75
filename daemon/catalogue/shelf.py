"""The models on this machine: pulled, verified, removed. A model appears in its place only when all of it is right."""

import fcntl
import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from daemon.catalogue.entries import Model
from daemon.catalogue.fetch import SPARE, Fetched, Fetcher, Progress, digest
from daemon.catalogue.ownership import given_to_the_owner
from daemon.errors import EngineError
from daemon.passing import written

RECORDS = "checksums.json"
PASSING = ".downloads"
Found = Literal["absent", "partly", "here"]


@dataclass(frozen=True, slots=True)
class Step:
    """How far a model is: the file that comes now, and bytes of it."""

    file: str
    number: int
    files: int
    progress: Progress


def installed(folder: Path, pattern: str) -> list[str]:
    """Return what lies in `models/`, so that a change of it is noticed."""
    return sorted(str(path.relative_to(folder)) for path in folder.glob(pattern) if PASSING not in path.parts)


class Shelf:
    """The folder `models/` of the state."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def found(self, model: Model) -> Found:
        """Say whether a model is here."""
        if all((self._place(model) / file).is_file() for file in model.files):
            return "here"
        passing = self._passing(model)
        return "partly" if any(path.is_file() for path in passing.rglob("*")) else "absent"

    def pipelines(self) -> list[Path]:
        """Return the models of many files in folders that lie here, however they came."""
        return sorted(path.parent for path in self._folder.glob("*/model_index.json"))

    def pull(self, model: Model, fetcher: Fetcher, report: Callable[[Step], None]) -> None:
        """Get a model's files, check them, and put them in their place. What is here already is left as it is.

        Raises EngineError: those of `Fetcher.fetch`, `models.wrong_hash`, and `models.busy` while another process does.
        What has come stays for the next time. What root pulls belongs to the folder's owner.
        """
        passing = self._passing(model)
        with self._explained(), given_to_the_owner(self._folder):
            passing.mkdir(parents=True, exist_ok=True)
            with _alone(passing, model):
                self._pull(model, passing, fetcher, report)

    def _pull(self, model: Model, passing: Path, fetcher: Fetcher, report: Callable[[Step], None]) -> None:
        self._enough(model, passing)
        records, came = self._records(), {}
        for number, file in enumerate(model.files, 1):
            key = f"{model.place}/{file}"
            if (self._place(model) / file).is_file() or (passing / file).is_file():
                continue
            (passing / file).parent.mkdir(parents=True, exist_ok=True)
            fetched = fetcher.fetch(
                model.address(file),
                passing / file,
                lambda progress, file=file, number=number: report(Step(file, number, len(model.files), progress)),  # type: ignore[misc]
            )
            self._check(model, file, fetched, records.get(key, {}).get("sha256"))
            came[key] = {"sha256": fetched.sha256, "size": fetched.size, "source": model.address(file)}
            fetched.part.replace(passing / file)
            self._record(came)
        place = self._place(model)
        place.mkdir(parents=True, exist_ok=True)
        for file in model.files:
            if (passing / file).is_file():
                (place / file).parent.mkdir(parents=True, exist_ok=True)
                (passing / file).replace(place / file)
        shutil.rmtree(passing, ignore_errors=True)

    def verify(self, model: Model) -> dict[str, str]:
        """Return what is wrong with the files of a model: `missing`, `changed` or `unknown` (no checksum is known)."""
        records, wrong = self._records(), {}
        for file in model.files:
            path = self._place(model) / file
            wanted = model.sha256.get(file) or records.get(f"{model.place}/{file}", {}).get("sha256")
            if not path.is_file():
                wrong[file] = "missing"
            elif wanted is None:
                wrong[file] = "unknown"
            elif digest(path) != wanted:
                wrong[file] = "changed"
        return wrong

    def recorded(self, model: Model) -> bool:
        """Say whether the files of a model came by `pull`."""
        return f"{model.place}/{model.files[0]}" in self._records()

    def sizes(self, model: Model) -> list[str]:
        """Return the files whose size is not what it was when they came; quicker than `verify`."""
        known = ((file, self._records().get(f"{model.place}/{file}", {}).get("size")) for file in model.files)
        return [file for file, size in known if size is not None and (self._place(model) / file).stat().st_size != size]

    def remove(self, model: Model) -> bool:
        """Remove a model's files, also half-downloaded ones; say whether there were any. Raises EngineError."""
        place, passing = self._place(model), self._passing(model)
        some = False
        with self._explained():
            for file in model.files:
                if (place / file).is_file():
                    (place / file).unlink()
                    some = True
            if passing.exists():
                shutil.rmtree(passing)
                some = True
            for folder in sorted({(place / file).parent for file in model.files} | {place}, reverse=True):
                with suppress(OSError):  # others' files lie there
                    folder.rmdir()
        return some

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            path = error.filename or self._folder
            raise EngineError("models.unwritable", path=path, why=error.strerror or error) from error

    def _check(self, model: Model, file: str, fetched: Fetched, recorded: str | None) -> None:
        """Refuse a file that is not what the publisher states, or not what it was the first time."""
        wanted = model.sha256.get(file) or recorded or fetched.stated
        if wanted is not None and fetched.sha256 != wanted:
            fetched.part.unlink()
            raise EngineError("models.wrong_hash", file=file, wanted=wanted[:16], got=fetched.sha256[:16])

    def _enough(self, model: Model, passing: Path) -> None:
        came = sum(path.stat().st_size for path in passing.rglob("*") if path.is_file())
        wanted = round(model.size * 1e6) - came + SPARE
        free = shutil.disk_usage(passing).free
        if wanted > free:
            raise EngineError("models.disk_full", path=self._folder, wanted=wanted >> 20, free=free >> 20)

    def _record(self, came: dict[str, Any]) -> None:
        with written(self._folder / RECORDS) as file:
            file.write(json.dumps(self._records() | came, indent=1, sort_keys=True).encode())

    def _records(self) -> dict[str, Any]:
        """Return what is known of files that came earlier; a damaged list is begun anew."""
        with suppress(OSError, ValueError):
            found = json.loads((self._folder / RECORDS).read_text("utf-8"))
            if isinstance(found, dict):
                return {key: value for key, value in found.items() if isinstance(value, dict)}
        return {}

    def _place(self, model: Model) -> Path:
        return self._folder / model.place

    def _passing(self, model: Model) -> Path:
        return self._folder / PASSING / hashlib.sha256(model.source.encode()).hexdigest()[:16]


@contextmanager
def _alone(folder: Path, model: Model) -> Iterator[None]:
    """Keep other processes from getting the same model into the same folder. Raises EngineError `models.busy`."""
    held = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError as error:
        raise EngineError("models.busy", model=model.place) from error
    finally:
        os.close(held)
