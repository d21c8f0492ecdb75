from pathlib import Path
from typing import Any

import pytest

from daemon.audio.files import write_wav
from daemon.ears.child import Service
from daemon.engines.wake.fake import spoken
from daemon.errors import AudioError, EngineError, WorkerError
from daemon.workers.wire import Frame


def service(models: Path, **ears: Any) -> Service:
    options = {"source": "file", "pace": 0, "wake": {"engine": "fake"}, "vad": {"engine": "fake"}, **ears}
    return Service({"ears": options, "models": str(models)})


@pytest.fixture
def recording(tmp_path: Path, voice: bytes, quiet: bytes) -> str:
    phrase = [*[voice] * 8, spoken(0.9), *[quiet] * 3, *[voice] * 10, *[quiet] * 20]
    write_wav(tmp_path / "x.wav", b"".join([*[quiet] * 20, *phrase, *[quiet] * 20, *phrase]), 16000)
    return str(tmp_path / "x.wav")


def test_a_recording_is_heard_to_its_end(tmp_path, recording, fake_call) -> None:
    ears = service(tmp_path, path=recording)
    assert ears.load() == {"words": ["hey_jarvis"], "source": "file"}
    call = fake_call()
    ears.run(call)
    assert [head["type"] for head in call.told("wake", "start", "end", "eof")] == ["wake", "start", "end"] * 2 + ["eof"]
    assert call.told("eof")[0]["t"] == pytest.approx(124 * 0.08)


def test_scores_are_told_only_to_who_wants_them(tmp_path, recording, fake_call) -> None:
    ears = service(tmp_path, path=recording)
    ears.load()
    told, spared = fake_call(), fake_call(scores=False)
    ears.run(told)
    ears.run(spared)
    assert told.told("score")
    assert spared.sent == [frame for frame in told.sent if frame.head["type"] != "score"]


def test_every_call_begins_anew(tmp_path, recording, fake_call) -> None:
    ears = service(tmp_path, path=recording)
    ears.load()
    first, second = fake_call(), fake_call()
    ears.run(first)
    ears.run(second)
    assert first.sent == second.sent


def test_commands_of_main_are_obeyed_while_listening(tmp_path, recording, fake_call) -> None:
    def drop(call, frame) -> None:
        if frame.head["type"] == "start":
            call.inbox.append(Frame({"type": "drop"}))

    ears = service(tmp_path, path=recording)
    ears.load()
    call = fake_call(drop)
    ears.run(call)
    assert len(call.told("start")) == 2
    assert not call.told("end")
    assert len(call.told("audio")) == 2


def test_a_cancelled_call_ends_within_a_frame(tmp_path, recording, fake_call) -> None:
    def cancel(call, frame) -> None:
        if frame.head["type"] == "wake":
            call.cancelled.set()

    ears = service(tmp_path, path=recording)
    ears.load()
    call = fake_call(cancel)
    ears.run(call)
    assert len(call.told("wake")) == 1
    assert len(call.told("audio")) == 1
    assert not call.told("eof")


def test_a_recording_that_is_none_is_an_audio_error(tmp_path, fake_call) -> None:
    ears = service(tmp_path, path=str(tmp_path))
    ears.load()
    with pytest.raises(AudioError, match="is a folder"):
        ears.run(fake_call())


def test_an_unknown_op_is_refused(tmp_path, recording, fake_call) -> None:
    ears = service(tmp_path, path=recording)
    ears.load()
    with pytest.raises(WorkerError):
        ears.run(fake_call(op="sing"))


def test_a_wake_word_without_a_model_fails_at_load(tmp_path) -> None:
    ears = service(tmp_path, path="x", wake={"engine": "openwakeword", "openwakeword": {"words": {"computer": {}}}})
    with pytest.raises(EngineError) as caught:
        ears.load()
    assert caught.value.code == "wake.no_model"
    assert "computer" in caught.value.text("ru")
