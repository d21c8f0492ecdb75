"""Where a pipeline's files are, and whether they can be loaded: whole, and safetensors only, for a pickle is a program.

A model is a folder in diffusers' form (model_index.json, a folder a component) or one `.safetensors` file.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from daemon import paths
from daemon.diffusion import tensors
from daemon.errors import EngineError

INDEX = "model_index.json"
SINGLE = ".safetensors"
PICKLES = (".ckpt", ".bin", ".pt", ".pth", ".pkl")
VARIANT = re.compile(r"\.(fp16|bf16|fp32)(?:[.-]|$)")
WEIGHTLESS = re.compile("Tokenizer|Scheduler|Processor|FeatureExtractor")
HUB = re.compile(r"[\w-][\w.-]*/[\w-][\w.-]*")


@dataclass(frozen=True, slots=True)
class Weights:
    """A model whose files were looked at."""

    path: Path
    kind: str
    """The pipeline's class, "StableDiffusionPipeline"; "" for a single file, which does not tell."""
    parameters: dict[str, int] = field(default_factory=dict)
    """How many numbers each component holds."""
    variant: str | None = None
    """What the files' names carry, "fp16", when only such files are there."""


def find(model: str, models: Path) -> Path | None:
    """Return where `model` is on this machine: a path, a name in `models`, or owner/name in the hub cache."""
    named = paths.expanded(model)
    if named.is_absolute():
        places = [named]
    else:
        home = models / model.replace("/", "--")
        places = [home, home.with_name(home.name + SINGLE)]
    for place in places:
        if (place / INDEX).is_file() or (place.is_file() and place.suffix in {SINGLE, *PICKLES}):
            return place
    return _cached(model)


def size_mb(place: Path | None) -> int:
    """Return how large the files of a model's weights are, MB; 0 for what can't be read, which `check` tells."""
    if place is None or place.is_file():
        return place.stat().st_size >> 20 if place else 0
    try:
        return sum(file.stat().st_size for files in _parts(place, index(place)).values() for file in files) >> 20
    except (EngineError, OSError):
        return 0


def shelved(models: Path) -> Iterator[tuple[Path, dict[str, Any]]]:
    """Yield each pipeline folder in `models` with its index, by name; what can't be read is passed over."""
    for place in sorted(models.glob(f"*/{INDEX}")):
        try:
            yield place.parent, index(place.parent)
        except EngineError:
            continue


def index(folder: Path) -> dict[str, Any]:
    """Return model_index.json. Raises EngineError `diffusion.damaged`, `diffusion.unreadable`."""
    path = folder / INDEX
    found = read_json(path)
    if not isinstance(found.get("_class_name"), str):
        raise EngineError("diffusion.damaged", path=path)
    return found


def read_json(path: Path) -> dict[str, Any]:
    """Return a JSON object. Raises EngineError `diffusion.damaged`, `diffusion.unreadable`."""
    try:
        found = json.loads(path.read_text("utf-8"))
    except OSError as error:
        raise EngineError("diffusion.unreadable", path=path, why=error.strerror or error) from error
    except (ValueError, RecursionError) as error:
        raise EngineError("diffusion.damaged", path=path) from error
    if not isinstance(found, dict):
        raise EngineError("diffusion.damaged", path=path)
    return found


def check(path: Path) -> Weights:
    """Look at every file that will be loaded; no weight is read.

    Raises EngineError `diffusion.pickle`, `diffusion.incomplete`, `diffusion.damaged`, `diffusion.unreadable`.
    """
    if path.is_file():
        if path.suffix != SINGLE:
            raise EngineError("diffusion.pickle", path=path)
        return Weights(path, "", {"file": tensors.numbers(path)})
    found = index(path)
    parts = _parts(path, found)
    variants = {_variant(file) for files in parts.values() for file in files}
    parameters = {name: sum(tensors.numbers(file) for file in files) for name, files in parts.items() if files}
    return Weights(path, found["_class_name"], parameters, next(iter(variants - {None}), None))


def _parts(folder: Path, found: dict[str, Any]) -> dict[str, list[Path]]:
    """Return the files of weights by component."""
    return {name: _files(folder / name, made_of[1]) for name, made_of in found.items() if _is_component(made_of)}


def _is_component(made_of: Any) -> bool:
    """Say whether an entry of the index is [library, class] of something that is there."""
    return isinstance(made_of, list) and len(made_of) == 2 and None not in made_of  # noqa: PLR2004


def _files(folder: Path, made_of: str) -> list[Path]:
    """Return the safetensors files of a component; none when it has no weights (a tokenizer, a scheduler)."""
    if not folder.is_dir():
        raise EngineError("diffusion.incomplete", path=folder.parent, file=folder.name)
    if WEIGHTLESS.search(made_of) or not (folder / "config.json").is_file():
        return []
    files = sorted(folder.glob(f"*{SINGLE}"))
    if not files:
        pickles = [path for path in sorted(folder.iterdir()) if path.suffix in PICKLES]
        if pickles:
            raise EngineError("diffusion.pickle", path=pickles[0])
        raise EngineError("diffusion.incomplete", path=folder.parent, file=f"{folder.name}/*{SINGLE}")
    plain = [path for path in files if _variant(path) is None]
    chosen = plain or [path for path in files if _variant(path) == _variant(files[0])]
    for table in folder.glob(f"*{SINGLE}.index*.json"):
        if bool(plain) == (_variant(table) is None):
            _complete(table)
    return chosen


def _complete(table: Path) -> None:
    """Raise EngineError when a shard that `table` lists is not there."""
    shards = read_json(table).get("weight_map")
    if not isinstance(shards, dict):
        raise EngineError("diffusion.damaged", path=table)
    for shard in sorted({str(name) for name in shards.values()}):
        if Path(shard).name != shard or not (table.parent / shard).is_file():
            raise EngineError("diffusion.incomplete", path=table.parent.parent, file=f"{table.parent.name}/{shard}")


def _variant(path: Path) -> str | None:
    found = VARIANT.search(path.name)
    return found.group(1) if found else None


def _cached(model: str) -> Path | None:
    """Return the folder in the hub cache; nothing is asked over the network."""
    if not HUB.fullmatch(model):
        return None
    from huggingface_hub import try_to_load_from_cache

    file = try_to_load_from_cache(model, INDEX)
    return Path(file).parent if isinstance(file, str) else None
