"""The config: defaults in code, then the file, then `KOMBAIN__SECTION__KEY`. All mistakes are told at once."""

import difflib
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import ErrorDetails

from daemon import messages
from daemon.audio.options import SpeakerOptions
from daemon.ears.options import EarsOptions
from daemon.engines.section import ClipOptions, EngineSection, PictureOptions, TtsOptions
from daemon.errors import ConfigError, EngineError
from daemon.mqtt.options import MqttOptions
from daemon.transcription.options import SttOptions

MAX_BYTES = 256 << 10
PREFIX = "KOMBAIN__"
EXPECTED = {
    "bool": "bool",
    "int": "int",
    "float": "float",
    "string": "string",
    "dict": "mapping",
    "model": "mapping",
    "list": "list",
    "tuple": "list",
}
"""The beginning of a pydantic error type → the sentence `config.expected.<name>`."""


class LogOptions(BaseModel):
    """What the journal gets."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    level: Literal["debug", "info", "warning", "error"] = Field("info", description="The least severe records kept.")


class Config(BaseModel):
    """Everything a user can set."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    language: Literal["en", "ru"] = Field("en", description="Language of replies that answer nobody, and of messages.")
    state: Path | None = Field(None, description="State folder; default $STATE_DIRECTORY or $XDG_DATA_HOME/kombain.")
    ears: EarsOptions = EarsOptions()
    stt: SttOptions = SttOptions()
    tts: TtsOptions = TtsOptions()
    speaker: SpeakerOptions = SpeakerOptions()
    picture: PictureOptions = PictureOptions()
    clip: ClipOptions = ClipOptions()
    mqtt: MqttOptions = MqttOptions()
    log: LogOptions = LogOptions()


class InvalidConfigError(ConfigError):
    """All that is wrong with a config, one sentence each."""

    def __init__(self, path: Path | None, problems: list[ConfigError]) -> None:
        super().__init__("config.invalid", path=path or "KOMBAIN__…")
        self.problems = problems

    def text(self, language: str = "en") -> str:
        """Return the sentence and, below it, every problem."""
        return "\n".join([super().text(language), *(f"  {problem.text(language)}" for problem in self.problems)])


def load(path: Path | None, environment: Mapping[str, str] = os.environ) -> Config:
    """Return the config of the file at `path` (None: defaults) and the environment.

    Raises ConfigError for a file that can't be read or is no YAML, InvalidConfigError with every wrong key and value.
    """
    tree, lines = _read(path) if path is not None else ({}, {})
    for key, value in _from_environment(environment):
        _put(tree, key, value)
    try:
        return Config.model_validate(tree)
    except ValidationError as error:
        details = error.errors(include_url=False)
        raise InvalidConfigError(path, [_problem(detail, lines) for detail in details]) from error


def changed(old: Config, new: Config) -> set[str]:
    """Return the names of the sections that differ."""
    return {name for name in Config.model_fields if getattr(old, name) != getattr(new, name)}


def _read(path: Path) -> tuple[dict[str, Any], dict[tuple[str, ...], int]]:
    """Return the file as plain data, and the line of each key path."""
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    try:
        if path.stat().st_size > MAX_BYTES:
            raise ConfigError("config.too_large", path=path, limit=MAX_BYTES >> 10)
        text = path.read_text("utf-8")
    except FileNotFoundError as error:
        raise ConfigError("config.missing", path=path) from error
    except UnicodeDecodeError as error:
        raise ConfigError("config.not_text", path=path) from error
    except OSError as error:
        raise ConfigError("config.unreadable", path=path, why=error.strerror) from error
    try:
        tree = YAML(typ="rt", pure=True).load(text)
    except YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        why = str(getattr(error, "problem", None) or error).splitlines()[0]
        raise ConfigError("config.not_yaml", path=path, line=mark.line + 1 if mark else 1, why=why) from error
    if tree is None:
        return {}, {}
    if not isinstance(tree, dict):
        raise ConfigError("config.not_a_mapping", path=path)
    lines: dict[tuple[str, ...], int] = {}
    return _plain(tree, (), lines), lines


def _plain(node: Any, where: tuple[str, ...], lines: dict[tuple[str, ...], int]) -> Any:
    from ruamel.yaml.comments import CommentedMap

    if isinstance(node, CommentedMap):
        for key in node:
            lines[(*where, str(key))] = node.lc.key(key)[0] + 1
        return {str(key): _plain(value, (*where, str(key)), lines) for key, value in node.items()}
    if isinstance(node, list):
        return [_plain(value, (*where, str(index)), lines) for index, value in enumerate(node)]
    return node


def _from_environment(environment: Mapping[str, str]) -> Iterator[tuple[list[str], Any]]:
    from ruamel.yaml import YAML

    for name, value in sorted(environment.items()):
        if name.startswith(PREFIX):
            yield name.removeprefix(PREFIX).lower().split("__"), YAML(typ="safe", pure=True).load(value)


def _put(tree: dict[str, Any], key: list[str], value: Any) -> None:
    *parents, last = key
    for parent in parents:
        below = tree.get(parent)
        tree[parent] = below = below if isinstance(below, dict) else {}
        tree = below
    tree[last] = value


def _problem(detail: ErrorDetails, lines: Mapping[tuple[str, ...], int]) -> ConfigError:
    where = tuple(str(part) for part in detail["loc"])
    known = next((lines[where[:size]] for size in range(len(where), 0, -1) if where[:size] in lines), None)
    place = str(known) if known is not None else "–"
    key = ".".join(where)
    if detail["type"] == "extra_forbidden":
        near = difflib.get_close_matches(where[-1], _siblings(where), 1)
        code = "config.unknown_key_near" if near else "config.unknown_key"
        return ConfigError(code, line=place, key=key, near=near[0] if near else "")
    return _WrongValueError("config.wrong_value", line=place, key=key, value=repr(detail["input"])[:60], detail=detail)


class _WrongValueError(ConfigError):
    """A value of the wrong kind: what was expected is said in the reader's language where we have words for it."""

    def text(self, language: str = "en") -> str:
        detail: Any = self.values["detail"]
        kind = EXPECTED.get(detail["type"].split("_")[0])
        limits = {"ge", "gt", "le", "lt", "expected"} & detail.get("ctx", {}).keys()
        if limits:
            name = limits.pop()
            expected = messages.text(f"config.expected.{name}", language, limit=detail["ctx"][name])
        else:
            expected = messages.text(f"config.expected.{kind}", language) if kind else detail["msg"]
        return messages.text("errors.config.wrong_value", language, **{**self.values, "expected": expected})


def _siblings(where: tuple[str, ...]) -> list[str]:
    """Return the keys that could stand where the unknown one does."""
    from daemon.engines import load as engines

    model: Any = Config
    for part in where[:-1]:
        found = model.model_fields.get(part) if hasattr(model, "model_fields") else None
        if found is not None:
            model = next((kind for kind in (found.annotation, *get_args(found.annotation)) if kind), None)
        elif isinstance(model, type) and issubclass(model, EngineSection):
            try:
                model = engines.find(model.kind, part).Options
            except EngineError:
                return []
        else:
            return []
    names = list(getattr(model, "model_fields", {}))
    return names + (engines.names(model.kind) if isinstance(model, type) and issubclass(model, EngineSection) else [])
