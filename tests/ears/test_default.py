"""The default microphone changes while we listen: what follows it is the sound server, and we must let it."""

import subprocess
import wave

import numpy as np
import pytest

from daemon.ears.mic import Microphone
from daemon.types import RATE
from tests.sound import sound_card

OTHER = (
    ("load-module", "module-null-sink", "sink_name=headset", f"rate={RATE}", "channels=1", "norewinds=1"),
    ("load-module", "module-remap-source", "master=headset.monitor", "source_name=headset_ear", "channels=1"),
    ("set-default-source", "headset_ear"),
)
LOUD = 2000
FRAMES = 125
"""Ten seconds."""


@pytest.mark.slow
def test_a_new_default_microphone_is_heard_without_a_restart(tmp_path):
    tone = (8000 * np.sin(np.arange(8 * RATE) * 2 * np.pi * 440 / RATE)).astype("<i2")
    with wave.open(str(tmp_path / "tone.wav"), "wb") as file:
        file.setparams((1, 2, RATE, 0, "NONE", ""))
        file.writeframes(tone.tobytes())
    with sound_card(), Microphone(None) as microphone:
        heard = (piece for piece in microphone if isinstance(piece, bytes))
        assert not loud(next(heard))
        for command in OTHER:
            subprocess.run(["pactl", *command], check=True, capture_output=True)
        with subprocess.Popen(["paplay", "--device=headset", str(tmp_path / "tone.wav")]) as player:
            assert any(loud(frame) for _, frame in zip(range(FRAMES), heard, strict=False))
            player.kill()


def loud(frame: bytes) -> bool:
    return int(np.abs(np.frombuffer(frame, "<i2").astype(np.int32)).max()) > LOUD
