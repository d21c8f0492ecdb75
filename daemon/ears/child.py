"""The child process `ears`: a source, the listener, and the call through which main hears of it."""

import threading
from pathlib import Path
from typing import Any, Protocol, cast

from daemon.ears.cleaning import Cleaner
from daemon.ears.echo import Echo
from daemon.ears.gate import Gate
from daemon.ears.listener import Listener
from daemon.ears.mic import Microphone
from daemon.ears.options import EarsOptions
from daemon.ears.segment import Endpointing
from daemon.ears.signal import SignalWatch
from daemon.ears.source import File, Pipe, Source, State
from daemon.ears.wake import Detector, SelfHits
from daemon.engines.base import Vad, Wake
from daemon.engines.load import find
from daemon.engines.section import EngineSection
from daemon.errors import WorkerError
from daemon.workers.wire import Frame


class Call(Protocol):
    """What `daemon.workers.child` gives for one call."""

    head: dict[str, Any]
    cancelled: threading.Event

    def send(self, head: dict[str, Any], body: bytes = b"") -> None:
        """Send a frame to main; waits while main is slow."""

    def receive(self, timeout: float | None = None) -> Frame | None:
        """Return the next frame of main's, None when there is none."""


class Service:
    """Serves {"op": "listen", "scores"} until the source ends or the call is cancelled. Init: {"ears", "models"}.

    "scores" (default: true): report the wake word's score as it moves; each report wakes main.
    """

    def __init__(self, init: dict[str, Any]) -> None:
        self._options = EarsOptions.model_validate(init["ears"])
        self._models = Path(init["models"])

    def load(self) -> dict[str, Any]:
        """Load both engines; the second wake word engine hears what we play. Raises EngineError."""
        self._wake, self._played, self._vad = self._new_wake(), self._new_wake(), self._new_vad()
        for engine in (self._wake, self._played, self._vad):
            engine.load()
        wanted = self._options
        self._clean = Cleaner(wanted.gain, wanted.suppression) if wanted.gain or wanted.suppression else None
        return {"words": sorted(self._wake.words), "source": self._options.source}

    def run(self, call: Call) -> None:
        """Listen. Raises AudioError when the source can't be used."""
        if (op := call.head.get("op", "listen")) != "listen":
            raise WorkerError("worker.garbage", op=op)
        listener = self._listener(scores=bool(call.head.get("scores", True)))
        with open_source(self._options) as source:
            if _hear(source, listener, call, self._clean):
                _send(call, listener.finish())

    def _listener(self, *, scores: bool = True) -> Listener:
        self._wake.reset()
        self._played.reset()
        ends = self._options.endpointing
        return Listener(
            Endpointing(silence=ends.silence, limit=ends.limit, nothing=ends.nothing),
            self._options.pre_roll,
            gate=Gate(self._wake.score, always=not self._options.gate),
            detector=Detector(self._wake.words),
            echo=Echo(self._played, SelfHits(self._played.words)),
            vad=self._vad,
            scores=scores,
        )

    def _new_wake(self) -> Wake:
        return cast("Wake", built(self._options.wake, self._models))

    def _new_vad(self) -> Vad:
        return cast("Vad", built(self._options.vad, self._models))


def built(section: EngineSection, models: Path) -> Any:
    """Return the engine that a section of the ears names, not loaded yet. Raises EngineError."""
    # There is one engine of each kind that needs nothing else: it is what `auto` means.
    name = type(section).model_fields["engine"].default if section.engine == "auto" else section.engine
    return find(section.kind, name)(section.options(name), models=models)


def _hear(source: Source, listener: Listener, call: Call, clean: Cleaner | None) -> bool:
    """Pass sound and commands to the listener, its reports to main; return False when main wants no more."""
    heard = False
    watch = SignalWatch()
    for piece in source:
        while (command := call.receive(0)) is not None:
            _send(call, listener.command(command))
        if call.cancelled.is_set():
            return False
        match piece:
            case bytes():
                if not heard:  # from now on nothing that is said is lost
                    call.send({"type": "source", "state": "ok", "why": "", "values": {}})
                    heard = True
                if watch.hear(piece) and not isinstance(source, File):  # a recording may be silent
                    call.send({"type": "signal", "why": watch.trouble})
                _send(call, listener.hear(clean(piece) if clean else piece))
            case State():
                call.send({"type": "source", "state": piece.state, "why": piece.why, "values": piece.values})
                heard = True
                if piece.state == "lost":
                    _send(call, listener.interrupt())
            case None:
                pass
    return True


def _send(call: Call, frames: list[Frame]) -> None:
    for frame in frames:
        call.send(frame.head, frame.body)


def open_source(options: EarsOptions) -> Source:
    """Return the source that the config names; nothing is opened yet."""
    path = options.path or Path("-")
    match options.source:
        case "file":
            return File(path, options.pace)
        case "pipe":
            return Pipe(path)
        case "microphone":
            return Microphone(options.device)
