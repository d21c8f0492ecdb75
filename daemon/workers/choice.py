"""Which engine makes the things of a kind: the one that is named, else the best that can run here."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from pydantic import ValidationError

from daemon.engines.base import Generator
from daemon.engines.load import find, names
from daemon.errors import ConfigError, EngineError
from daemon.messages import text


@dataclass(frozen=True, slots=True)
class Choice:
    """The engine that is used, built but not loaded, and why better ones are not."""

    name: str
    engine: Generator
    suffix: str
    """The ending of its files."""
    settings: dict[str, Any]
    """The options of that engine, as JSON can hold them."""
    passed_over: dict[str, str]
    """Engine name to error code."""

    def why(self, language: str = "en") -> str:
        """Return a sentence for each engine that was passed over ("" when none was)."""
        return _sentences(self.passed_over, language)


def choose(kind: str, section: dict[str, Any], models: Path) -> Choice:
    """Return the engine that `section` names, or with "auto" the best that can run here: a sketch is the last choice.

    An engine that is `remote` is used only when it is named: prompts leave the house, and it may cost money.
    `section` is {"engine": name or "auto", name: options of that engine, ...}, for clips also `format`.
    Raises EngineError, ConfigError.
    """
    wanted = section.get("engine", "auto")
    candidates = [wanted] if wanted != "auto" else sorted(_here(kind), key=lambda name: find(kind, name).sketch)
    passed_over: dict[str, str] = {}
    for name in candidates:
        found = find(kind, name)
        try:
            options = found.Options.model_validate(section.get(name) or {})
        except ValidationError as error:
            problem = error.errors()[0]
            where = ".".join([kind, name, *map(str, problem["loc"])])
            raise ConfigError("making.options", where=where, why=problem["msg"]) from error
        if (code := found.missing(options, models=models)) is None:
            engine = found(options, models=models)
            suffix = f".{section['format']}" if "format" in section else engine.suffix
            return Choice(name, engine, suffix, options.model_dump(mode="json"), passed_over)
        passed_over[name] = code
    raise EngineError("making.no_engine", kind=kind, why=_Reasons(passed_over))


def _here(kind: str) -> list[str]:
    return [name for name in names(kind) if not getattr(find(kind, name), "remote", False)]


class _Reasons(str):
    """Why no engine can run: in English where it crosses to another process, in any language before that."""

    __slots__ = ("_codes",)
    _codes: dict[str, str]

    def __new__(cls, codes: dict[str, str]) -> Self:
        made = super().__new__(cls, _sentences(codes, "en"))
        made._codes = codes
        return made

    def text(self, language: str) -> str:
        return _sentences(self._codes, language)


def _sentences(codes: dict[str, str], language: str) -> str:
    return " ".join(f"{name}: {_sentence(code, language)}" for name, code in codes.items())


def _sentence(code: str, language: str) -> str:
    try:
        return text(f"errors.{code}", language)
    except KeyError:  # an outsider's engine may have codes that are not ours
        return code
