"""Everything done wrong to the real thing: bad files, missing parts, killed and frozen workers, signals.

Each ends with one clear sentence, no traceback, no hang, nothing half-written, and the next request works.
"""

import asyncio
import contextlib
import json
import os
import queue
import signal
import struct
import subprocess
import sys
import threading
import time
import wave
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from daemon.__main__ import main
from daemon.demo.person import Person, speech
from daemon.scene import glyphs
from tests.broker import Watcher, broker, watcher
from tests.sound import sound_card

pytestmark = [pytest.mark.slow, pytest.mark.timeout(60)]
ID = "kombain/test"
KOMBAIN = [sys.executable, "-m", "daemon"]
WORKERS = {"stt", "tts", "mouth", "picture", "clip", "ears"}
LOST_FONT = Path("/nowhere/font.ttf")


# one command in this process


@pytest.fixture
def kombain(monkeypatch, capfd, tmp_path):
    """Run a command in an empty home; return (status, output, errors), the stand-in's notice left out."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    monkeypatch.setattr("daemon.__main__._sigterm_as_interrupt", list)  # the signals are the test runner's

    def run(*arguments):
        monkeypatch.setattr(sys, "argv", ["kombain", *map(str, arguments)])
        with pytest.raises(SystemExit) as left:
            main()
        output, errors = capfd.readouterr()
        said = [line for line in errors.splitlines() if "stand-in" not in line]
        return left.value.code or 0, output, "\n".join(said)

    return run


def wav(path: Path, data: bytes, *, kind: int = 1, channels: int = 1, rate: int = 16_000, bits: int = 16) -> Path:
    """Write a WAV file of any format, true or not."""
    block = channels * bits // 8
    form = struct.pack("<HHIIHH", kind, channels, rate, rate * block & 0xFFFFFFFF, block, bits)
    body = b"WAVEfmt " + struct.pack("<I", len(form)) + form + b"data" + struct.pack("<I", len(data)) + data
    path.write_bytes(b"RIFF" + struct.pack("<I", len(body)) + body)
    return path


BAD_RECORDINGS: dict[str, tuple[Callable[[Path], object], str]] = {
    "missing": (lambda path: None, "There is no file"),
    "folder": (lambda path: path.mkdir(), "is a folder"),
    "pipe": (os.mkfifo, "is a device or pipe"),
    "empty": (lambda path: path.touch(), "is empty"),
    "text": (lambda path: path.write_text("not a sound"), "is not a recording"),
    "noise": (lambda path: path.write_bytes(bytes(range(256)) * 99), "is not a recording"),
    "without sound": (lambda path: wav(path, b""), "holds no sound"),
    "truncated": (lambda path: path.write_bytes(wav(path, bytes(9000)).read_bytes()[:5000]), "is cut short"),
    "header only": (lambda path: path.write_bytes(wav(path, bytes(9000)).read_bytes()[:30]), "is cut short"),
    "no channels": (lambda path: wav(path, bytes(9000), channels=0), "is damaged"),
    "no rate": (lambda path: wav(path, bytes(9000), rate=0), "is damaged"),
    "mad rate": (lambda path: wav(path, bytes(9000), rate=4_000_000_000), "is damaged"),
}


@pytest.mark.parametrize(
    "command", [["transcribe"], ["listen"], ["demo", "--out", "made", "--audio"]], ids=lambda c: c[0]
)
@pytest.mark.parametrize("name", BAD_RECORDINGS)
def test_a_bad_recording_is_one_sentence(kombain, tmp_path, command, name):
    make, sentence = BAD_RECORDINGS[name]
    make(tmp_path / "bad.wav")
    status, output, errors = kombain(*command, "bad.wav")
    assert (status, output) == (1, "")
    assert sentence in errors
    assert "“bad.wav”" in errors
    assert "\n" not in errors


def sox(path: Path, *form: str) -> Path:
    """Say "what time is it" to a file of that form."""
    said = wav(path.with_name("said.wav"), bytes(16_000) + speech("what time is it", "en") + bytes(32_000))
    subprocess.run(["sox", said, *form, path], check=True)
    return path


FORMS = {
    "8 bit": ["-b", "8", "-e", "unsigned"],
    "44.1 kHz stereo": ["-r", "44100", "-c", "2"],
    "24 bit": ["-b", "24"],
    "float": ["-b", "32", "-e", "float"],
}


@pytest.mark.parametrize("form", FORMS)
def test_every_usual_recording_is_heard(kombain, tmp_path, form):
    status, output, errors = kombain("transcribe", sox(tmp_path / "x.wav", *FORMS[form]))
    assert (status, errors) == (0, "")
    assert "what time is it" in output


def test_what_may_not_be_read_is_told(tmp_path):
    """Root may read everything, so that it gives its rights away first."""
    rights = ["setpriv", "--inh-caps=-all", "--bounding-set=-all"] if os.geteuid() == 0 else []
    closed = tmp_path / "closed"
    closed.write_text("log: {level: info}\n")
    closed.chmod(0)
    for arguments, status, sentence in (
        (["transcribe", str(closed)], 1, "Permission denied"),
        (["transcribe", "x.wav", "--config", str(closed)], 2, "Permission denied"),
    ):
        sound = wav(tmp_path / "x.wav", bytes(32_000))
        done = subprocess.run(
            [*rights, *KOMBAIN, *arguments], cwd=sound.parent, env=environment(tmp_path),
            capture_output=True, text=True, check=False, timeout=60,
        )  # fmt: skip
        assert (done.returncode, done.stdout) == (status, "")
        assert sentence in done.stderr
        assert done.stderr.count("\n") == 1


@pytest.mark.parametrize("command", ["draw", "clip"])
def test_without_the_font_nothing_is_drawn(kombain, tmp_path, monkeypatch, command):
    monkeypatch.setattr(glyphs, "USUAL", LOST_FONT)
    monkeypatch.setattr(glyphs, "FOLDERS", ())
    status, _, errors = kombain(command, "a fox", "--out", "x.png" if command == "draw" else "x.mp4")
    assert status == 1
    notice, sentence = errors.splitlines()
    assert "done here, once" in notice
    assert "apt-get install fonts-noto-color-emoji" in sentence
    assert list(tmp_path.glob("*x*")) == []


@pytest.mark.parametrize("arguments", [["say", "hi", "--out", "x.wav"], ["demo", "--out", "made"]], ids=lambda a: a[0])
def test_without_espeak_nothing_is_said(kombain, tmp_path, monkeypatch, arguments):
    monkeypatch.setenv("PATH", str(tmp_path))
    status, _, errors = kombain(*arguments)
    assert status == 1
    assert "apt-get install espeak-ng" in errors
    assert "\n" not in errors
    assert list(tmp_path.rglob("*.wav")) == []


def test_a_demo_without_words_is_refused(kombain):
    status, output, errors = kombain("demo", "--say", "", "--out", "made")
    assert (status, output) == (1, "")
    assert "give --say some words" in errors


def test_a_demo_without_a_microphone_ends(kombain):
    with sound_card() as card:
        card.stop()
        status, _, errors = kombain("demo", "--mic", "--out", "made", "--json")
    assert status == 1
    assert errors.splitlines()[-1].startswith("There is no microphone")
    assert "Traceback" not in errors


def test_a_damaged_wake_model_whisper_and_voice_are_told(kombain, tmp_path):
    models = tmp_path / "home" / "kombain" / "models"
    for folder in ("wake", "piper", "small"):
        (models / folder).mkdir(parents=True)
    (models / "wake" / "hello.tflite").write_bytes(b"junk")
    (models / "piper" / "en_US-x.onnx").write_bytes(b"junk")
    (models / "piper" / "en_US-x.onnx.json").write_text("{")
    for name in ("config.json", "tokenizer.json", "vocabulary.json", "model.bin"):
        (models / "small" / name).write_text("{}")
    sound = wav(tmp_path / "x.wav", bytes(32_000))
    config = tmp_path / "config.yaml"
    config.write_text("ears: {wake: {openwakeword: {words: {hello: {}}}}}\nstt: {engine: faster_whisper}\n")
    named = ["--config", config]
    for arguments, sentence in (
        (["transcribe", sound, *named], "Whisper model in"),
        (["say", "hi", "--engine", "piper", "--out", "x.wav"], "Piper voice"),
    ):
        status, output, errors = kombain(*arguments)
        assert (status, output) == (1, "")
        assert sentence in errors
        assert "\n" not in errors
    config.write_text("ears: {wake: {openwakeword: {words: {hello: {}}}}}\n")
    status, output, errors = kombain("listen", sound, *named)
    assert (status, output) == (1, "")
    assert "hello.tflite” of “hello” is damaged" in errors
    assert kombain("say", "hi", "--out", "said.wav")[0] == 0, "espeak-ng speaks where the voice can't"
    assert kombain("transcribe", sound)[0] == 0, "the stand-in hears where the Whisper can't"


# the running assistant


def environment(folder: Path) -> dict[str, str]:
    root = Path(__file__).parents[2]
    home = {name: str(folder / "home") for name in ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_RUNTIME_DIR")}
    return {**os.environ, **home, "PYTHONPATH": str(root), "LC_ALL": "C.UTF-8"}


def children(pid: int) -> dict[str, int]:
    """Return the workers of a running Kombain by name, with whatever else it has started."""
    found = {}
    for number in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
        with contextlib.suppress(OSError, IndexError):  # it may have ended just now
            found[Path(f"/proc/{number}/cmdline").read_bytes().split(b"\0")[-2].decode()] = int(number)
    return found


def until(condition: Callable[[], object], seconds: float = 10) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not come to that"
        time.sleep(0.01)  # what is waited for lies outside this process


class House:
    """`kombain run` with a pipe for a microphone, into which a person speaks, and a broker."""

    def __init__(self, folder: Path, port: int, seen: Watcher) -> None:
        self.folder = folder
        self.seen = seen
        self._fifo = folder / "microphone"
        os.mkfifo(self._fifo)
        self._person = Person(self._fifo)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._live, name="person", daemon=True)
        self._thread.start()
        config = folder / "config.yaml"
        config.write_text(
            f"state: {folder}/state\nmqtt: {{port: {port}, id: test}}\nspeaker: {{output: file}}\n"
            f"ears: {{source: pipe, path: {self._fifo}}}\nclip: {{sketch: {{side: 256, seconds: 2}}}}\n"
        )
        self.command = [*KOMBAIN, "run", "--config", str(config)]
        self.log = folder / "log"
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(self.command, env=environment(folder), stdout=log, stderr=log)
        self.seen.until(f"{ID}/state", b"idle", timeout=30)
        until(lambda: set(children(self.process.pid)) >= WORKERS)

    def _live(self) -> None:
        self._speaking = self._loop.create_task(self._person.run())
        with contextlib.closing(self._loop):
            self._loop.run_until_complete(asyncio.wait([self._speaking]))
            for task in (left := asyncio.all_tasks(self._loop)):
                task.cancel()
            if left:
                self._loop.run_until_complete(asyncio.wait(left))

    def close(self) -> None:
        """End it the hard way, if it has not ended, and let the person go."""
        self.process.kill()
        self.process.wait()
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._speaking.cancel)
            self._thread.join()

    def say(self, text: str) -> None:
        """Begin to speak."""
        asyncio.run_coroutine_threadsafe(self._person.say(speech(text, "en") + bytes(32_000)), self._loop)

    def command_(self, name: str, payload: str | bytes) -> None:
        self.seen.publish(f"{ID}/{name}/set", payload)

    def event(self, kind: str, /, timeout: float = 40, **values: object) -> dict:
        """Wait for an event of this kind with these values."""
        others = []
        end = time.monotonic() + timeout
        while True:
            try:
                body = json.loads(self.seen.until(f"{ID}/event", timeout=end - time.monotonic()))
            except queue.Empty:
                raise AssertionError(f"no {kind} {values}, but {others}") from None
            if body["event_type"] == kind and all(body.get(key) == value for key, value in values.items()):
                return body
            others.append(body)

    def works(self) -> None:
        """Ask for the time and get it."""
        self.say("hey jarvis, what time is it")
        assert self.event("intent_end")["intent"] == "time"
        assert self.event("tts_end")["text"].startswith("It is")

    def end(self, number: int = signal.SIGTERM) -> str:
        """End it; return its log. Nobody is left behind."""
        workers = children(self.process.pid)
        began = time.monotonic()
        self.process.send_signal(number)
        assert self.process.wait(timeout=10) == 0, self.log.read_text()
        assert time.monotonic() - began < 10
        self.seen.until(f"{ID}/status", b"offline", timeout=10)
        until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in workers.values()))
        assert "Traceback" not in self.log.read_text()
        assert [path for path in self.folder.rglob("*") if "part" in path.suffix] == []
        return self.log.read_text()


@contextlib.contextmanager
def running(folder: Path) -> Iterator[House]:
    with broker() as made, watcher(made.port) as seen:
        house = House(folder, made.port, seen)
        try:
            yield house
        finally:
            house.close()


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    """One assistant to which everything is done; at the end it must still end well."""
    with running(tmp_path_factory.mktemp("house")) as made:
        yield made
        made.end()


def kill(house: House, name: str, number: int = signal.SIGKILL) -> int:
    pid = children(house.process.pid)[name]
    os.kill(pid, number)
    return pid


def replaced(house: House, name: str, pid: int, seconds: float = 10) -> None:
    until(lambda: children(house.process.pid).get(name, pid) != pid, seconds)


def test_a_generator_killed_mid_job_does_the_job_once(house):
    house.command_("clip", json.dumps({"text": "a dog on the beach", "id": "once"}))
    job = house.event("job_changed", kind="clip", state="running")["job"]
    house.event("job_changed", job=job, progress=0.05)
    replaced(house, "clip", kill(house, "clip"))
    made = house.event("artifact_ready")
    assert made["job"] == job
    assert house.event("tts_end")["text"].startswith("The animated sketch")
    clips = list((house.folder / "state").rglob("*.mp4"))
    assert clips == [Path(made["path"])]
    assert clips[0].stat().st_size > 10_000


def test_speech_to_text_killed_mid_turn_is_said_aloud(house):
    house.say("hey jarvis, draw a picture of a red fox in the snow")
    house.event("stt_partial")
    pid = kill(house, "stt")
    assert house.event("error")["code"] == "worker.died"
    assert house.event("tts_end")["text"].startswith("Something went wrong. The worker “stt” died")
    replaced(house, "stt", pid)
    house.seen.until(f"{ID}/state", b"idle")
    house.works()


@pytest.mark.parametrize("name", ["tts", "mouth"])
def test_a_voice_killed_mid_reply_is_replaced(house, name):
    house.command_("say", "one two three four five six seven. " * 50)
    house.event("tts_start")
    kill(house, name)
    assert house.event("error")["code"] == "worker.died"
    assert house.event("tts_end")["stopped"]
    house.command_("say", "good morning")
    assert not house.event("tts_end", text="good morning")["stopped"]
    assert list((house.folder / "state").rglob("*.part")) == []


def test_ears_killed_while_listening_hear_again(house):
    house.say("hey jarvis, draw a picture of a red fox in the snow")
    house.event("listening")
    kill(house, "ears")
    assert house.event("tts_end")["text"] == "I didn't catch that."
    house.seen.until(f"{ID}/state", b"idle")
    until(lambda: "ears" in children(house.process.pid))
    house.works()


def test_whatever_freezes_is_replaced_within_30_seconds(house):
    house.say("hey jarvis, draw a picture of a red fox in the snow")
    house.event("stt_partial")
    frozen = {name: kill(house, name, signal.SIGSTOP) for name in ("stt", "picture", "tts")}
    began = time.monotonic()
    assert house.event("error")["code"] == "worker.hung"
    assert "gave no sign of life" in house.event("tts_end")["text"]
    for name, pid in frozen.items():
        replaced(house, name, pid)
    assert time.monotonic() - began < 30
    house.seen.until(f"{ID}/state", b"idle")
    house.works()


BAD_COMMANDS = {
    "control characters": ("draw", "a \x1b[31m fox", "“draw” holds control characters"),
    "10,000 characters": ("say", "x" * 10_000, "“say” has 10000 characters"),
    "no text": ("clip", "   ", "“clip” needs a text"),
    "no UTF-8": ("ask", b"\xff\xfe", "“ask” is not UTF-8"),
    "broken JSON": ("draw", '{"text": ', "is not a JSON object"),
    "volume": ("volume", "loud", "A volume is 0 to 100"),
}


@pytest.mark.parametrize("name", BAD_COMMANDS)
def test_a_bad_command_is_refused_with_one_line_of_the_log(house, name):
    command, payload, sentence = BAD_COMMANDS[name]
    house.command_(command, payload)
    until(lambda: sentence in house.log.read_text())
    house.command_("say", "good morning")
    assert house.event("tts_end", text="good morning")["stopped"] is False


def test_an_emoji_is_drawn_and_nothing_is_said_of_it(house):
    house.command_("say", "😀")
    house.event("tts_end", text="😀")
    house.command_("draw", "😀🦊")
    assert Path(house.event("artifact_ready")["path"]).read_bytes().startswith(b"\x89PNG")
    house.event("tts_end")


def test_a_second_kombain_is_turned_away(house):
    done = subprocess.run(
        house.command, env=environment(house.folder), capture_output=True, text=True, check=False, timeout=30
    )
    assert done.returncode == 1
    assert "in use by another Kombain" in done.stderr.splitlines()[-1]
    assert "Traceback" not in done.stderr


def test_without_a_broker_the_voice_works(tmp_path):
    """The person asks, the reply comes as a file, the broker's absence is one line of the log."""
    with broker() as made, watcher(made.port) as seen:
        house = House(tmp_path, made.port, seen)
        try:
            made.stop()
            house.say("hey jarvis, what time is it")
            until(lambda: list((tmp_path / "state" / "replies").glob("*.wav")), 20)
            house.process.send_signal(signal.SIGTERM)
            assert house.process.wait(timeout=10) == 0
        finally:
            house.close()
    log = house.log.read_text()
    assert "Traceback" not in log
    assert log.count("Everything else goes on") >= 1


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=["SIGTERM", "SIGINT"])
def test_it_ends_in_the_middle_of_a_job_and_takes_it_up_again(tmp_path, number):
    with running(tmp_path) as house:
        house.command_("clip", "a dog on the beach")
        job = house.event("job_changed", kind="clip", progress=0.05)["job"]
        house.end(number)
        with house.log.open("ab") as log:
            house.process = subprocess.Popen(house.command, env=environment(tmp_path), stdout=log, stderr=log)
        assert house.event("artifact_ready")["job"] == job
        house.command_("say", "one two three four five six seven. " * 50)
        house.event("tts_start", text="one two three four five six seven. " * 49 + "one two three four five six seven.")
        house.process.send_signal(number)
        assert house.process.wait(timeout=10) == 0
        house.seen.until(f"{ID}/status", b"offline")


