"""`kombain understand` as a user types it; the function itself, and once as a process."""

import json
import subprocess
import sys

import pytest

from daemon.cli.understand import understand
from daemon.errors import ConfigError


def test_json_is_one_line(capsys):
    understand("draw a picture of a red fox in the snow", "en", as_json=True)
    line = capsys.readouterr().out
    assert line.count("\n") == 1
    assert json.loads(line) == {
        "intent": "draw",
        "slots": {"prompt": "a red fox in the snow"},
        "language": "en",
        "plan": [
            {
                "action": "generate",
                "kind": "picture",
                "prompt": "a red fox in the snow",
                "language": "en",
                "source": None,
                "count": 1,
            }
        ],
    }


def test_the_language_is_guessed_from_the_letters(capsys):
    understand("нарисуй кота", as_json=True)
    assert json.loads(capsys.readouterr().out)["slots"] == {"prompt": "кота"}


def test_what_is_no_request_has_no_intent(capsys):
    understand("I drew a picture at school", "en", as_json=True)
    found = json.loads(capsys.readouterr().out)
    assert (found["intent"], found["plan"]) == (None, [{"action": "tell", "what": "not_understood"}])


def test_a_person_reads_a_table(capsys):
    understand("say \x1b[31mhello", "en")
    shown = capsys.readouterr().out
    assert "intent" in shown
    assert "hello" in shown
    assert "\x1b" not in shown


def test_a_language_that_is_not_ours():
    with pytest.raises(ConfigError, match="“de”") as caught:
        understand("halt", "de")
    assert caught.value.code == "cli.language"
    assert "Комбайн" in caught.value.text("ru")


@pytest.mark.slow
def test_as_a_process():
    command = [sys.executable, "-m", "daemon", "understand", "halt", "--language", "de"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert "Traceback" not in done.stderr
