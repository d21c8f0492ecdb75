"""The commands that steer a running assistant, as a user types them."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = [pytest.mark.slow, pytest.mark.timeout(120)]
CONFIG = """
state: {folder}/state
ears: {{source: pipe, path: {folder}/microphone}}
speaker: {{output: file}}
stt: {{engine: fake}}
mqtt: {{enabled: false}}
"""


class House:
    """A running assistant; called with arguments it runs `kombain` beside it."""

    def __init__(self, folder: Path) -> None:
        self.config = folder / "config.yaml"
        self.config.write_text(CONFIG.format(folder=folder))
        self._folder = folder
        self._environment = {**os.environ, "XDG_RUNTIME_DIR": str(folder), "HOME": str(folder), "LC_ALL": "C.UTF-8"}
        run = [sys.executable, "-m", "daemon", "run", "--config", str(self.config)]
        self.process = subprocess.Popen(
            run, env=self._environment, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
        )

    def __call__(self, *arguments: str, language: str = "C") -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "daemon", *arguments]
        spoken = {**self._environment, "LC_ALL": f"{language}.UTF-8", "PYTHONPATH": str(Path(__file__).parents[2])}
        return subprocess.run(
            command, env=spoken, capture_output=True, text=True, check=False, timeout=60, cwd=self._folder
        )

    def log_until(self, end: str) -> None:
        """Read the log up to a line that ends so."""
        assert self.process.stderr is not None
        log = []
        for line in self.process.stderr:
            log.append(line)
            if line.rstrip().endswith(end):
                return
        raise AssertionError("".join(log))


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    """An assistant that hears silence."""
    folder = tmp_path_factory.mktemp("house")
    os.mkfifo(folder / "microphone")
    with (folder / "microphone").open("r+b", buffering=0):  # nobody speaks
        made = House(folder)
        with made.process:
            made.log_until("ready")
            yield made
            made.process.send_signal(signal.SIGTERM)
            assert "Traceback" not in made.process.stderr.read()
            assert made.process.wait(10) == 0
    assert not (folder / "kombain" / "control.sock").exists()


def test_status(house):
    told = house("status")
    assert (told.returncode, told.stderr) == (0, "")
    assert "volume 80" in told.stdout
    assert "громкость 80" in house("status", language="ru_RU").stdout
    assert json.loads(house("status", "--json").stdout)["muted"] is False


def test_say_waits_for_the_end(house):
    told = house("say", "good morning")
    assert (told.returncode, told.stdout, told.stderr) == (0, "good morning\n", "")


def test_ask_tells_the_answer(house):
    told = house("ask", "what time is it")
    assert told.returncode == 0
    assert told.stdout.startswith("It is ")
    assert house("ask", "который час").stdout.startswith("Сейчас ")
    assert house("repeat").stdout.startswith("Сейчас ")


def test_a_picture_is_made_by_the_assistant_copied_and_shown(house, tmp_path):
    out = tmp_path / "fox.png"
    told = house("draw", "a red fox in the snow", "--out", str(out))
    assert told.returncode == 0, told.stderr
    assert out.read_bytes().startswith(b"\x89PNG")
    assert told.stdout.splitlines()[-1] == str(out)
    shown = house("show").stdout.strip()
    assert Path(shown).read_bytes() == out.read_bytes()


def test_the_same_text_and_seed_is_answered_from_the_gallery(house, tmp_path):
    first = house("draw", "a green house", "--seed", "7").stdout.splitlines()[-1]
    began = Path(first).stat().st_mtime_ns
    again = house("draw", "a green house", "--seed", "7")
    assert (again.returncode, again.stdout.splitlines()[-1]) == (0, first)
    assert Path(first).stat().st_mtime_ns == began
    other = house("draw", "a green house", "--seed", "8").stdout.splitlines()[-1]
    assert house("draw", "a green house").stdout.splitlines()[-1] not in {first, other}
    refused = house("draw", "a house", "--image", str(tmp_path / "absent.png"))
    assert (refused.returncode, len(refused.stderr.strip().splitlines())) == (1, 1)


def test_the_gallery_of_a_running_assistant(house, tmp_path):
    assert house("draw", "a blue house").returncode == 0
    (found,) = json.loads(house("gallery", "search", "blue", "houses", "--json").stdout)
    assert Path(found["thumbnail"]).read_bytes().startswith(b"\xff\xd8")
    assert house("gallery", "open").stdout.strip() == found["path"]
    assert house("gallery", "export", found["id"], str(tmp_path / "out")).returncode == 0
    assert (tmp_path / "out" / "a-blue-house.png").read_bytes() == Path(found["path"]).read_bytes()
    assert house("gallery", "delete", "last", "--yes").stdout == "1 thing is deleted.\n"
    assert not Path(found["path"]).exists()
    assert found["id"] not in house("gallery", "list", "--json").stdout
    refused = house("gallery", "delete", found["id"], "--yes")
    assert (refused.returncode, len(refused.stderr.strip().splitlines())) == (1, 1)
    assert house("show").stdout.strip() != found["path"]


def test_a_question_of_its_own_is_told_too(house):
    told = house("ask", "draw")
    assert (told.returncode, told.stdout) == (0, "What shall I draw?\n")


def test_what_cannot_be_made_is_told_with_status_1(house):
    told = house("draw", " ")
    assert told.returncode == 1
    assert "needs a text" in told.stderr


def test_what_is_not_being_made_cannot_be_cancelled(house):
    assert house("cancel").stdout == "There is nothing to cancel.\n"
    told = house("cancel", "nope", language="ru_RU")
    assert (told.returncode, told.stderr) == (1, "Задания «nope» нет ни в очереди, ни в работе.\n")


def test_volume_and_mute(house):
    assert house("volume", "30").returncode == 0
    assert house("volume", "+5").returncode == 0
    assert house("mute").returncode == 0
    found = json.loads(house("status", "--json").stdout)
    assert (found["volume"], found["muted"]) == (35, True)
    assert house("mute", "off").returncode == 0
    wrong = house("volume", "loud")
    assert wrong.returncode == 1
    assert len(wrong.stderr.strip().splitlines()) == 1


def test_a_changed_config_is_taken_up(house):
    before = house.config.read_text()
    assert house("reload").stdout == "Nothing has changed.\n"
    house.config.write_text(before.replace("output: file", "output: file, volume: 55"))
    assert house("reload", language="ru_RU").stdout == "Применено: speaker.\n"
    assert json.loads(house("status", "--json").stdout)["volume"] == 55
    house.config.write_text(before + "sstt: {}\n")
    told = house("reload")
    assert (told.returncode, told.stdout) == (1, "")
    assert "sstt" in told.stderr
    assert "stt" in told.stderr
    house.config.write_text(before)
    house.process.send_signal(signal.SIGHUP)
    house.log_until("reloaded: speaker")
    assert json.loads(house("status", "--json").stdout)["volume"] == 80


def test_a_second_assistant_refuses_to_start(house, tmp_path):
    config = tmp_path / "config.yaml"
    config.write_text(f"state: {tmp_path}/other\nmqtt: {{enabled: false}}\n")
    told = house("run", "--config", str(config))
    assert told.returncode == 2
    assert "running already" in told.stderr
    assert "Traceback" not in told.stderr


def test_without_an_assistant(tmp_path, monkeypatch, capsys):
    from daemon.__main__ import main

    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    monkeypatch.setattr("daemon.__main__._sigterm_as_interrupt", list)
    for arguments, status, out, err in (
        (["stop"], 2, "", "No assistant is running"),
        (["ask", "what time is it"], 0, "It is ", "done here, once"),
        (["ask", "mute"], 2, "", "needs a running assistant"),
    ):
        monkeypatch.setattr("sys.argv", ["kombain", *arguments])
        with pytest.raises(SystemExit) as ended:
            main()
        told = capsys.readouterr()
        assert (ended.value.code or 0) == status
        assert told.out.startswith(out)
        assert err in told.err
