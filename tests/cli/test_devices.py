"""`kombain devices` and `kombain mic-test`, without devices and with a virtual sound card."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from daemon.audio.devices import Device, chosen, devices
from tests.ears.speech import pcm, say
from tests.sound import sound_card


class PortAudio:
    class default:  # noqa: N801 - sounddevice's name
        device = (2, 1)

    @staticmethod
    def query_devices():
        names = ("USB Microphone: Audio (hw:3,0)", "HDMI 1 (hw:0,3)", "default")
        channels = ((2, 0), (0, 8), (32, 32))
        return [
            {"index": at, "name": name, "max_input_channels": ins, "max_output_channels": outs,
             "default_samplerate": 48000.0}
            for at, (name, (ins, outs)) in enumerate(zip(names, channels, strict=True))
        ]  # fmt: skip


def test_names_are_without_the_number_that_changes():
    assert devices(PortAudio, "usb", "") == [
        Device("microphone", "USB Microphone: Audio", 2, 48000, default=False, used=True),
        Device("microphone", "default", 32, 48000, default=True, used=False),
        Device("speaker", "HDMI 1", 8, 48000, default=True, used=True),
        Device("speaker", "default", 32, 48000, default=False, used=False),
    ]


@pytest.mark.parametrize(
    ("wanted", "found"), [(None, 7), ("mic", 3), ("MIC 2", 5), ("5", 5), ("webcam", None), ("mic 2 (hw:1,0)", None)]
)
def test_a_device_is_meant_by_number_name_or_part_of_it(wanted, found):
    assert chosen({3: "Mic", 5: "Mic 2", 7: "Line"}, wanted, 7) == found


def test_without_a_default_it_is_the_first():
    assert chosen({3: "Mic", 5: "Line"}, None, -1) == 3
    assert chosen({}, None, -1) is None


def kombain(*arguments, **environment):
    return subprocess.run(
        [sys.executable, "-m", "daemon", *arguments], capture_output=True, text=True, check=False, timeout=60,
        env={**os.environ, "LC_ALL": "C.UTF-8", **environment}, cwd=Path(__file__).parents[2],
    )  # fmt: skip


@pytest.fixture
def wav(tmp_path):
    import wave

    path = tmp_path / "said.wav"
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(16000)
        file.writeframes(pcm(say("hey jarvis, what time is it", "en-us", 155).sound))
    return path


@pytest.mark.slow
def test_a_virtual_sound_card_is_listed_and_its_microphone_heard(wav, tmp_path):
    config = tmp_path / "config.yaml"
    config.write_text("{}\n")
    with sound_card() as card:
        found = json.loads(kombain("devices", "--json", "--config", str(config)).stdout)
        assert {one["kind"] for one in found if one["used"]} == {"microphone", "speaker"}
        told = kombain("devices", "--config", str(config), LC_ALL="ru_RU.UTF-8")
        assert "микрофон" in told.stdout
        testing = subprocess.Popen(
            [sys.executable, "-m", "daemon", "mic-test", "--seconds", "6", "--config", str(config)],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env={**os.environ, "LC_ALL": "C.UTF-8"},
            cwd=Path(__file__).parents[2],
        )  # fmt: skip
        assert "Say the wake word" in testing.stderr.readline()
        for _ in range(2):
            card.speak(wav).wait()
        out, err = testing.communicate(timeout=30)
    assert "Heard: hey_jarvis" in err
    assert "hey_jarvis: heard" in out


@pytest.mark.slow
def test_what_is_wrong_is_said_with_status_1(tmp_path):
    (tmp_path / "silence").write_bytes(bytes(16000 * 2 * 2))
    config = tmp_path / "config.yaml"
    config.write_text("ears: {source: pipe, path: '-'}\n")
    with (tmp_path / "silence").open("rb") as silence:
        done = subprocess.run(
            [sys.executable, "-m", "daemon", "mic-test", "--json", "--config", str(config)], stdin=silence,
            capture_output=True, text=True, check=False, timeout=60, cwd=Path(__file__).parents[2],
        )  # fmt: skip
    assert done.returncode == 1
    assert json.loads(done.stdout)["troubles"] == ["silent"]


@pytest.mark.slow
def test_without_a_microphone_it_is_one_sentence(tmp_path):
    config = tmp_path / "config.yaml"
    config.write_text("ears: {device: nowhere}\n")
    with sound_card():
        done = kombain("mic-test", "--config", str(config))
    assert done.returncode == 1
    assert "no microphone called “nowhere”" in done.stderr
    assert "Traceback" not in done.stderr
