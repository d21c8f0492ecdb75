"""The real daemon on a virtual sound card: spoken to by espeak-ng, heard from its speaker, watched on a real broker."""

import json
import os
import queue
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

from tests.broker import Watcher, broker, watcher
from tests.sound import SPEAKER_RATE, SoundCard, sound_card

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

VOICES = ("en-us", "en-gb", "en-gb-scotland", "en-us+f2")
SPEED = "155"
REQUESTS = {
    "draw a picture of a red fox in the snow": ("draw", "red fox snow"),
    "make a clip of a dog on the beach": ("clip", "dog beach"),
    "what time is it": ("time", "time"),
    "draw a green dragon over a castle": ("draw", "green dragon castle"),
    "stop": ("stop", "stop"),
    "turn it up": ("volume_up", "up"),
    "say good morning": ("say", "good morning"),
    "what is the date today": ("date", "date today"),
    "cancel that": ("cancel", "cancel"),
    "repeat that": ("repeat", "repeat"),
    "help": ("help", "help"),
    "make a video of a rocket and the moon": ("clip", "rocket moon"),
}
RUSSIAN_VOICES = ("ru", "ru+f2", "ru+m3")
RUSSIAN_REQUESTS = {
    "нарисуй рыжую лису в снегу": ("draw", "рыжую лису снегу"),
    "сними ролик про собаку на пляже": ("clip", "собаку пляже"),
    "который час": ("time", "час"),
    "нарисуй зеленого дракона над замком": ("draw", "зеленого дракона замком"),
    "стоп": ("stop", "стоп"),
    "сделай громче": ("volume_up", "громче"),
    "скажи доброе утро": ("say", "доброе утро"),
    "какое сегодня число": ("date", "число"),
    "повтори": ("repeat", "повтори"),
    "сделай видео про ракету и луну": ("clip", "ракету луну"),
}
ID = "kombain/test"


def shared(requests: dict, voices: tuple[str, ...], voice: str) -> dict:
    """Return the half of the requests that this voice speaks: the two halves by turns, so that all are spoken."""
    return dict(list(requests.items())[voices.index(voice) % 2 :: 2])


def spoken(text: str, voice: str, folder: Path) -> Path:
    path = folder / f"{abs(hash((text, voice)))}.wav"
    command = ["espeak-ng", "-v", voice, "-s", SPEED, "-w", str(path), "--stdin"]
    subprocess.run(command, input=text.encode(), check=True)
    return path


@pytest.fixture(scope="module")
def card() -> Iterator[SoundCard]:
    with sound_card() as made:
        yield made


@contextmanager
def house(folder: Path, extra: str = "") -> Iterator[Watcher]:
    """Run `kombain run` with default ears and speaker and a broker of its own; yields a watcher of the broker."""
    with broker() as made:
        yield from _house(made.port, folder, extra)


def _house(port: int, folder: Path, extra: str) -> Iterator[Watcher]:
    config = folder / "config.yaml"
    config.write_text(f"state: {folder}/state\nmqtt: {{port: {port}, id: test}}\n{extra}")
    environment = {**os.environ, "XDG_RUNTIME_DIR": str(folder)}
    log = (folder / "log").open("wb")
    with watcher(port) as seen:
        process = subprocess.Popen(
            [sys.executable, "-m", "daemon", "run", "--config", str(config)],
            env=environment, stdout=log, stderr=log,
        )  # fmt: skip
        try:
            seen.until(f"{ID}/state", b"idle", timeout=30)
            assert process.poll() is None, (folder / "log").read_text()
            yield seen
        finally:
            process.send_signal(signal.SIGTERM)
            status = process.wait(timeout=10)
            log.close()
        seen.until(f"{ID}/status", b"offline", timeout=10)
        assert status == 0, (folder / "log").read_text()
        assert "Traceback" not in (folder / "log").read_text()


def event(seen: Watcher, kind: str, timeout: float = 20) -> dict:
    """Wait for an event of this kind; the failure names those that came instead."""
    others = []
    try:
        while True:
            body = json.loads(seen.until(f"{ID}/event", timeout=timeout))
            if body["event_type"] == kind:
                return body
            others.append(body)
    except queue.Empty:
        raise AssertionError(f"no {kind} within {timeout} s, but {others}") from None


