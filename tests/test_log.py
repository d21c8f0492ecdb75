"""Where records go, and what is in them."""

import logging
import os
import subprocess
import sys
import threading

import pytest

from daemon import log
from daemon.log import BACKLOG, MOST, WITHIN_S, Format, Journal, Writer


def record(text: str, level: int = logging.WARNING) -> logging.LogRecord:
    return logging.LogRecord("daemon.session", level, "/x/session.py", 12, text, (), None, "_fail")


@pytest.fixture
def turn():
    token = log.turn.set("t42")
    yield "t42"
    log.turn.reset(token)


def test_the_journal_gets_fields(turn):
    sent = []
    Journal(lambda text, **fields: sent.append((text, fields))).emit(record("the broker\x1b[31m is gone\nand more"))
    text, fields = sent[0]
    assert text == "the broker\\x1b[31m is gone\nand more"
    assert fields == {
        "PRIORITY": 4,
        "LOGGER": "daemon.session",
        "TURN": turn,
        "CODE_FILE": "/x/session.py",
        "CODE_LINE": 12,
        "CODE_FUNC": "_fail",
        "SYSLOG_IDENTIFIER": "kombain",
    }


def test_outside_a_turn_there_is_no_such_field():
    sent = []
    Journal(lambda _text, **fields: sent.append(fields)).emit(record("ready", logging.INFO))
    assert "TURN" not in sent[0]


def test_a_line_can_not_be_forged(turn):
    assert Format(journal=True).format(record("a\nb\x00")) == "<4>[t42] a\n<4>[t42] b\\x00"


@pytest.mark.slow
@pytest.mark.parametrize("told", ["nothing", "another stream", "this stream"])
def test_only_a_standard_error_that_systemd_reads_is_the_journal(tmp_path, told):
    with (tmp_path / "err").open("wb") as err:
        about = os.fstat(err.fileno())
        stream = {"another stream": "8:1", "this stream": f"{about.st_dev}:{about.st_ino}"}.get(told, "")
        code = (
            "import logging, systemd.journal as j; j.send = lambda t, **f: print('journal', t)\n"
            "from daemon import log; log.start('info'); logging.getLogger('x').info('hello')"
        )
        environment = {**os.environ, "JOURNAL_STREAM": stream}
        done = subprocess.run(
            [sys.executable, "-c", code], env=environment, stdout=subprocess.PIPE, stderr=err, text=True, check=True
        )
    assert (done.stdout, "hello" in (tmp_path / "err").read_text()) == (
        ("journal hello\n", False) if told == "this stream" else ("", True)
    )


class Reader(logging.Handler):
    """Keeps what it is given; while `open` is not set it does not come back."""

    def __init__(self):
        super().__init__()
        self.open = threading.Event()
        self.taken = threading.Event()
        self.lines = []

    def emit(self, record):
        self.taken.set()
        self.open.wait()
        self.lines.append(f"{log.turn.get()} {record.getMessage()}".strip())


def test_a_reader_who_stops_holds_nobody_up_and_what_he_missed_is_counted(turn):
    reader = Reader()
    writer = Writer(reader)
    writer.handle(record("first"))
    reader.taken.wait()
    for number in range(BACKLOG + 7):
        writer.handle(record(f"{number}"))
    reader.open.set()
    writer.flush()
    writer.handle(record("last"))
    writer.flush()
    assert reader.lines[:2] == ["t42 first", "t42 0"]
    assert reader.lines[-3:] == [f"t42 {BACKLOG - 1}", "t42 7 records were left out", "t42 last"]


def test_a_storm_is_cut_off_below_what_journald_keeps():
    now = 0.0
    reader = Reader()
    reader.open.set()
    writer = Writer(reader, clock=lambda: now)
    for number in range(MOST + 50):
        writer.handle(record(f"{number}"))
        if number % 500 == 0:
            writer.flush()
    writer.flush()
    assert len(reader.lines) == MOST
    now = WITHIN_S + 1
    writer.handle(record("calm"))
    writer.flush()
    assert reader.lines[-2:] == ["50 records were left out", "calm"]


def test_the_end_does_not_wait_for_ever(monkeypatch):
    monkeypatch.setattr(log, "LAST_WORDS_S", 0.01)
    reader = Reader()
    writer = Writer(reader)
    writer.handle(record("first"))
    writer.flush()
    assert reader.lines == []
    reader.open.set()
