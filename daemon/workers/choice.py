"""Which engine makes the pictures or the clips: the one that the config names, or the best that can in good time."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from daemon.engines.base import Generator, Options
from daemon.engines.load import find, names
from daemon.errors import ConfigError, EngineError
from daemon.workers import devices

AUTO = "auto"
PATIENCE_S = {"picture": 600.0, "clip": 1800.0}
"""What would take longer by an engine's own guess is made by it only where it is named."""
HOST_SHARE = 0.9
"""A model whose weights take more of the main memory is used only where it is named."""


@dataclass(frozen=True, slots=True)
class Choice:
    """The engine that is used, built but not loaded, and why better ones are not."""

    name: str
    engine: Generator
    suffix: str
    """The ending of its files."""
    settings: dict[str, Any]
    """The options of that engine, as JSON can hold them."""
    passed_over: dict[str, EngineError]
    """By engine: what it lacks."""
    declined: dict[str, EngineError]
    """By engine: why it is not for this machine, though it has all that it needs."""

    def why(self, language: str = "en") -> str:
        """Return a sentence for each engine that is not used, though it might be better ("" when there is none)."""
        return " ".join(each.text(language) for each in _reasons(self.passed_over | self.declined))


def choose(kind: str, section: dict[str, Any], models: Path) -> Choice:
    """Return the engine that `section` names, or with "auto" the best that can run here: a sketch is the last choice.

    With "auto" an engine that is `remote` is not used, for prompts leave the house, and it may cost money; nor one that
    is not for this machine (`unfit`). `section` is {"engine": name or "auto", name: options of that engine, ...}, for
    clips also `format`. Raises EngineError, ConfigError.
    """
    wanted = section.get("engine", AUTO)
    passed_over: dict[str, EngineError] = {}
    declined: dict[str, EngineError] = {}
    for name in _candidates(kind) if wanted == AUTO else [wanted]:
        found = find(kind, name)
        options = _options(kind, name, section)
        if (code := found.missing(options, models=models)) is not None:
            passed_over[name] = EngineError(code)
            continue
        engine = found(options, models=models)
        if wanted == AUTO and (why := unfit(kind, engine, devices.host_mb())) is not None:
            declined[name] = why
            continue
        suffix = f".{section['format']}" if "format" in section else engine.suffix
        return Choice(name, engine, suffix, options.model_dump(mode="json"), passed_over, declined)
    raise EngineError("making.no_engine", kind=kind, why=_reasons(passed_over | declined))


def unfit(kind: str, engine: Generator, host_mb: int) -> EngineError | None:
    """Return why an engine is not for this machine, by its own guess of its time and the size of its weights."""
    if engine.sketch:
        return None
    if (weights := getattr(engine, "weights_mb", 0)) > host_mb * HOST_SHARE:
        return EngineError("making.too_large", mb=weights, here=host_mb)
    if (seconds := engine.estimate({})) > PATIENCE_S[kind]:
        return EngineError("making.too_slow", n=round(seconds / 60))
    return None


def _candidates(kind: str) -> list[str]:
    here = [name for name in names(kind) if not getattr(find(kind, name), "remote", False)]
    return sorted(here, key=lambda name: find(kind, name).sketch)


def _options(kind: str, name: str, section: dict[str, Any]) -> Options:
    try:
        options: Options = find(kind, name).Options.model_validate(section.get(name) or {})
    except ValidationError as error:
        problem = error.errors()[0]
        where = ".".join([kind, name, *map(str, problem["loc"])])
        raise ConfigError("making.options", where=where, why=problem["msg"]) from error
    return options


def _reasons(reasons: Mapping[str, EngineError]) -> list[EngineError]:
    return [EngineError("making.engine_unused", name=name, why=why) for name, why in reasons.items()]
