"""Records go to standard error with a journal priority; the turn they belong to is in each of them."""

import logging
import os
import sys
from contextvars import ContextVar

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


def printable(line: str) -> str:
    """Return one line with its control characters escaped."""
    return "".join(sign if sign.isprintable() or sign == "\t" else ascii(sign)[1:-1] for sign in line)


def start(level: str) -> None:
    """Log to standard error from now on: with priorities where systemd reads it, with times where a person does."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Format(journal="JOURNAL_STREAM" in os.environ))
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
