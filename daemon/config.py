"""The config: defaults in code, then the file, then `KOMBAIN__SECTION__KEY`. All mistakes are told at once."""

import difflib
import os
import stat
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
from daemon.gallery.options import GalleryOptions
from daemon.mqtt.options import MqttOptions
from daemon.transcription.options import SttOptions
from daemon.translation.options import TranslateOptions
from daemon.workers.options import MakingOptions

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
    "path": "string",
    "secret": "string",
}
"""The beginning of a pydantic error type → the sentence `config.expected.<name>`."""
LIMITS = ("ge", "gt", "le", "lt", "expected", "pattern", "min_length", "max_length")
"""What a pydantic error may tell of the limit that was passed → the sentence `config.expected.<name>`."""
SECRETS = ("password",)


class LogOptions(BaseModel):
    """What the journal gets."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    level: Literal["debug", "info", "warning", "error"] = Field("info", description="The least severe records kept.")


class Config(BaseModel):
    """Everything a user can set."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    language: Literal["en", "ru"] = Field("en", description="Language of replies that answer nobody, and of messages.")
    state: Path | None = Field(None, description="State folder; default $STATE_DIRECTORY or $XDG_DATA_HOME/kombain.")
    show: Literal["auto", "never"] = Field(
        "auto", description="auto: pictures and clips are opened on the desktop of whoever runs us, where there is one."
    )
    ears: EarsOptions = EarsOptions()
    stt: SttOptions = SttOptions()
    tts: TtsOptions = TtsOptions()
    speaker: SpeakerOptions = SpeakerOptions()
    picture: PictureOptions = PictureOptions()
    clip: ClipOptions = ClipOptions()
    making: MakingOptions = MakingOptions()
    translate: TranslateOptions = TranslateOptions()
    gallery: GalleryOptions = GalleryOptions()
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
    tree, places = _read(path) if path is not None else ({}, {})
    for name, key, value in _from_environment(environment):
        _put(tree, key, value)
        places[tuple(key)] = name
        for size in range(1, len(key)):
            places.setdefault(tuple(key[:size]), name)
    return validated(tree, path, places)


def validated(tree: dict[str, Any], path: Path | None, places: "Places") -> Config:
    """Return the config of plain data. Raises InvalidConfigError with every wrong key and value."""
    try:
        return Config.model_validate(tree)
    except ValidationError as error:
        details = error.errors(include_url=False)
        raise InvalidConfigError(path, [_problem(detail, places) for detail in details]) from error


def changed(old: Config, new: Config) -> set[str]:
    """Return the names of the sections that differ."""
    return {name for name in Config.model_fields if getattr(old, name) != getattr(new, name)}


Places = dict[tuple[str, ...], int | str]
"""Where each key path stands: its line in the file, or the name of its environment variable."""


def _read(path: Path) -> tuple[dict[str, Any], Places]:
    """Return the file as plain data, and the line of each key path."""
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    try:
        about = path.stat()
        if not stat.S_ISREG(about.st_mode):  # reading a pipe could last for ever
            raise ConfigError("config.not_a_file", path=path)
        if about.st_size > MAX_BYTES:
            raise ConfigError("config.too_large", path=path, limit=MAX_BYTES >> 10)
        text = path.read_text("utf-8")
    except FileNotFoundError as error:
        raise ConfigError("config.missing", path=path) from error
    except UnicodeDecodeError as error:
        raise ConfigError("config.not_text", path=path) from error
    except (OSError, ValueError) as error:  # ValueError: a zero byte in the name
        raise ConfigError("config.unreadable", path=path, why=getattr(error, "strerror", None) or error) from error
    try:
        tree = YAML(typ="rt", pure=True).load(text)
    except (YAMLError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        raise ConfigError("config.not_yaml", path=path, line=mark.line + 1 if mark else 1, why=_why(error)) from error
    if tree is None:
        return {}, {}
    if not isinstance(tree, dict):
        raise ConfigError("config.not_a_mapping", path=path)
    places: Places = {}
    return _plain(tree, (), places), places


def _why(error: Exception) -> str:
    """Return the first line of what YAML could not read."""
    return str(getattr(error, "problem", None) or error).splitlines()[0]


def _plain(node: Any, where: tuple[str, ...], places: Places) -> Any:
    from ruamel.yaml.comments import CommentedMap

    if isinstance(node, CommentedMap):
        for key in node:
            places[(*where, str(key))] = node.lc.key(key)[0] + 1
        return {str(key): _plain(value, (*where, str(key)), places) for key, value in node.items()}
    if isinstance(node, list):
        return [_plain(value, (*where, str(index)), places) for index, value in enumerate(node)]
    return node


def _from_environment(environment: Mapping[str, str]) -> Iterator[tuple[str, list[str], Any]]:
    """Yield name, key path and value of each variable that is ours. Raises ConfigError `config.variable`."""
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    for name, value in sorted(environment.items()):
        if name.startswith(PREFIX):
            try:
                yield name, name.removeprefix(PREFIX).lower().split("__"), YAML(typ="safe", pure=True).load(value)
            except (YAMLError, RecursionError) as error:
                raise ConfigError("config.variable", name=name, why=_why(error)) from error


def _put(tree: dict[str, Any], key: list[str], value: Any) -> None:
    *parents, last = key
    for parent in parents:
        below = tree.get(parent)
        tree[parent] = below = below if isinstance(below, dict) else {}
        tree = below
    tree[last] = value


def _problem(detail: ErrorDetails, places: Places) -> ConfigError:
    where = tuple(str(part) for part in detail["loc"])
    place = next((places[where[:size]] for size in range(len(where), 0, -1) if where[:size] in places), None)
    key = ".".join(where)
    if detail["type"] == "extra_forbidden":
        near = difflib.get_close_matches(where[-1], _siblings(where), 1)
        code = "config.unknown_key_near" if near else "config.unknown_key"
        return _ProblemError(code, place=place, key=key, near=near[0] if near else "")
    if detail["type"] == "engine_unknown":
        return _ProblemError("config.unknown_engine", place=place, **{**detail["ctx"], "key": key})
    value = "…" if where[-1] in SECRETS else repr(detail["input"])[:60]
    return _ProblemError("config.wrong_value", place=place, key=key, value=value, detail=detail)


class _ProblemError(ConfigError):
    """One mistake: its place, and what was expected where we have words for it, are said in the reader's language."""

    def text(self, language: str = "en") -> str:
        place, detail = self.values["place"], self.values.get("detail")
        told = {**self.values, "place": messages.text("config.line", language, line=place)}
        if not isinstance(place, int):
            told["place"] = place or "–"
        if detail is not None:
            told["expected"] = _expected(detail, language)
        return messages.text(f"errors.{self.code}", language, **told)


def _expected(detail: Any, language: str) -> str:
    context = detail.get("ctx", {})
    limit = next((name for name in LIMITS if name in context), None)
    if limit is not None:
        shown = str(context[limit]).replace(" or ", f" {messages.text('config.or', language)} ")
        return messages.text(f"config.expected.{limit}", language, limit=shown)
    kind = EXPECTED.get(detail["type"].split("_")[0])
    return messages.text(f"config.expected.{kind}", language) if kind else str(detail["msg"])


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
