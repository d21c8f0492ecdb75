"""Where records go, and what is in them."""

import logging
import os
import subprocess
import sys

import pytest

from daemon import log
from daemon.log import Format, Journal


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
