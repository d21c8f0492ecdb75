"""What a user types wrongly at the command line: one sentence in the user's language, status 2, nothing written."""

import sys

import pytest

from daemon.__main__ import main

pytestmark = pytest.mark.slow


@pytest.fixture
def kombain(monkeypatch, capsys, tmp_path):
    """Run the command line in this process, in an empty home; return (status, output, errors)."""
    monkeypatch.chdir(tmp_path)
    for name in ("XDG_DATA_HOME", "XDG_CONFIG_HOME"):
        monkeypatch.setenv(name, str(tmp_path / "home"))
    monkeypatch.setattr("daemon.__main__._sigterm_as_interrupt", list)  # the signals are the test runner's

    def run(*arguments, language="en"):
        monkeypatch.setenv("LC_ALL", f"{language}.UTF-8")
        monkeypatch.setattr(sys, "argv", ["kombain", *arguments])
        with pytest.raises(SystemExit) as left:
            main()
        output, errors = capsys.readouterr()
        return left.value.code or 0, output, errors

    return run


@pytest.mark.parametrize(
    ("arguments", "english", "russian"),
    [
        (["drew", "a", "fox"], "There is no command “drew”", "Команды «drew» нет"),
        (["draw", "a", "red", "fox", "--out", "x.png"], "“red fox” is too much", "«red fox» здесь лишнее"),
        (["draw", "fox", "--ot", "x.png"], "There is no option --ot", "Параметра --ot нет"),
        (["draw"], "PROMPT is missing", "Не хватает PROMPT"),
        (["draw", "fox", "--out"], "--out needs a value", "--out нужно значение"),
        (["draw", "fox", "--out", "x.png", "--seed", "many"], "The value of --seed", "Значение --seed"),
        (["transcribe"], "FILE is missing", "Не хватает FILE"),
        (["listen", "x.wav", "--pace", "1000"], "The value of --pace", "Значение --pace"),
        (["transcribe", "x.wav", "--json=5"], "--json", "--json"),
        (["understand", "hi", "--language", "de"], "“de”", "«de»"),
        (["draw", "fox", "--out", "x.jpg"], "must end in .png", "оканчиваться на .png"),
        (["draw", "fox", "--out", "absent/x.png"], "absent/x.png", "absent/x.png"),
        (["wake", "train"], "PHRASES is missing", "Не хватает PHRASES"),
        (["wake", "train", ""], "no wake phrase", "нет фразы пробуждения"),
        (["wake", "train", "hey 2"], "has digits", "цифры"),
        (["wake", "train", "hey 😀"], "emoji", "эмодзи"),
        (["wake", "train", "hey"], "too short", "слишком короткая"),
        (["wake", "train", "hey there", "--language", "xx"], "“xx”", "«xx»"),
        (["wake", "train", "hey there", "--language", "--bad"], "“--bad”", "«--bad»"),
        (["wake", "train", "hey there", "--name", "../x"], "“../x”", "«../x»"),
        (["wake", "train", "hey jarvis"], "built-in", "встроенного"),
        (["wake", "train", "hey there", "--quick", "--minutes", "3"], "only one of them", "только один"),
        (["wake", "train", "hey there", "--minutes", "0"], "The value of --minutes", "Значение --minutes"),
        (["demo", "--language", "de"], "“de”", "«de»"),
        (["demo", "--say", "hey jarvis", "--mic", "--out", "."], "only one of them", "только один"),
    ],
)
def test_a_wrong_command_line_is_one_sentence(kombain, tmp_path, arguments, english, russian):
    for language, sentence in (("en", english), ("ru", russian)):
        status, output, errors = kombain(*arguments, language=language)
        assert (status, output) == (2, "")
        assert sentence in errors
        assert errors.count("\n") == 1
    left = [path for path in tmp_path.rglob("*") if "pulse" not in path.parts and path.name != "home"]
    assert left == []  # espeak-ng, which is asked for its voices, leaves a folder of PulseAudio's


def test_without_a_command_the_help_is_shown(kombain):
    status, output, errors = kombain()
    assert (status, errors) == (0, "")
    assert "transcribe" in output


def test_a_name_cannot_send_the_terminal_commands(kombain):
    _, _, errors = kombain("transcribe", "a\x1b[31m.wav")
    assert "\x1b" not in errors
    assert "a\\x1b[31m.wav" in errors


@pytest.mark.parametrize("text", ["", "   ", "\n", "!!!", "x" * 10_000, "a \x1b[31m\x07 fox \x01", "😀🦊", "a\udcff"])
def test_whatever_is_typed_is_understood_or_not(kombain, text):
    status, output, errors = kombain("understand", text, "--json")
    assert (status, errors) == (0, "")
    assert '"intent": null' in output


@pytest.mark.parametrize(("language", "sentence"), [("en", "can't be written"), ("ru", "не записать")])
def test_a_folder_that_can_not_be_written_is_told_before_the_training(kombain, tmp_path, language, sentence):
    (tmp_path / "file").write_text("")
    status, output, errors = kombain("wake", "train", "hey there", "--out", str(tmp_path / "file"), language=language)
    assert (status, output) == (1, "")
    assert sentence in errors


def test_without_espeak_nothing_can_be_trained(kombain, monkeypatch, tmp_path):
    from daemon.wakewords import voices

    voices._accents.cache_clear()
    monkeypatch.setattr(voices, "PROGRAM", "no-such-espeak")
    status, _, errors = kombain("wake", "train", "hey there")
    assert (status, errors.count("\n")) == (1, 1)
    assert "espeak-ng is not here" in errors
