"""Our end of the process that runs VideoCrafter in the user's Python: questions go in, steps and frames come out."""

import os
import signal
import socket
import subprocess
import threading
import weakref
from collections import deque
from collections.abc import Generator
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

from daemon.engines.clip.videocrafter.checkout import Checkout
from daemon.errors import EngineError, WorkerError
from daemon.workers.wire import Decoder, Frame, encode

RUNNER = Path(__file__).with_name("runner.py")
GOING_S = 2.0
KEPT = 4000
"""Bytes of a line without an end."""
OFFLINE = {"HF_HUB_OFFLINE": "1", "TRANSFORMERS_OFFLINE": "1"}
"""Nothing is downloaded unasked."""


class Runner:
    """A running process with a loaded model. It ends with this object, and with this process."""

    def __init__(self, checkout: Checkout, device: str, patience: float) -> None:
        """Start it and wait until it has loaded. `patience`: seconds that any one answer may take.

        Raises EngineError when it can't be started or says why it can't load, WorkerError when it dies or hangs.
        """
        files = {"checkout": checkout.folder, "config": checkout.config, "checkpoint": checkout.checkpoint}
        self._patience = patience
        self._answers: deque[Frame] = deque()
        self._decoder = Decoder()
        self._said: deque[str] = deque(maxlen=3)
        self._socket, theirs = socket.socketpair()
        self._socket.settimeout(patience)
        with theirs:
            self._process = _started(checkout, theirs)
        self.end = weakref.finalize(self, _end, self._process, self._socket)
        """Kill it. Without effect where that has been done."""
        self._reader = threading.Thread(target=_listen, args=(self._process.stdout, self._said), daemon=True)
        self._reader.start()
        try:
            self._send({"device": device, **{name: str(place) for name, place in files.items()}})
            self.frames: int = self._receive("ready").head["frames"]
            """How many frames the model was trained to make."""
        except BaseException:
            self.end()
            raise

    @property
    def alive(self) -> bool:
        """Whether it can be asked."""
        return self.end.alive and self._process.poll() is None

    def ask(self, request: dict[str, Any], picture: bytes = b"") -> Generator[Frame, None, None]:
        """Have a clip made and yield the answers, "step" and "frame". It goes on when the next one is asked for.

        Closing the iterator ends the making at that step; the model stays loaded. Raises EngineError, WorkerError.
        """
        self._send(request, picture)
        while (answer := self._receive("step", "frame", "done")).head["kind"] != "done":
            if not _sound(answer, 3 * request["width"] * request["height"]):
                self.end()
                raise WorkerError("worker.garbage")
            try:
                yield answer
            except GeneratorExit:
                self._send({"go": False})
                self._receive("done")
                raise
            self._send({"go": True})

    def _send(self, head: dict[str, Any], body: bytes = b"") -> None:
        try:
            self._socket.sendall(encode(head, body))
        except TimeoutError as error:
            raise self._hung() from error
        except OSError as error:
            raise self._died() from error

    def _receive(self, *kinds: str) -> Frame:
        while not self._answers:
            try:
                data = self._socket.recv(1 << 20)
                self._answers.extend(self._decoder.feed(data))
            except TimeoutError as error:
                raise self._hung() from error
            except OSError as error:
                raise self._died() from error
            except BaseException:  # what comes next would be the answer to another question
                self.end()
                raise
            if not data:
                raise self._died()
        match (answer := self._answers.popleft()).head:
            case {"kind": "error", "code": str() as code, "values": dict() as values}:
                raise EngineError(code, **values)
            case {"kind": str() as kind} if kind in kinds:
                return answer
        self.end()
        raise WorkerError("worker.garbage")

    def _hung(self) -> WorkerError:
        self.end()
        return WorkerError("videocrafter.hung", seconds=round(self._patience))

    def _died(self) -> WorkerError:
        with suppress(subprocess.TimeoutExpired):  # it closes its socket a moment before it is gone
            self._process.wait(GOING_S)
        code = self._process.returncode
        self.end()
        self._reader.join(GOING_S)
        killed = code is not None and code < 0
        why = signal.Signals(-code).name if killed else (self._said or ["-"])[-1]
        return WorkerError("videocrafter.died", why=why)


def _started(checkout: Checkout, theirs: socket.socket) -> subprocess.Popen[bytes]:
    """Start the user's Python in our group of processes, without the settings that are ours alone."""
    plain = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "KOMBAIN"))}
    try:
        return subprocess.Popen(
            [checkout.python, RUNNER, str(theirs.fileno())],
            cwd=checkout.folder,
            env={**plain, **OFFLINE},
            pass_fds=[theirs.fileno()],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
    except OSError as error:
        raise EngineError("videocrafter.no_python") from error


def _listen(pipe: IO[bytes], said: deque[str]) -> None:
    """Keep the last words of what the libraries print; a progress bar's are parted by carriage returns."""
    rest = b""
    with pipe:
        while piece := pipe.read1(1 << 16):  # type: ignore[attr-defined]  # it is a BufferedReader
            *lines, rest = (rest + piece)[-KEPT:].replace(b"\r", b"\n").split(b"\n")
            said.extend(line.decode(errors="replace").strip()[:300] for line in lines if line.strip())


def _end(process: subprocess.Popen[bytes], ours: socket.socket) -> None:
    ours.close()
    process.kill()
    process.wait()


def _sound(answer: Frame, size: int) -> bool:
    """Say whether a step or frame is what `runner` tells; `size`: the bytes of a frame."""
    match answer.head:
        case {"number": int() as number, "of": int() as of}:
            return 0 < number <= of and (answer.head["kind"] == "step" or len(answer.body) == size)
    return False
