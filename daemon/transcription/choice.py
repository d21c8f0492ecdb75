"""Which engine turns speech into text, and why: a real Whisper where there is one, else the embedded stand-in."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from daemon.engines import load
from daemon.engines.base import Stt
from daemon.errors import EngineError

BEST, STAND_IN = "faster_whisper", "mini"


@dataclass(frozen=True, slots=True)
class Choice:
    """The engine's name, and why: a key of `messages` with its values, for the log, `doctor` and the demo."""

    engine: str
    why: str
    values: dict[str, Any] = field(default_factory=dict)


def choose(section: Mapping[str, Any], models: Path) -> Choice:
    """Say which engine the section means: the one it names, or with "auto" the best that can run. Loads nothing.

    `section` is {"engine": "auto" or a name, "<engine's name>": {its options}}. Raises EngineError `engine.unknown`.
    """
    name = str(section.get("engine", "auto"))
    if name != "auto":
        load.find("stt", name)
        return Choice(name, "stt.named", {"engine": name})
    kind = load.find("stt", BEST)
    code = kind.missing(_options(kind, section, BEST), models=models)
    return Choice(BEST, "stt.best", {"engine": BEST}) if code is None else Choice(STAND_IN, f"errors.{code}")


def loaded(section: Mapping[str, Any], models: Path) -> tuple[Stt, Choice]:
    """Load the engine that `choose` chose; with "auto" a real Whisper that fails to load gives way to the stand-in.

    Raises EngineError.
    """
    choice = choose(section, models)
    try:
        return _load(choice.engine, section, models), choice
    except EngineError as error:
        if section.get("engine", "auto") != "auto" or choice.engine == STAND_IN:
            raise
        return _load(STAND_IN, section, models), Choice(STAND_IN, f"errors.{error.code}", error.plain)


def _load(name: str, section: Mapping[str, Any], models: Path) -> Stt:
    kind = load.find("stt", name)
    options = _options(kind, section, name)
    if code := kind.missing(options, models=models):
        raise EngineError(code)
    engine: Stt = kind(options, models=models)
    engine.load()
    return engine


def _options(kind: type[Any], section: Mapping[str, Any], name: str) -> Any:
    return kind.Options.model_validate(section.get(name) or {})
