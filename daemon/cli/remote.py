"""The command line's end of the control socket."""

import json
import socket
from collections.abc import Iterator
from types import TracebackType
from typing import Any, Self

from daemon.errors import CommandError, ConfigError

ANSWER_S = 10.0
"""Seconds that the assistant gets for an answer; it takes milliseconds."""


class Remote:
    """A connection to the running assistant; a context manager."""

    def __init__(self) -> None:
        """Connect. Raises ConfigError `control.absent` where no assistant runs, `control.forbidden` for another's."""
        from daemon import paths

        path = paths.control()
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.settimeout(ANSWER_S)
        try:
            self._socket.connect(str(path))
        except OSError as error:
            self._socket.close()
            code = "control.forbidden" if isinstance(error, PermissionError) else "control.absent"
            raise ConfigError(code, path=path) from error
        self._file = self._socket.makefile("rb")
        self._early: list[dict[str, Any]] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        self._file.close()
        self._socket.close()

    def ask(self, command: str, *, patience: float = ANSWER_S, **fields: Any) -> dict[str, Any]:
        """Send a request and return its answer. Raises CommandError for a refusal, ConfigError when it falls silent."""
        self._socket.settimeout(patience)
        given = {name: value for name, value in fields.items() if value is not None}
        try:
            self._socket.sendall(json.dumps({"command": command, **given}).encode() + b"\n")
            while "ok" not in (answer := self._next()):
                self._early.append(answer)
        except OSError as error:
            raise ConfigError("control.silent", seconds=int(patience)) from error
        if not answer["ok"]:
            raise CommandError(answer["code"], **answer["values"])
        return answer

    def events(self) -> Iterator[dict[str, Any]]:
        """Yield events for ever; `ask("events")` must have been asked. Raises ConfigError when the assistant ends."""
        self._socket.settimeout(None)
        yield from self._early
        while True:
            yield self._next()

    def _next(self) -> dict[str, Any]:
        line = self._file.readline()
        if not line:
            raise ConfigError("control.ended")
        return dict(json.loads(line))


def running() -> Remote | None:
    """Connect to the running assistant; None when there is none. Raises ConfigError `control.forbidden`."""
    try:
        return Remote()
    except ConfigError as error:
        if error.code == "control.absent":
            return None
        raise
