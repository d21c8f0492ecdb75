"""The bare models: the calls that the assistant makes for a recording, made in one plain loop in one process.

`python -m benchmarks.bare STREAM.pcm QUIET.pcm ...` first listens to STREAM with the assistant's own logic and writes
down every call to a model: webrtcvad for each 20 ms, openWakeWord for each frame that the gate lets through, every
encoding and decoding of Whisper, hassil for each transcript, espeak-ng for each reply that is not kept. Then it makes
those calls alone, at the pace of the sound, and times them. QUIET is heard by webrtcvad and openWakeWord, always on.
"""

import json
import os
import resource
import subprocess
import sys
import time
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.processes import pss

FRAME_S = 0.08
VAD_MODE = 2
FRAME, HOP, PIECE = 2560, 640, 4410
"""Bytes: 80 ms and 20 ms of what is heard, 100 ms of what is said."""


@dataclass(slots=True)
class Step:
    """One frame of the recording: the calls it set off, and what came of them."""

    calls: list[tuple[Any, ...]] = field(default_factory=list)
    hit: bool = False
    ended: str | None = None
    """The transcript of the utterance that ended here."""


class Models:
    """The models as the engines load them, with nothing around."""

    def __init__(self) -> None:
        import webrtcvad

        import intents
        from daemon.engines.stt import mini
        from daemon.engines.tts import espeak
        from daemon.engines.wake import openwakeword

        nowhere = Path()
        self.wake = openwakeword.Engine(openwakeword.Engine.Options(), models=nowhere)
        self.stt = mini.Engine(mini.MiniOptions(), models=nowhere)
        self.tts = espeak.Engine(espeak.Engine.Options(), models=nowhere)
        for engine in (self.wake, self.stt, self.tts):
            engine.load()
        self.vad = webrtcvad.Vad(VAD_MODE)
        self.recognize = intents.recognize
        self.recognize("kombain", "en")

    def voiced(self, pcm: bytes) -> None:
        """Let webrtcvad hear a frame."""
        for at in range(0, len(pcm), HOP):
            self.vad.is_speech(pcm[at : at + HOP], 16_000)

    def say(self, text: str) -> float:
        """Let espeak-ng say `text`; return the seconds to its first sound."""
        began = time.monotonic()
        command = self.tts._command("en")  # noqa: SLF001 - the very command of the engine
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
            assert process.stdin is not None  # noqa: S101
            assert process.stdout is not None  # noqa: S101
            process.stdin.write(text.encode())
            process.stdin.close()
            process.stdout.read(PIECE)
            first = time.monotonic() - began
            process.stdout.read()
        return first


class Taped:
    """A model that writes down its calls."""

    def __init__(self, model: Any, tape: list[Step], *names: str) -> None:
        self._model, self._tape, self._names = model, tape, names

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._model, name)
        if name not in self._names:
            return found

        def call(*args: Any, **options: Any) -> Any:
            self._tape[-1].calls.append((name, args, options))
            return found(*args, **options)

        return call


def rehearse(models: Models, sound: bytes) -> list[Step]:
    """Hear `sound` as the assistant does; return the calls, frame by frame."""
    tape: list[Step] = []
    whisper = models.stt._whisper  # noqa: SLF001 - the engine's model: a taped one takes its place
    models.stt._whisper = Taped(whisper, tape, "encode", "detect", "generate")  # type: ignore[assignment]  # noqa: SLF001
    listener = _listener(models, Taped(models.wake, tape, "score"))
    session: Any = None
    said: set[str] = set()
    for pcm in _frames(sound):
        tape.append(Step([("voiced", (pcm,), {})]))
        for report in listener.hear(pcm):
            match report.head:
                case {"type": "wake"}:
                    tape[-1].hit = True
                case {"type": "start", "lead": lead}:
                    session = models.stt.session("", None, lead)
                case {"type": "audio"}:
                    session.feed(report.body)
                case {"type": "pause"}:
                    session.pause()
                case {"type": "end"}:
                    _answer(models, session.finish().text, tape[-1], said)
    models.stt._whisper = whisper  # noqa: SLF001
    return tape


