"""`kombain setup`, by flags and by answers, with and without sound."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from daemon.config import load
from daemon.settings import merged
from tests.broker import broker, free_port
from tests.ears.speech import pcm, say
from tests.sound import sound_card

ROOT = Path(__file__).parents[2]


class Setup:
    """Runs the command in a home of its own."""

    def __init__(self, home: Path) -> None:
        self.path = home / ".config" / "kombain" / "config.yaml"
        self._home = home

    def start(self, *arguments: str, language: str = "C") -> subprocess.Popen[str]:
        own = {"HOME": str(self._home), "LC_ALL": f"{language}.UTF-8", "PYTHONPATH": str(ROOT)}
        environment = {name: value for name, value in os.environ.items() if not name.startswith("XDG_")} | own
        return subprocess.Popen(
            [sys.executable, "-m", "daemon", "setup", *arguments], text=True, env=environment, cwd=self._home,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip

    def __call__(self, *arguments: str, answers: str = "", language: str = "C") -> tuple[int, str, str]:
        process = self.start(*arguments, language=language)
        out, err = process.communicate(answers, timeout=90)
        assert "Traceback" not in err
        return process.returncode, out, err


@pytest.fixture
def setup(tmp_path) -> Setup:
    return Setup(tmp_path)


def test_what_stands_in_the_file_stays():
    before = "# mine\nlog: {level: debug}  # loud\nears:\n  device: old\n  pre_roll: 3.0\n"
    found = {"language": "ru", "ears": {"device": "USB"}, "mqtt": {"enabled": False}}
    after = merged(before, found, "en")
    assert after.startswith("# mine\nlog: {level: debug}  # loud\nears:\n  device: USB\n  pre_roll: 3.0\n")
    assert "# the MQTT broker; docs/mqtt.md\nmqtt:\n  enabled: false\n" in after


def test_a_new_file_explains_itself(tmp_path):
    path = tmp_path / "config.yaml"
    path.write_text(merged("", {"language": "ru", "speaker": {"output": "none"}}, "ru"))
    assert path.read_text().startswith("# Записано командой kombain setup.")
    assert load(path, {}).language == "ru"


@pytest.mark.slow
def test_by_flags_nothing_is_asked_and_everything_is_tested(setup, tmp_path):
    with broker(password="secret") as mosquitto:  # the user is "kombain"
        (tmp_path / "secret").write_text("secret")
        arguments = ["--yes", "--language", "ru", "--microphone", "none", "--speaker", "none", "--models", "none"]
        arguments += ["--broker", f"127.0.0.1:{mosquitto.port}", "--user", "kombain"]
        status, out, err = setup(*arguments, "--password-file", str(tmp_path / "secret"))
    assert (status, err) == (0, "")
    assert "Брокер нас пускает." in out, "from the first answer on it speaks the language that was chosen"
    found = load(setup.path, {})
    assert (found.language, found.speaker.output, found.mqtt.port) == ("ru", "none", mosquitto.port)
    assert list(found.ears.wake.options("openwakeword").words) == ["hey_jarvis", "kombain_ru"]
    assert setup.path.parent.stat().st_mode & 0o077 == 0


@pytest.mark.slow
def test_a_wrong_password_is_told_and_asked_again(setup):
    with broker(password="secret") as mosquitto:
        place = f"127.0.0.1:{mosquitto.port}"
        answers = f"en\n{place}\nkombain\nwrong\ny\n{place}\nkombain\nsecret\n"
        status, out, err = setup("--microphone", "none", "--speaker", "none", "--models", "none", answers=answers)
    assert status == 0, err
    assert "refuses" in err or "password" in err
    assert "The broker lets us in." in out
    kept = setup.path.with_name("mqtt-password")
    assert (kept.read_text(), kept.stat().st_mode & 0o077) == ("secret", 0)
    assert load(setup.path, {}).mqtt.password_file == kept
    assert "secret" not in setup.path.read_text()


@pytest.mark.slow
def test_without_devices_models_and_broker_it_still_ends_well(setup):
    with sound_card() as card:
        card.stop()  # the sound server is gone
        status, out, err = setup("--yes")
    assert status == 0
    assert "kombain models pull whisper-small piper-en-lessac" in out
    assert err == ""
    assert load(setup.path, {}).mqtt.enabled is False


@pytest.mark.slow
def test_microphone_and_speaker_are_tried_on_the_spot(setup, tmp_path):
    import wave

    wav = tmp_path / "said.wav"
    with wave.open(str(wav), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(16000)
        for _ in range(3):
            file.writeframes(bytes(64_000) + pcm(say("hey jarvis.", "en-us", 155).sound) + bytes(16_000))
    with sound_card() as card, card.record() as recording:
        process = setup.start("--models", "none", "--broker", "none")
        process.stdin.write("en\ndefault\n")
        process.stdin.flush()
        while not process.stderr.readline().startswith("Say the wake word"):
            pass
        card.speak(wav).wait()
        out, err = process.communicate("default\ny\n", timeout=60)
        recording.wait_for(1)
        heard = recording.sound()
    assert process.returncode == 0, err
    assert "hey_jarvis: heard" in out
    assert len(heard) > 48_000, "the speaker spoke"
    assert load(setup.path, {}).ears.device is None


@pytest.mark.slow
@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--language", "de"), "de"),
        (("--models", "whisper-huge"), "whisper-huge"),
        (("--microphone", "webcam"), "webcam"),
        (("--broker", "127.0.0.1:port"), "mqtt.port"),
        (("--broker", "127.0.0.1:99999"), "mqtt.port"),
    ],
)
def test_a_mistake_is_one_sentence(setup, arguments, told):
    given = dict(zip(("--speaker", "--models", "--broker", "--microphone"), ["none"] * 4, strict=True))
    given |= dict([arguments])
    with sound_card():
        status, _, err = setup("--yes", *(word for pair in given.items() for word in pair))
    assert told in err
    assert len(err.strip().splitlines()) == (2 if "mqtt" in told else 1), "the config's sentence, and the mistake"
    assert (status, setup.path.exists()) == ((0, True) if told == "webcam" else (2, False))


@pytest.mark.slow
def test_a_broker_that_is_not_there_is_told(setup):
    arguments = [
        "--microphone",
        "none",
        "--speaker",
        "none",
        "--models",
        "none",
        "--broker",
        f"127.0.0.1:{free_port()}",
    ]
    status, _, err = setup("--yes", *arguments)
    assert status == 0
    assert len(err.strip().splitlines()) == 1
