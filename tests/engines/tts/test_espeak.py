import os
import stat
import time

import numpy as np
import pytest

from daemon.engines.tts.espeak import Engine
from daemon.errors import EngineError

pytestmark = pytest.mark.slow


def program(folder, monkeypatch, script):
    """Put a program called espeak-ng, with a body of our own, first on the path."""
    path = folder / "espeak-ng"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")


def test_without_the_program_it_says_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    assert Engine.missing(Engine.Options(), models=tmp_path) == "engine.no_espeak"
    with pytest.raises(EngineError, match="apt-get install espeak-ng"):
        Engine(Engine.Options(), models=tmp_path).load()
    with pytest.raises(EngineError, match="apt-get install espeak-ng"):
        list(Engine(Engine.Options(), models=tmp_path).speak("hello", "en"))


def test_an_unknown_voice_is_named(tmp_path):
    with pytest.raises(EngineError, match="klingon-xx"):
        Engine(Engine.Options(voices={"en": "klingon-xx"}), models=tmp_path).load()


def test_a_program_that_hangs_is_given_up(tmp_path, monkeypatch):
    program(tmp_path, monkeypatch, "exec sleep 60")
    begun = time.monotonic()
    with pytest.raises(EngineError) as caught:
        list(Engine(Engine.Options(timeout=0.2), models=tmp_path).speak("hello", "en"))
    assert caught.value.code == "engine.espeak_failed"
    assert time.monotonic() - begun < 10


def test_a_program_that_fails_is_reported(tmp_path, monkeypatch):
    program(tmp_path, monkeypatch, "exit 7")
    with pytest.raises(EngineError, match="status 7"):
        list(Engine(Engine.Options(), models=tmp_path).speak("hello", "en"))


def test_leaving_early_ends_the_program(tmp_path, monkeypatch):
    program(tmp_path, monkeypatch, f"echo $$ > {tmp_path}/pid; head -c 200000 /dev/zero > {tmp_path}/zeros; "
            f"printf 'RIFF0000WAVEfmt 00000000\\104\\254\\000\\000'; cat {tmp_path}/zeros; exec sleep 60")  # fmt: skip
    speaking = Engine(Engine.Options(), models=tmp_path).speak("hello", "en")
    assert next(speaking).rate == 44_100
    speaking.close()
    pid = int((tmp_path / "pid").read_text())
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_speed_and_pitch_are_heard(tmp_path):
    def length(**options):
        return sum(
            len(piece.pcm) for piece in Engine(Engine.Options(**options), models=tmp_path).speak("One two", "en")
        )

    assert length(speed=100) > 1.3 * length(speed=200)


def test_a_shell_means_nothing_to_it(tmp_path):
    engine = Engine(Engine.Options(), models=tmp_path)
    pieces = list(engine.speak(f"$(touch {tmp_path}/x) `touch {tmp_path}/y`; touch {tmp_path}/z", "en"))
    assert np.frombuffer(b"".join(piece.pcm for piece in pieces), "<i2").any()
    assert list(tmp_path.iterdir()) == []
