"""The ears with their real engines on espeak-ng's speech, against the moments at which it was really spoken."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from daemon.audio.files import write_wav
from daemon.ears.child import Service
from daemon.workers.wire import Frame
from tests.ears.speech import RATE, Speech, pcm, room, say

pytestmark = pytest.mark.slow
VOICES = ("en-us", "en", "en-us+f2", "en-us+m3", "en-gb-x-rp")
BEFORE = 1.01
"""Seconds of quiet before each phrase; no multiple of a frame."""


@pytest.fixture
def listen(tmp_path: Path, fake_call: type[Any]):
    """Return what the ears tell of a sound."""

    def run(sound: np.ndarray[Any, Any]) -> Any:
        write_wav(tmp_path / "x.wav", pcm(sound), RATE)
        service = Service(
            {"ears": {"source": "file", "path": str(tmp_path / "x.wav"), "pace": 0}, "models": str(tmp_path)}
        )
        service.load()
        call = fake_call()
        service.run(call)
        return call

    return run


@pytest.mark.parametrize("voice", VOICES)
def test_three_requests_in_each_voice_wake_and_lose_nothing(listen, voice: str) -> None:
    spoken = [say("hey jarvis, draw a cat", voice, speed) for speed in (140, 160, 175)]
    call = listen(room(*[part for speech in spoken for part in (BEFORE, speech, 1.5)]))
    wakes, starts, ends = call.told("wake"), call.told("start"), call.told("end")
    assert (len(wakes), len(starts), len(ends)) == (3, 3, 3)
    begin = 0.0
    for speech, wake, start, end in zip(spoken, wakes, starts, ends, strict=True):
        begin += BEFORE
        phrase, command = begin + speech.end_of("s"), begin + speech.words[2]
        assert -0.2 < wake["t"] - phrase < 0.6
        assert abs(wake["end"] - phrase) < 0.35
        assert command - 1.0 < start["t"] < command
        assert start["t"] + start["lead"] > phrase - 0.05
        assert end["reason"] == "silence"
        assert end["t"] - (begin + len(speech.sound) / RATE) == pytest.approx(0.6, abs=0.2)
        begin += len(speech.sound) / RATE + 1.5


@pytest.mark.parametrize("command", ["draw a cat", "what time is it"])
def test_one_breath_without_any_pause_loses_nothing(listen, command: str) -> None:
    """Without the comma's pause the model itself misses some: what it hears must be whole."""
    heard = 0
    for voice in VOICES:
        speech = say(f"hey jarvis {command}", voice, 140)
        call = listen(room(BEFORE, speech, 1.5))
        if not call.told("wake"):
            continue
        heard += 1
        (start,), (end,) = call.told("start"), call.told("end")
        assert start["t"] < BEFORE + speech.words[2]
        given = b"".join(frame.body for frame in call.sent if frame.head["type"] == "audio")
        assert start["t"] + len(given) / 2 / RATE > BEFORE + len(speech.sound) / RATE
        assert end["reason"] == "silence"
    assert heard >= 4


@pytest.mark.parametrize("voice", VOICES)
def test_short_commands_end_properly(listen, voice: str) -> None:
    speech = say("hey jarvis, stop", voice)
    call = listen(room(BEFORE, speech, 2.0))
    (end,) = call.told("end")
    assert end["reason"] == "silence"
    assert end["t"] - (BEFORE + len(speech.sound) / RATE) == pytest.approx(0.6, abs=0.2)
    assert call.told("pause")


@pytest.mark.parametrize("voice", VOICES)
def test_the_wake_word_alone_waits_four_seconds_and_a_late_command_is_heard(listen, voice: str) -> None:
    wake, command = say("hey jarvis", voice), say("draw a cat", voice)
    assert [head["reason"] for head in listen(room(BEFORE, wake, 6.0)).told("end")] == ["nothing"]
    late = listen(room(BEFORE, wake, 2.5, command, 1.5))
    assert [head["reason"] for head in late.told("end")] == ["silence"]
    assert late.told("end")[0]["t"] > BEFORE + 2.5


def test_ready_again_at_once_after_a_turn(listen) -> None:
    wake, stop = say("hey jarvis"), say("stop")
    call = listen(room(BEFORE, wake, 0.3, stop, 0.75, wake, 0.3, stop, 1.5))
    assert len(call.told("wake")) == 2
    assert [head["reason"] for head in call.told("end")] == ["silence", "silence"]


def test_other_speech_and_music_wake_nothing(listen) -> None:
    texts = ("The quick brown fox jumps over the lazy dog", "I drew a picture at school today", "play some jazz for me")
    others = [part for voice in VOICES[:3] for text in texts for part in (say(text, voice), 0.7)]
    t = np.arange(5 * RATE) / RATE
    chord = Speech(0.1 * sum(np.sin(2 * np.pi * hz * t) for hz in (220, 277, 330, 440)), [], [])
    call = listen(room(*others, chord, 1.0))
    assert not call.told("wake")
    assert call.told("eof")[0]["t"] > 20


def heard_while_playing(
    tmp_path: Path, reply: Speech, user: Speech | None, delay: float, *, told_of: bool = True, echo: float = 0.5
) -> list[str]:
    """Return what the listener tells while the microphone hears the reply, softer and late, and perhaps a user."""
    service = Service({"ears": {"source": "file", "path": "x"}, "models": str(tmp_path)})
    service.load()
    listener = service._listener()
    sound = np.concatenate([np.zeros(round((1 + delay) * RATE)), echo * reply.sound, np.zeros(2 * RATE)])
    if user is not None:
        at = round((1 + delay + 0.5) * RATE)
        sound[at : at + len(user.sound)] += user.sound
    microphone = pcm(sound + np.random.default_rng(1).normal(0, 3e-4, len(sound)))
    played = pcm(reply.sound)
    told = []
    for at in range(0, len(microphone) - 2559, 2560):
        start = at - RATE * 2
        if told_of and 0 <= start < len(
            played
        ):  # the speaker takes a frame of the reply while we hear a frame of the room
            listener.command(Frame({"type": "playing", "rate": RATE}, played[start : start + 2560]))
        told += [report.head["type"] for report in listener.hear(microphone[at : at + 2560])]
    return [kind for kind in told if kind == "wake"]


REPLIES = ("just say hey jarvis, and ask me again", "my name is: hey jarvis")


@pytest.mark.parametrize("voice", VOICES)
def test_a_reply_with_the_wake_word_would_wake_ears_that_are_not_told_of_it(tmp_path: Path, voice: str) -> None:
    heard = [heard_while_playing(tmp_path, say(text, voice), None, 0.25, told_of=False) for text in REPLIES]
    assert ["wake"] in heard


@pytest.mark.parametrize("voice", VOICES[:3])
@pytest.mark.parametrize("delay", [0.0, 0.4])
@pytest.mark.parametrize("text", REPLIES)
def test_a_reply_that_contains_the_wake_word_starts_nothing(
    tmp_path: Path, voice: str, delay: float, text: str
) -> None:
    assert heard_while_playing(tmp_path, say(text, voice), None, delay) == []


@pytest.mark.parametrize("voice", VOICES)
def test_a_users_wake_word_over_another_reply_is_heard(tmp_path: Path, voice: str) -> None:
    reply = say("there are seven days in a week and twelve months in a year, as everybody knows", "en-us+f2")
    assert heard_while_playing(tmp_path, reply, say("hey jarvis", voice), 0.25, echo=0.1) == ["wake"]
