"""Records go to the journal where systemd reads us, else to standard error; the turn they belong to is in each."""

import logging
import os
import sys
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any

turn: ContextVar[str] = ContextVar("turn", default="")
"""The id of the turn that runs in this task."""

PRIORITY = {logging.DEBUG: 7, logging.INFO: 6, logging.WARNING: 4, logging.ERROR: 3, logging.CRITICAL: 2}


class Format(logging.Formatter):
    """One line a record: control characters are escaped, so that no text from outside can forge a line."""

    def __init__(self, *, journal: bool) -> None:
        super().__init__("%(message)s" if journal else "%(asctime)s %(levelname)-7s %(message)s", "%H:%M:%S")
        self._journal = journal

    def format(self, record: logging.LogRecord) -> str:
        """Return the record as one line, or several when it holds a traceback."""
        lines = super().format(record).split("\n")
        tag = f"[{turn.get()}] " if turn.get() else ""
        prefix = f"<{PRIORITY.get(record.levelno, 6)}>" if self._journal else ""
        return "\n".join(prefix + tag + printable(line) for line in lines)


class Journal(logging.Handler):
    """Sends records to journald with fields of their own: `journalctl TURN=…` shows one turn."""

    def __init__(self, send: Callable[..., Any]) -> None:
        super().__init__()
        self.setFormatter(logging.Formatter("%(message)s"))
        self._send = send

    def emit(self, record: logging.LogRecord) -> None:
        """Send a record; one that can't be sent must not stop what is logged."""
        try:
            fields = {"PRIORITY": PRIORITY.get(record.levelno, 6), "LOGGER": record.name, "CODE_FILE": record.pathname}
            if turn.get():
                fields["TURN"] = turn.get()
            text = "\n".join(map(printable, self.format(record).split("\n")))
            self._send(text, SYSLOG_IDENTIFIER="kombain", CODE_LINE=record.lineno, CODE_FUNC=record.funcName, **fields)
        except Exception:  # noqa: BLE001 - logging's own way with what goes wrong in it
            self.handleError(record)


def printable(line: str) -> str:
    """Return one line with its control characters escaped."""
    return "".join(sign if sign.isprintable() or sign == "\t" else ascii(sign)[1:-1] for sign in line)


def start(level: str) -> None:
    """Log from now on: to the journal where systemd started us, else to standard error, with times for a person."""
    handler = _handler(systemd=_read_by_systemd())
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)


def _read_by_systemd() -> bool:
    """Say whether standard error leads to the journal: a terminal that systemd started inherits the variable only."""
    try:
        about = os.fstat(2)
    except OSError:
        return False
    return os.environ.get("JOURNAL_STREAM") == f"{about.st_dev}:{about.st_ino}"


def _handler(*, systemd: bool) -> logging.Handler:
    if systemd:
        try:
            from systemd import journal
        except ImportError:  # its lines are read from standard error then, with priorities and without fields
            pass
        else:
            return Journal(journal.send)
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Format(journal=systemd))
    return handler
