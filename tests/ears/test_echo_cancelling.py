"""The line of docs/sound.md for PulseAudio, in a virtual room: a speaker that its microphone hears."""

import re
import subprocess
import wave
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from daemon.types import RATE
from tests.ears.speech import pcm, say
from tests.sound import SoundCard, sound_card

pytestmark = pytest.mark.slow
REPLY = "The picture of a red fox in the snow is ready. What shall I draw next? A house, a tree, or a ship on the sea."
ROOM = ("module-loopback", "source=speaker.monitor", "sink=microphone", "latency_msec=50")


def documented() -> list[str]:
    text = (Path(__file__).parents[2] / "docs" / "sound.md").read_text("utf-8")
    line = re.search(r"^load-module (module-echo-cancel .*)$", text, re.MULTILINE)
    assert line is not None
    words = re.findall(r'\w+="[^"]*"|\S+', line[1])
    return [*words, "source_master=ear", "sink_master=speaker"]  # there is more than one of each here


def heard(card: SoundCard, wav: Path, *, microphone: str, speaker: str) -> float:
    """Play into a speaker; return the level, dB, at which a microphone hears the second half of it."""
    environment = card._env()
    recording = subprocess.Popen(
        ["parec", f"--device={microphone}", f"--rate={RATE}", "--channels=1", "--format=s16le", "--raw"],
        env=environment, stdout=subprocess.PIPE,
    )  # fmt: skip
    assert recording.stdout is not None
    recording.stdout.read(RATE // 5)  # it runs
    with ThreadPoolExecutor() as beside:
        reading = beside.submit(recording.stdout.read)
        subprocess.run(["paplay", f"--device={speaker}", str(wav)], env=environment, check=True)
        recording.terminate()
        data = reading.result()
    recording.communicate()
    sound = np.frombuffer(data[: len(data) // 2 * 2], "<i2").astype(float)
    return float(20 * np.log10(np.sqrt(np.mean(sound[len(sound) // 2 :] ** 2)) / 32768 + 1e-9))


def test_our_own_voice_is_15_db_softer(tmp_path):
    wav = tmp_path / "reply.wav"
    with wave.open(str(wav), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(pcm(say(REPLY, "en-us", 155).sound))
    with sound_card() as card:
        for module in (ROOM, documented()):
            subprocess.run(["pactl", "load-module", *module], env=card._env(), check=True, stdout=subprocess.DEVNULL)
        echo = heard(card, wav, microphone="ear", speaker="speaker")
        cancelled = heard(card, wav, microphone="ear_clean", speaker="speaker_clean")
    assert echo > -45, "the room works"
    assert cancelled < echo - 15
