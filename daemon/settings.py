"""All settings at once: as they are, as a JSON Schema for editors, and some of them put into a config file. Pure."""

from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from daemon.config import Config
from daemon.engines import load
from daemon.engines.section import EngineSection

DIALECT = "https://json-schema.org/draft/2020-12/schema"
OUTSIDER = r"^[\w.]+:\w+$"
"""How an engine that is not ours is named: “package.module:Class”."""


def tree(model: BaseModel) -> dict[str, Any]:
    """Return every setting of a config or section, the options of all engines included; passwords are masked."""
    plain = model.model_dump(mode="json")
    found = {name: tree(value) if isinstance(value, BaseModel) else plain[name] for name, value in model}
    if isinstance(model, EngineSection):
        found |= {name: tree(model.options(name)) for name in load.names(model.kind)}
    return found


def differences(now: dict[str, Any], default: dict[str, Any]) -> dict[str, Any]:
    """Return what is not as it is by default, in its place."""
    found: dict[str, Any] = {}
    for name, value in now.items():
        if isinstance(value, dict) and isinstance(before := default.get(name), dict):
            if below := differences(value, before):
                found[name] = below
        elif name not in default or value != default[name]:
            found[name] = value
    return found


def schema() -> dict[str, Any]:
    """Return the JSON Schema of the config file, the options of all our engines included."""
    sections = {kind.__name__: kind for kind in _sections(Config)}
    options = [load.find(kind.kind, name).Options for kind in sections.values() for name in load.names(kind.kind)]
    places, whole = models_json_schema([(model, "validation") for model in (Config, *options)])
    shapes = whole["$defs"]
    for title, kind in sections.items():
        names = load.names(kind.kind)
        shape = shapes[title]
        shape["properties"] |= {name: places[load.find(kind.kind, name).Options, "validation"] for name in names}
        known = ["auto", *names]
        shape["properties"]["engine"] |= {"anyOf": [{"enum": known}, {"pattern": OUTSIDER}]}
        shape |= {"additionalProperties": False, "patternProperties": {OUTSIDER: {"type": "object"}}}
    return {"$schema": DIALECT, "title": "Kombain's config.yaml", **places[Config, "validation"], "$defs": shapes}


def _sections(model: type[BaseModel]) -> list[type[EngineSection]]:
    """Return the sections, at any depth, that choose an engine."""
    found: list[type[EngineSection]] = []
    for field in model.model_fields.values():
        kind = field.annotation
        if isinstance(kind, type) and issubclass(kind, EngineSection):
            found.append(kind)
        elif isinstance(kind, type) and issubclass(kind, BaseModel):
            found += _sections(kind)
    return found


def merged(text: str, found: dict[str, Any], language: str) -> str:
    """Return a config's text with the answers in it; what stands there already, comments too, stays. Pure."""
    from io import StringIO

    from ruamel.yaml import YAML
    from ruamel.yaml.comments import CommentedMap

    from daemon import messages

    yaml = YAML()
    tree = yaml.load(text) or CommentedMap()
    new = not text.strip()
    for section, value in found.items():
        known = section in tree
        _put(tree, section, value)
        if not known:
            tree.yaml_set_comment_before_after_key(section, before=messages.text(f"setup.comment.{section}", language))
    if new:
        tree.yaml_set_start_comment(messages.text("setup.comment.start", language))
    out = StringIO()
    yaml.dump(tree, out)
    return out.getvalue()


def _put(tree: Any, key: str, value: Any) -> None:
    if isinstance(value, dict) and value and isinstance(tree.get(key), dict):
        for name, below in value.items():
            _put(tree[key], name, below)
    else:
        tree[key] = value


def joined(before: dict[str, Any], found: dict[str, Any]) -> dict[str, Any]:
    """Return plain settings with others laid over them."""
    both = {
        name: value for name, value in before.items() if isinstance(value, dict) and isinstance(found.get(name), dict)
    }
    return {**before, **found, **{name: joined(value, found[name]) for name, value in both.items()}}
