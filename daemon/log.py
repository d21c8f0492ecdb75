"""Records go to the journal where systemd reads us, else to standard error; the turn they belong to is in each.

A thread writes them: whoever reads too slowly, or no more, never holds up what is logged. What he can't take, and what
comes faster than journald would keep, is left out and counted.
"""

import logging
import os
import queue
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from contextvars import Context, ContextVar, copy_context
from typing import Any

turn: ContextVar[str] = ContextVar("turn", default="")
"""The id of the turn that runs in this task."""

PRIORITY = {logging.DEBUG: 7, logging.INFO: 6, logging.WARNING: 4, logging.ERROR: 3, logging.CRITICAL: 2}

BACKLOG = 1000
"""Records that may wait to be written."""
MOST, WITHIN_S = 5000, 30.0
"""So many records are kept in so many seconds: journald itself drops all of a service's beyond 10,000 in 30 s."""
LAST_WORDS_S = 1.0
"""How long the end of the process waits for what is still to be written."""


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


class Lines(logging.Handler):
    """Writes lines to standard error itself: `sys.stderr` has a lock, which a reader who stops would keep for ever."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write a record; waits for the reader."""
        left = (self.format(record) + "\n").encode(errors="replace")
        with suppress(OSError):  # nobody reads it any more
            while left:
                left = left[os.write(2, left) :]


class Writer(logging.Handler):
    """Hands records to a thread that writes them with `target`: `emit` never waits."""

    def __init__(self, target: logging.Handler, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._target = target
        self._clock = clock
        self._waiting: queue.Queue[tuple[Context, logging.LogRecord]] = queue.Queue(BACKLOG)
        self._left_out = 0
        self._window, self._kept = clock(), 0
        threading.Thread(target=self._write, name="log", daemon=True).start()

    def emit(self, record: logging.LogRecord) -> None:
        """Take a record, or count it when there are too many."""
        now = self._clock()
        if now - self._window > WITHIN_S:
            self._window, self._kept = now, 0
        try:
            if self._kept >= MOST:
                raise queue.Full  # noqa: TRY301 - too many at once and too many in all end alike
            if self._left_out:
                self._put(_gap(self._left_out))
                self._left_out = 0
            self._put(record)
        except queue.Full:
            self._left_out += 1

    def flush(self) -> None:
        """Wait until all is written, but not for long: called at the end of the process."""
        with self._waiting.all_tasks_done:
            self._waiting.all_tasks_done.wait_for(lambda: not self._waiting.unfinished_tasks, LAST_WORDS_S)

    def _put(self, record: logging.LogRecord) -> None:
        self._waiting.put_nowait((copy_context(), record))
        self._kept += 1

    def _write(self) -> None:
        while True:
            context, record = self._waiting.get()
            context.run(self._target.emit, record)  # without its lock, which the end of the process wants
            self._waiting.task_done()


def _gap(count: int) -> logging.LogRecord:
    return logging.LogRecord(__name__, logging.WARNING, __file__, 0, "%d records were left out", (count,), None)


def printable(line: str) -> str:
    """Return one line with its control characters escaped."""
    return "".join(sign if sign.isprintable() or sign == "\t" else ascii(sign)[1:-1] for sign in line)


def start(level: str) -> None:
    """Log from now on: to the journal where systemd started us, else to standard error, with times for a person."""
    handler = Writer(_handler(systemd=_read_by_systemd()))
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
    handler = Lines()
    handler.setFormatter(Format(journal=systemd))
    return handler