@pytest.fixture(scope="module")
def listener(card, tmp_path_factory):
    """A house that hears and understands; its replies are silent, so that many requests fit in."""
    folder = tmp_path_factory.mktemp("listener")
    with house(folder, "speaker: {output: none}\npicture: {engine: fake}\nclip: {engine: fake}\n") as seen:
        yield seen


def understood(
    card: SoundCard, seen: Watcher, folder: Path, voice: str, wake: str, requests: dict, *, repeats: int = 0
) -> int:
    """Speak the requests; each must be understood, in the voice's language. Return how many kept all content words.

    What did not wake may be said again, `repeats` times in all: `kombain_ru` misses a few of a hundred (docs/wake.md).
    """
    wrong, right_words = [], 0
    for text, (intent, words) in requests.items():
        card.speak(spoken(f"{wake}, {text}", voice, folder)).wait()
        try:
            event(seen, "wake_word", timeout=3)
        except AssertionError:
            repeats -= 1
            assert repeats >= 0, f"“{wake}” before “{text}” did not wake"
            card.speak(spoken(f"{wake}, {text}", voice, folder)).wait()
            event(seen, "wake_word", timeout=3)
        heard = event(seen, "stt_end")
        found = event(seen, "intent_end")
        if (found.get("intent"), heard["language"]) != (intent, voice[:2]):
            wrong.append((text, heard["text"], heard["language"], found.get("intent")))
        right_words += set(words.split()) <= set(heard["text"].split())
    assert wrong == []
    return right_words


@pytest.mark.parametrize("voice", VOICES)
def test_spoken_requests_are_understood(card, listener, tmp_path, voice):
    requests = shared(REQUESTS, VOICES, voice)
    right_words = understood(card, listener, tmp_path, voice, "hey jarvis", requests)
    assert right_words >= 4, f"{right_words} of {len(requests)} with the right content words"


@pytest.fixture(scope="module")
def russian_listener(card, tmp_path_factory):
    """A house that waits for «эй, комбайн»; silent too."""
    folder = tmp_path_factory.mktemp("russian")
    words = "ears: {wake: {openwakeword: {words: {kombain_ru: {}}}}}\nlanguage: ru\n"
    fakes = "speaker: {output: none}\npicture: {engine: fake}\nclip: {engine: fake}\n"
    with house(folder, words + fakes) as seen:
        yield seen


@pytest.mark.parametrize("voice", RUSSIAN_VOICES)
def test_russian_requests_are_understood(card, russian_listener, tmp_path, voice):
    requests = shared(RUSSIAN_REQUESTS, RUSSIAN_VOICES, voice)
    right_words = understood(card, russian_listener, tmp_path, voice, "эй, комбайн", requests, repeats=1)
    assert right_words >= 4, f"{right_words} of {len(requests)} with the right content words"


@pytest.fixture
def talker(card, tmp_path):
    """A house that answers aloud."""
    with house(tmp_path) as seen:
        yield seen


def test_the_answer_is_heard_from_the_speaker(card, talker, tmp_path):
    with card.record() as recording:
        card.speak(spoken("hey jarvis, say good morning", "en-gb", tmp_path)).wait()
        event(talker, "tts_end")
    reply = recording.sound(300)
    # the wake earcon, a pause while the user speaks, and some 0.7 s of speech
    assert 0.5 * SPEAKER_RATE < len(reply) < 6 * SPEAKER_RATE
    retained = talker.all_retained()
    assert json.loads(retained[f"{ID}/reply"])["text"] == "good morning"
    assert json.loads(retained[f"{ID}/transcript"])["text"] == "say good morning"
    assert retained[f"{ID}/state"] == b"idle"
    assert retained[f"{ID}/status"] == b"online"
    assert f"{ID}/event" not in retained


def test_a_picture_from_the_first_word_to_the_file(card, talker, tmp_path):
    card.speak(spoken("hey jarvis, draw a green dragon over a castle", "en-gb", tmp_path)).wait()
    made = event(talker, "artifact_ready", timeout=60)
    assert made["meta"]["prompt"] == "a green dragon over a castle"
    assert Path(made["path"]).read_bytes().startswith(b"\x89PNG")
    ends = [event(talker, "tts_end") for _ in range(1)]
    assert "sketch" in ends[0]["text"]


