"""`kombain config`, as a user runs it."""

import json

import pytest

from daemon.__main__ import main


@pytest.fixture
def kombain(monkeypatch, capsys, tmp_path):
    monkeypatch.setattr("daemon.__main__._sigterm_as_interrupt", list)  # the signals are the test runner's
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)

    def run(*arguments: str, language: str = "en") -> tuple[int, str, str]:
        monkeypatch.setenv("LC_ALL", f"{language}.UTF-8")
        monkeypatch.setattr("sys.argv", ["kombain", "config", *arguments])
        with pytest.raises(SystemExit) as ended:
            main()
        said = capsys.readouterr()
        return int(ended.value.code or 0), said.out, said.err

    return run


def test_without_a_file_the_defaults_count(kombain):
    status, out, _ = kombain("check")
    assert (status, "no config file" in out) == (0, True)
    assert "нет" in kombain("check", language="ru")[1]
    assert "port: 1883" in kombain("show")[1]


def test_a_wrong_file_is_told_with_its_lines_and_status_2(kombain, tmp_path):
    path = tmp_path / "mine.yaml"
    path.write_text("mqtt:\n  prot: 1\nlanguage: fr\n")
    status, out, err = kombain("check", str(path))
    assert (status, out) == (2, "")
    assert "line 2: there is no setting “mqtt.prot”; did you mean “port”?" in err
    assert "line 3" in err


def test_what_is_changed_can_be_read_back_as_a_config(kombain, tmp_path):
    path = tmp_path / "mine.yaml"
    path.write_text("mqtt: {host: example.net, password: hush}\n")
    status, out, _ = kombain("show", "--changed", "--config", str(path))
    assert status == 0
    assert str(path) in out.splitlines()[0]
    assert "host: example.net" in out
    assert "hush" not in out
    shown = kombain("show", "--json", "--config", str(path))[1]
    assert json.loads(shown)["mqtt"]["host"] == "example.net"


def test_the_users_own_file_is_found(kombain, tmp_path):
    path = tmp_path / ".config" / "kombain" / "config.yaml"
    path.parent.mkdir(parents=True)
    path.write_text("language: ru\n")
    assert str(path) in kombain("check")[1]


def test_the_schema_is_json(kombain):
    assert json.loads(kombain("schema")[1])["$schema"].startswith("https://json-schema.org/")
