"""The demo, run as a newcomer runs it: its own broker, its own speech, real files at the end."""

import json
import os
import subprocess
import sys
import wave
from pathlib import Path

import av
import pytest
from PIL import Image

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]


def demo(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "daemon", "demo", *map(str, arguments)]
    english = {**os.environ, "LC_ALL": "C.UTF-8"}
    return subprocess.run(command, env=english, capture_output=True, text=True, check=False, timeout=200)


def events(output: str) -> list[dict]:
    return [json.loads(line) for line in output.splitlines()]


def test_three_requests_become_a_picture_a_clip_and_spoken_answers(tmp_path):
    done = demo("--out", tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    (picture,) = tmp_path.glob("artifacts/*/*.png")
    (clip,) = tmp_path.glob("artifacts/*/*.mp4")
    with Image.open(picture) as image:
        assert image.size == (1024, 1024)
        assert image.text["Title"] == "a red fox in the snow"
    with av.open(str(clip)) as film:
        (stream,) = film.streams.video
        assert stream.codec_context.name == "h264"
        assert stream.average_rate == 24
        assert sum(1 for _ in film.decode(stream)) == 96
    replies = sorted(tmp_path.glob("replies/*.wav"))
    assert len(replies) == 5, "two acknowledgements, two results, the time"
    for path in replies:
        with wave.open(str(path)) as reply:
            assert reply.getnframes() / reply.getframerate() > 0.5
    for said in (
        "draw  prompt='a red fox in the snow'",
        "clip  prompt='a dog on the beach'",
        "It is ",
        "kombain/demo/",
    ):
        assert said in done.stdout


def test_json_tells_every_step(tmp_path):
    done = demo("--say", "hey jarvis, draw a green dragon over a castle", "--json", "--out", tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    kinds = [event["event_type"] for event in events(done.stdout)]
    steps = [
        "wake_word",
        "stt_partial",
        "stt_end",
        "intent_end",
        "job_changed",
        "artifact_ready",
        "tts_start",
        "tts_end",
    ]
    assert set(steps) <= set(kinds)
    assert kinds.index("wake_word") < kinds.index("stt_end") < kinds.index("intent_end") < kinds.index("tts_start")
    made = next(event for event in events(done.stdout) if event["event_type"] == "artifact_ready")
    assert Path(made["path"]).exists()


def test_a_request_that_is_none_ends_with_status_1(tmp_path):
    done = demo("--say", "hey jarvis, the little flower near the window", "--out", tmp_path)
    assert done.returncode == 1
    assert "was not understood" in " ".join(done.stdout.split())


def test_speech_without_the_wake_word_ends_with_status_1(tmp_path):
    done = demo("--say", "what time is it", "--out", tmp_path)
    assert done.returncode == 1
    assert "the wake word was not heard" in " ".join(done.stdout.split())


def test_a_recording_of_ones_own(tmp_path):
    recording = tmp_path / "request.wav"
    subprocess.run(
        ["espeak-ng", "-v", "en-gb", "-s", "150", "-w", recording, "hey jarvis, say good morning"], check=True
    )
    done = demo("--audio", recording, "--out", tmp_path / "out")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "good morning" in done.stdout


def test_three_russian_requests_are_heard_made_and_answered_in_russian(tmp_path):
    done = demo("--language", "ru", "--json", "--out", tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    told = events(done.stdout)
    assert [event["text"] for event in told if event["event_type"] == "stt_end"] == [
        "нарисуй рыжую лису в снегу",
        "сними ролик про собаку на пляже",
        "который час",
    ]
    assert {event["word"] for event in told if event["event_type"] == "wake_word"} == {"kombain_ru"}
    assert {event["language"] for event in told if event["event_type"] == "tts_start"} == {"ru"}
    (picture,) = tmp_path.glob("artifacts/*/*.png")
    assert len(list(tmp_path.glob("artifacts/*/*.mp4"))) == 1
    with Image.open(picture) as image:
        image.load()
        assert image.text["Title"] == "рыжую лису в снегу"


def test_a_language_that_speech_to_text_does_not_know_is_one_sentence(tmp_path):
    config = tmp_path / "config.yaml"
    config.write_text("stt: {engine: fake, fake: {languages: [en]}}\n")
    done = demo("--language", "ru", "--config", config, "--out", tmp_path / "out")
    assert done.returncode == 2
    assert "Whisper" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