# signals and closed pipes at the command line


def started(*arguments: object, cwd: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [*KOMBAIN, *map(str, arguments)], cwd=cwd, env=environment(cwd), stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        start_new_session=True,
    )  # fmt: skip


def descendants(pid: int) -> list[int]:
    found = [pid]
    for one in found:
        with contextlib.suppress(OSError):
            found += [int(child) for child in Path(f"/proc/{one}/task/{one}/children").read_text().split()]
    return found[1:]


@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)], ids=["SIGINT", "SIGTERM"])
def test_a_command_that_is_stopped_leaves_nothing(tmp_path, number, status):
    sound = wav(
        tmp_path / "long.wav", (bytes(16_000) + speech("hey jarvis, what time is it", "en") + bytes(64_000)) * 40
    )
    for arguments, line in (
        (["demo", "--json", "--out", "made"], b'"listening"'),
        (["listen", "--json", sound], b'"wake_word"'),
    ):
        process = started(*arguments, cwd=tmp_path)
        assert process.stdout is not None
        assert any(line in one for one in process.stdout)
        family = descendants(process.pid)
        assert family
        os.killpg(process.pid, number) if number == signal.SIGINT else process.send_signal(number)
        _, errors = process.communicate(timeout=10)
        assert process.returncode == status, errors
        assert b"Traceback" not in errors
        until(lambda family=family: not any(Path(f"/proc/{pid}/stat").exists() for pid in family))


def test_a_reader_that_goes_away_ends_the_command(tmp_path):
    sound = wav(
        tmp_path / "long.wav", (bytes(16_000) + speech("hey jarvis, what time is it", "en") + bytes(64_000)) * 9
    )
    for arguments in (["listen", "--json", sound], ["transcribe", "--json", sound]):
        process = started(*arguments, cwd=tmp_path)
        assert process.stdout is not None
        assert process.stderr is not None
        assert json.loads(process.stdout.readline())
        process.stdout.close()
        with process.stderr:
            errors = process.stderr.read()
        assert process.wait(timeout=20) == 1, errors
        assert b"Traceback" not in errors
        assert b"Exception ignored" not in errors


def test_the_sound_helper_writes_what_wave_reads(tmp_path):
    with wave.open(str(wav(tmp_path / "x.wav", bytes(200)))) as file:
        assert (file.getnframes(), file.getframerate()) == (100, 16_000)