def _listener(models: Models, wake: Any) -> Any:
    from daemon.ears.echo import Echo
    from daemon.ears.gate import Gate
    from daemon.ears.listener import Listener
    from daemon.ears.segment import Endpointing
    from daemon.ears.wake import Detector, SelfHits
    from daemon.engines.vad import webrtc

    vad = webrtc.Engine(webrtc.Engine.Options(), models=Path())
    vad.load()
    models.wake.reset()
    words = models.wake.words
    echo = Echo(models.wake, SelfHits(words))  # nothing is played: it stays idle
    return Listener(Endpointing(), 2.0, gate=Gate(wake.score), detector=Detector(words), echo=echo, vad=vad)


def _answer(models: Models, heard: str, step: Step, said: set[str]) -> None:
    """Write down how the transcript is understood, and the reply that is made for it."""
    import intents
    from daemon import spoken

    step.ended = intents.strip_wake(heard, "hey_jarvis")
    step.calls.append(("recognize", (step.ended, "en"), {}))
    reply = _reply(models.recognize(step.ended, "en").name)
    if reply not in said:
        said.add(reply)
        step.calls.append(("say", (spoken.speakable(reply, "en"),), {}))


def _reply(intent: str | None) -> str:
    from datetime import datetime

    from daemon import messages, spoken

    match intent:
        case "time":
            return messages.text("replies.time", "en", time=spoken.clock(datetime.now().astimezone(), "en"))
        case "cancel":
            return messages.text("replies.nothing_to_cancel", "en")
        case _:
            return messages.text("replies.help", "en")


def perform(models: Models, tape: list[Step]) -> dict[str, Any]:
    """Make the calls of the tape at the pace of the sound; return processor seconds by kind, and times of each turn."""
    cpu: dict[str, float] = defaultdict(float)
    hits, turns = [], []
    models.wake.reset()
    encoding = None
    final = 0.0
    began = time.monotonic()
    for number, step in enumerate(tape, 1):
        time.sleep(max(began + number * FRAME_S - time.monotonic(), 0))
        wall: dict[str, float] = defaultdict(float)
        for name, args, options in step.calls:
            start, spent = time.monotonic(), _cpu()
            match name:
                case "voiced":
                    models.voiced(*args)
                case "score":
                    models.wake.score(*args)
                case "encode":
                    encoding = models.stt._whisper.encode(*args, **options)  # noqa: SLF001
                case "detect":
                    models.stt._whisper.detect(encoding, *args[1:])  # noqa: SLF001
                case "generate":
                    models.stt._whisper.generate(encoding, *args[1:], **options)  # noqa: SLF001
                case "recognize":
                    models.recognize(*args)
                case "say":
                    wall["first"] += models.say(*args)
            took = time.monotonic() - start
            cpu[name] += _cpu() - spent
            wall[name] += took
            if name in {"encode", "detect", "generate"}:
                final = took + (0.0 if name == "encode" else final)
        if step.hit:
            hits.append({"frame": number, "seconds": wall["score"]})
        if step.ended is not None:
            reply = {"recognize": wall["recognize"], "first": wall["first"], "fresh": "say" in wall}
            turns.append({"frame": number, "text": step.ended, "final": final, **reply})
    calls = Counter(name for step in tape for name, *_ in step.calls)
    return {"cpu": cpu, "calls": calls, "hits": hits, "turns": turns}


def always_on(models: Models, sound: bytes) -> float:
    """Hear `sound` at its pace with both models at every frame; return processor seconds for an hour of it."""
    pieces = _frames(sound)
    began, spent = time.monotonic(), _cpu()
    for number, pcm in enumerate(pieces, 1):
        time.sleep(max(began + number * FRAME_S - time.monotonic(), 0))
        models.voiced(pcm)
        models.wake.score(pcm)
    return (_cpu() - spent) / (len(pieces) * FRAME_S) * 3600


def _frames(sound: bytes) -> list[bytes]:
    return [sound[at : at + FRAME].ljust(FRAME, b"\0") for at in range(0, len(sound), FRAME)]


def _cpu() -> float:
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


def main() -> None:
    """Do as the arguments say and print the figures as JSON."""
    models = Models()
    found: dict[str, Any] = {"ready_at": time.time(), "ready_cpu": _cpu(), "pss": pss(os.getpid())}
    stream, *silences = map(Path, sys.argv[1:])
    found |= perform(models, rehearse(models, stream.read_bytes()))
    found["idle"] = {path.stem: always_on(models, path.read_bytes()) for path in silences}
    print(json.dumps(found))


if __name__ == "__main__":
    main()
