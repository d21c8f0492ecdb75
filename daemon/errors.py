"""The one tree of errors. An error is a stable code and values; its sentence, in each language, is in `messages/`."""

from collections.abc import Mapping
from typing import Any

from daemon import messages


class KombainError(Exception):
    """What went wrong, where, and what to do, in one sentence.

    `code` is stable and names the sentence `errors.<code>` in `messages/<language>.yaml`; `values` fill it in.
    A value may be an error itself, or a list of them, which are told in the reader's language too. An error crosses
    processes, MQTT and the command line as `{"code": ..., "values": plain}`.
    """

    def __init__(self, code: str, /, **values: object) -> None:
        super().__init__(code, values)
        self.code = code
        self.values = values

    def text(self, language: str = "en") -> str:
        """Return the sentence in `language`."""
        return messages.text(f"errors.{self.code}", language, **told(self.values, language))

    @property
    def plain(self) -> dict[str, Any]:
        """The values as JSON can hold them."""
        return {name: _plain(value) for name, value in self.values.items()}

    def __str__(self) -> str:
        return self.text()

    def __reduce__(self) -> tuple[object, ...]:
        return _rebuild, (type(self), self.code, self.values)


def _rebuild(kind: type[KombainError], code: str, values: dict[str, object]) -> KombainError:
    return kind(code, **values)


def told(values: Mapping[str, object], language: str) -> dict[str, object]:
    """Return the values with their errors, whole or `plain`, as sentences in `language`."""
    return {name: _told(value, language) for name, value in values.items()}


def _told(value: object, language: str) -> object:
    match value:
        case KombainError():
            return _sentence(value, language)
        case {"code": str(code), "values": dict(values)}:
            return _sentence(KombainError(code, **values), language)
        case list() | tuple():
            return " ".join(str(_told(each, language)) for each in value)
    return value


def _sentence(error: KombainError, language: str) -> str:
    try:
        return error.text(language)
    except (KeyError, TypeError, ValueError):  # an outsider's engine may have codes that are not ours
        return error.code


def _plain(value: object) -> Any:
    match value:
        case KombainError():
            return {"code": value.code, "values": value.plain}
        case str() | int() | float() | None:
            return value
        case list() | tuple():
            return [_plain(each) for each in value]
        case dict():
            return {str(name): _plain(each) for name, each in value.items()}
    return str(value)


class ConfigError(KombainError):
    """The config file or an option is wrong: the user mends it and starts again."""


class AudioError(KombainError):
    """A recording, microphone or speaker can't be used."""


class EngineError(KombainError):
    """An engine can't be loaded or failed at its work: a status, not a crash."""


class WorkerError(KombainError):
    """A child process died, hung or answered garbage."""


class JobError(KombainError):
    """A job can't be accepted or done."""


class BrokerError(KombainError):
    """The MQTT broker can't be reached or refuses us."""


class CommandError(KombainError):
    """A command from outside (MQTT, control socket) can't be understood."""


class Cancelled(KombainError):  # noqa: N818 - it reports a wish, not a fault
    """Somebody asked for this work to stop."""

    def __init__(self, code: str = "cancelled", /, **values: object) -> None:
        super().__init__(code, **values)


def from_wire(code: str, values: dict[str, object], *, died: bool = False) -> KombainError:
    """Build again, in this process, an error that a child process reported; `died`: it is of a process below that one.

    One without a sentence here, as an engine from outside may raise, becomes `worker.engine_failed`.
    """
    kind = WorkerError if died else EngineError
    error = Cancelled() if code == "cancelled" else kind(code, **values)
    try:
        str(error)
    except (KeyError, TypeError, ValueError):
        return EngineError("worker.engine_failed", why=code)
    return error