def test_it_hears_while_every_core_has_two_other_things_to_do(card, talker, tmp_path):
    busy = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(2 * (os.cpu_count() or 1))]
    try:
        card.speak(spoken("hey jarvis, draw a red fox in the snow", "en-us", tmp_path)).wait()
        made = event(talker, "artifact_ready", timeout=90)
    finally:
        for one in busy:
            one.kill()
            one.wait()
    assert made["meta"]["prompt"] == "a red fox in the snow"


def loudness(recording, begin: float, end: float) -> float:
    part = recording.samples[int(begin * SPEAKER_RATE) : int(end * SPEAKER_RATE)].astype(float)
    return float(np.sqrt(np.mean(part**2))) if len(part) else 0.0


def test_a_wake_word_over_a_reply_stops_it_within_300_ms(card, talker, tmp_path):
    talker.publish(f"{ID}/say/set", "one two three four five six seven eight nine ten " * 3)
    event(talker, "tts_start")
    with card.record() as recording:
        recording.wait_for(1.0)
        card.speak(spoken("hey jarvis", "en-gb", tmp_path)).wait()
        woken = event(talker, "wake_word")
        silent_since = len(recording.samples) / SPEAKER_RATE - (time.time() - woken["at"])
        ended = event(talker, "tts_end")
        recording.wait_for(silent_since + 1.5)
    assert ended["stopped"]
    assert loudness(recording, 0.5, silent_since - 0.1) > 500, "it was speaking until then"
    # after the earcon (0.25 s at most, and it may begin late) nothing is heard any more
    assert loudness(recording, silent_since + 0.8, silent_since + 1.5) < 100
    reply_after = loudness(recording, silent_since + 0.3, silent_since + 0.35)
    assert reply_after < loudness(recording, 0.5, silent_since - 0.1)


def test_its_own_voice_saying_the_wake_word_wakes_nothing(card, talker, tmp_path):
    """The speaker is looped into the microphone; a user's wake word over another reply is still heard."""
    with looped(card, 100):
        talker.publish(f"{ID}/say/set", "hey jarvis. and again: hey jarvis, what time is it")
        event(talker, "tts_start")
        event(talker, "tts_end", timeout=30)
    with looped(card, 40):
        talker.publish(f"{ID}/say/set", "one two three four five six seven eight nine ten " * 2)
        seen = []
        while True:
            body = json.loads(talker.until(f"{ID}/event"))
            seen.append(body["event_type"])
            if body["event_type"] == "tts_start":
                break
        assert "wake_word" not in seen
        card.speak(spoken("hey jarvis", "en-gb", tmp_path)).wait()
        event(talker, "wake_word")
        assert event(talker, "tts_end")["stopped"]


@contextmanager
def looped(card: SoundCard, percent: int) -> Iterator[None]:
    """What the speaker plays is heard by the microphone, so loud, as across a room."""
    command = [
        "pactl",
        "load-module",
        "module-loopback",
        "source=speaker.monitor",
        "sink=microphone",
        "latency_msec=60",
    ]
    made = subprocess.run(command, check=True, capture_output=True, text=True)
    inputs = subprocess.run(["pactl", "list", "sink-inputs", "short"], check=True, capture_output=True, text=True)
    (loop,) = [line.split()[0] for line in inputs.stdout.splitlines() if "module-loopback" in line]
    subprocess.run(["pactl", "set-sink-input-volume", loop, f"{percent}%"], check=True)
    try:
        yield
    finally:
        subprocess.run(["pactl", "unload-module", made.stdout.strip()], check=True)


def test_mute_ends_the_process_that_holds_the_microphone(card, talker, tmp_path):
    def ears() -> list[str]:
        found = subprocess.run(["pactl", "list", "source-outputs", "short"], capture_output=True, text=True, check=True)
        return [line for line in found.stdout.splitlines() if "module-" not in line]

    before = ears()  # another house of this module may hold the microphone too
    assert before
    talker.publish(f"{ID}/mute/set", "ON")
    talker.until(f"{ID}/state", b"muted")
    deadline = time.monotonic() + 5
    while len(ears()) == len(before) and time.monotonic() < deadline:
        pass
    assert len(ears()) == len(before) - 1
    talker.publish(f"{ID}/mute/set", "OFF")
    talker.until(f"{ID}/state", b"idle")
    card.speak(spoken("hey jarvis, what time is it", "en-gb", tmp_path)).wait()
    assert event(talker, "intent_end")["intent"] == "time"
