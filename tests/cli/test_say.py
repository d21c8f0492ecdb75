"""`kombain say` as a user types it."""

import subprocess
import sys
import wave
from pathlib import Path

import numpy as np
import pytest

from tests.sound import SPEAKER_RATE, sound_card

pytestmark = pytest.mark.slow
ROOT = Path(__file__).parents[2]


@pytest.fixture
def kombain(tmp_path, monkeypatch):
    """Run the command in an empty home; return (status, output, errors)."""
    for name in ("XDG_DATA_HOME", "XDG_CONFIG_HOME"):
        monkeypatch.setenv(name, str(tmp_path / "home"))
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.setenv("LC_ALL", "C.UTF-8")

    def run(*arguments):
        command = [sys.executable, "-m", "daemon", "say", *arguments]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False)
        return done.returncode, done.stdout, done.stderr

    return run


def samples(path):
    with wave.open(str(path)) as file:
        return np.frombuffer(file.readframes(file.getnframes()), "<i2"), file.getframerate()


@pytest.mark.parametrize("text", ["The light is on.", "Свет включён."])
def test_a_text_becomes_a_file(kombain, tmp_path, text):
    status, output, errors = kombain(text, "--out", "x.wav")
    assert (status, errors) == (0, "")
    assert "x.wav" in output
    assert "espeak" in output
    sound, rate = samples(tmp_path / "x.wav")
    assert 0.5 < len(sound) / rate < 5
    assert np.abs(sound.astype(int)).max() > 3000


def test_without_a_file_it_is_played(kombain):
    with sound_card() as card, card.record() as recording:
        status, output, _ = kombain("Hello there.")
        recording.wait_for(len(recording.samples) / SPEAKER_RATE + 0.3)
    assert status == 0, output
    assert len(recording.sound()) > 0.4 * SPEAKER_RATE


def test_without_a_sound_card_it_says_so_in_one_sentence(kombain):
    with sound_card() as card:
        card.stop()
        status, _, errors = kombain("Hello there.")
    assert status == 1
    assert errors.strip().splitlines()[-1].startswith("There is no sound card")
    assert "Traceback" not in errors


@pytest.mark.parametrize(
    ("arguments", "status", "sentence"),
    [
        (("hi", "--language", "de", "--out", "x.wav"), 2, "de"),
        (("hi", "--engine", "piper", "--out", "x.wav"), 1, "models pull piper"),
        (("hi", "--engine", "nonsense", "--out", "x.wav"), 1, "nonsense"),
        (("hi", "--out", "/dev/null/x.wav"), 1, "/dev/null/x.wav"),
    ],
)
def test_a_mistake_is_one_sentence_and_no_file(kombain, tmp_path, arguments, status, sentence):
    got, _, errors = kombain(*arguments)
    assert got == status
    assert sentence in errors
    assert len(errors.strip().splitlines()) == 1
    assert not list(tmp_path.glob("*.wav"))


def test_nothing_to_say_is_said(kombain, tmp_path):
    status, output, _ = kombain("😀", "--out", "x.wav")
    assert status == 0
    assert "nothing to say" in output
    assert not (tmp_path / "x.wav").exists()


def test_ten_thousand_characters_and_controls_are_spoken_in_bounds(kombain, tmp_path):
    status, _, errors = kombain("word \x1b[31m\x07" * 1500, "--out", "x.wav")
    assert (status, errors) == (0, "")
    sound, rate = samples(tmp_path / "x.wav")
    assert 30 < len(sound) / rate < 600
