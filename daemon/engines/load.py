"""An engine is one file found by its name: `stt: {engine: mini}` is `daemon.engines.stt.mini`, class `Engine`."""

from importlib import import_module
from importlib.resources import files
from typing import Any

from daemon.errors import EngineError

KINDS = ("wake", "vad", "stt", "tts", "picture", "clip")


def names(kind: str) -> list[str]:
    """Return the names of our own engines of `kind`, without the fake that tests use."""
    entries = files(f"daemon.engines.{kind}").iterdir()
    found = {entry.name.removesuffix(".py") for entry in entries if not entry.name.startswith(("_", "."))}
    return sorted(found - {"fake"})


def find(kind: str, name: str) -> type[Any]:
    """Return the engine class called `name`, or "package.module:Class" of an outsider.

    Raises EngineError `engine.unknown` when there is none. Imports nothing heavy: engines import inside `load()`.
    """
    if ":" in name:
        module, _, attribute = name.partition(":")
    elif name.isidentifier() and (name in names(kind) or name == "fake"):
        module, attribute = f"daemon.engines.{kind}.{name}", "Engine"
    else:
        raise EngineError("engine.unknown", kind=kind, name=name, known=", ".join(names(kind)))
    try:
        found = getattr(import_module(module), attribute)
        found.Options  # noqa: B018 - what has no options is no engine
    except Exception as error:  # an outsider's module may raise anything
        raise EngineError("engine.unknown", kind=kind, name=name, known=", ".join(names(kind))) from error
    return found  # type: ignore[no-any-return]
