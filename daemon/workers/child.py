"""The child side of a worker: `python -m daemon.workers.child FD NAME` serves one engine over the socket it inherited.

A reader thread takes frames and answers pings, so the parent sees life while the main thread computes; calls run one
after another on the main thread. When the parent goes away the child ends at once.
"""

import gc
import logging
import os
import queue
import signal
import socket
import sys
import threading
from importlib import import_module
from typing import Any, Protocol

from daemon.errors import Cancelled, KombainError, WorkerError
from daemon.workers.wire import Decoder, Frame, encode

log = logging.getLogger(__name__)
UNREAD_FRAMES = 20_000


class Service(Protocol):
    """What a child does. It is built from its init object (JSON), then loads, then serves calls one by one."""

    def load(self) -> dict[str, Any]:
        """Load the engine and return what the parent should know of it. Raises KombainError."""

    def run(self, call: "Call") -> None:
        """Serve one call; returning ends it, a KombainError travels to the caller, as WorkerError or EngineError."""


class Call:
    """One call, seen from the child: frames come in with `receive`, go out with `send`."""

    def __init__(self, link: "Link", number: int, head: dict[str, Any]) -> None:
        self.head = head
        self.cancelled = threading.Event()
        self.number = number
        self._link = link
        self._inbox: queue.Queue[Frame] = queue.Queue()

    def send(self, head: dict[str, Any], body: bytes = b"") -> None:
        """Send a frame to the caller; blocks while the caller is slow."""
        self._link.send({"call": self.number, "kind": "data", "head": head}, body)

    def receive(self, timeout: float | None = None) -> Frame | None:
        """Return the next frame the caller sent, or None after `timeout` seconds (0: at once; None: wait)."""
        try:
            return self._inbox.get(timeout != 0, timeout)
        except queue.Empty:
            return None

    def check(self) -> None:
        """Raise Cancelled when the caller has asked for the call to end: engines call it between steps."""
        if self.cancelled.is_set():
            raise Cancelled

    def put(self, frame: Frame) -> None:
        """Take a frame from the reader thread."""
        if self._inbox.qsize() > UNREAD_FRAMES:
            log.error("a call does not read its input; giving up")
            os._exit(3)
        self._inbox.put(frame)


class Link:
    """The socket to the parent: `send` from any thread, `read` in its own."""

    def __init__(self, sock: socket.socket) -> None:
        self._socket = sock
        self._lock = threading.Lock()
        self.calls: queue.Queue[Call] = queue.Queue()
        self.init: queue.Queue[dict[str, Any]] = queue.Queue()
        self._open: dict[int, Call] = {}

    def send(self, head: dict[str, Any], body: bytes = b"") -> None:
        """Send one frame whole."""
        data = encode(head, body)
        with self._lock:
            self._socket.sendall(data)

    def close(self, call: Call, head: dict[str, Any]) -> None:
        """Tell the parent that a call has ended."""
        self._open.pop(call.number, None)
        self.send({"call": call.number, **head})

    def read(self) -> None:
        """Take frames until the parent goes away, then end this process, whatever it is doing."""
        decoder = Decoder()
        try:
            while data := self._socket.recv(1 << 18):
                for frame in decoder.feed(data):
                    self._take(frame)
        except (OSError, KombainError):
            pass
        finally:  # also when there is no memory left to read with: nobody could be answered any more
            os._exit(0)

    def _take(self, frame: Frame) -> None:
        match frame.head:
            case {"kind": "ping"}:
                self.send({"kind": "pong"})
            case {"kind": "init", "head": head}:
                self.init.put(head)
            case {"kind": "open", "call": number, "head": head}:
                self._open[number] = call = Call(self, number, head)
                self.calls.put(call)
            case {"kind": "data", "call": number, "head": head}:
                if (found := self._open.get(number)) is not None:
                    found.put(Frame(head, frame.body))
            case {"kind": "cancel", "call": number}:
                if (found := self._open.get(number)) is not None:
                    found.cancelled.set()


def serve(link: Link) -> None:
    """Build the service the parent names, load it, and serve calls until the parent goes away."""
    init = link.init.get()
    os.nice(int(init["nice"]))
    try:
        module, _, name = init["service"].partition(":")
        service: Service = getattr(import_module(module), name)(init["init"])
        info = service.load()
    except KombainError as error:
        link.send({"kind": "failed", **_told(error)})
        return
    gc.freeze()  # what was loaded stays: to go through it again and again took 50 to 100 ms each time
    link.send({"kind": "ready", "info": info})
    while True:
        _run(service, link.calls.get(), link)


def _run(service: Service, call: Call, link: Link) -> None:
    try:
        call.check()
        service.run(call)
    except KombainError as error:
        link.close(call, {"kind": "error", **_told(error)})
    except Exception as error:  # an engine's own bug: the supervisor's boundary, reported and survived
        log.exception("the engine failed")
        why = f"{type(error).__name__}: {error}"[:300]
        link.close(call, {"kind": "error", "code": "worker.engine_failed", "values": {"why": why}})
    else:
        link.close(call, {"kind": "done"})


def _told(error: KombainError) -> dict[str, object]:
    """Return an error for the wire; `died`: a process that the engine runs by itself is dead, which counts as ours."""
    return {"code": error.code, "values": error.plain, "died": isinstance(error, WorkerError)}


def main() -> None:
    """Serve the socket whose descriptor is the first argument."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent, which tells us
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s %(message)s", stream=sys.stderr)
    logging.getLogger("daemon").setLevel(logging.INFO)
    link = Link(socket.socket(fileno=int(sys.argv[1])))
    threading.Thread(target=link.read, name="reader", daemon=True).start()
    serve(link)


if __name__ == "__main__":
    main()
