"""The one tree of errors. An error is a stable code and values; its sentence, in each language, is in `messages/`."""

from daemon import messages


class KombainError(Exception):
    """What went wrong, where, and what to do, in one sentence.

    `code` is stable and names the sentence `errors.<code>` in `messages/<language>.yaml`; `values` fill it in.
    It crosses processes, MQTT and the command line as `{"code": ..., "values": {...}}`.
    """

    def __init__(self, code: str, /, **values: object) -> None:
        super().__init__(code, values)
        self.code = code
        self.values = values

    def text(self, language: str = "en") -> str:
        """Return the sentence in `language`; a value that has a `text` of its own is put in in that language too."""
        told = {name: value.text(language) if hasattr(value, "text") else value for name, value in self.values.items()}
        return messages.text(f"errors.{self.code}", language, **told)

    def __str__(self) -> str:
        return self.text()

    def __reduce__(self) -> tuple[object, ...]:
        return _rebuild, (type(self), self.code, self.values)


def _rebuild(kind: type[KombainError], code: str, values: dict[str, object]) -> KombainError:
    return kind(code, **values)


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
