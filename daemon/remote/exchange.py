"""One HTTP exchange with strict limits: it ends at its deadline or when the caller wishes, and no redirect is followed.

A thread talks, the caller looks on. The name is looked up once and the address judged before it is connected to, so a
name that leads elsewhere a moment later (DNS rebinding) leads nowhere. Proxies of the environment are not used.
"""

import http.client
import socket
import ssl
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from daemon.errors import EngineError
from daemon.remote.place import Place, Reach, near, permitted

FIXED = {"User-Agent": "kombain", "Accept-Encoding": "identity", "Connection": "close"}
LOOK_S = 0.1
"""How often the caller is asked whether to go on."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of a server."""

    method: str
    place: Place
    path: str
    """Below the place's own."""
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: bytes = field(default=b"", repr=False)
    reach: Reach = "any"
    ca: Path | None = None
    """The certificate authority (PEM); None: the system's."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What a server answered."""

    status: int
    kind: str
    """Its media type, "image/png"."""
    body: bytes
    near: bool
    """Whether the server is on this machine or in a private network."""


def exchange(asked: Asked, *, most: int, deadline: float, watch: Callable[[], None]) -> Reply:
    """Ask, and return the answer of at most `most` bytes; by `deadline` (of `time.monotonic`) it is given up.

    `watch` is called all the while; what it raises ends the exchange. Raises EngineError `remote.unreachable`, `.tls`,
    `.slow`, `.far`, `.near`, `.cut`, `.too_large`.
    """
    began = time.monotonic()
    line = _Line(asked, most, deadline)
    threading.Thread(target=line.run, name=f"exchange with {asked.place.host}", daemon=True).start()
    try:
        while not line.done.wait(LOOK_S):
            watch()
            if time.monotonic() >= deadline:
                raise EngineError("remote.slow", host=asked.place.host, seconds=round(deadline - began))
    finally:
        line.hang_up()
    return line.answer()


class _Line:
    """The thread's side."""

    def __init__(self, asked: Asked, most: int, deadline: float) -> None:
        self._asked = asked
        self._most = most
        self._deadline = deadline
        self._socket: socket.socket | None = None
        self._reply: Reply | None = None
        self._error: Exception | None = None
        self._left = 0.0
        self.done = threading.Event()

    def run(self) -> None:
        try:
            self._reply = self._talk()
        except Exception as error:  # noqa: BLE001 - `answer` raises it in the caller's thread
            self._error = error
        finally:
            self.done.set()

    def hang_up(self) -> None:
        """End the talk from outside: whatever the thread waits for fails at once."""
        if self._socket is not None:
            with suppress(OSError):  # the base class's: a TLS socket would first forget its keys under the reader
                socket.socket.shutdown(self._socket, socket.SHUT_RDWR)

    def answer(self) -> Reply:
        host = self._asked.place.host
        match self._error:
            case None if self._reply is not None:
                return self._reply
            case EngineError() as error:
                raise error
            case TimeoutError() as error:
                raise EngineError("remote.slow", host=host, seconds=round(self._left)) from error
            case http.client.HTTPException() | ConnectionError() | ssl.SSLError() as error if self._socket is not None:
                raise EngineError("remote.cut", host=host) from error
            case OSError() | UnicodeError() as error:  # UnicodeError: a name that is none
                why = getattr(error, "strerror", None) or str(error)
                raise EngineError("remote.unreachable", host=host, why=why) from error
            case error:
                raise RuntimeError("an exchange failed") from error

    def _talk(self) -> Reply:
        asked, place = self._asked, self._asked.place
        with self._connected() as plain:
            address = plain.getpeername()[0]
            with self._secured(plain) as talking:
                connection = http.client.HTTPConnection(place.host, place.port)
                connection.default_port = 443 if place.secure else 80  # else it would be named in the Host header
                connection.sock, connection.auto_open = talking, 0
                headers = {**FIXED, **asked.headers}
                connection.request(asked.method, place.path + asked.path, asked.body or None, headers)
                with connection.getresponse() as response:
                    kind = response.headers.get_content_type()
                    return Reply(response.status, kind, self._read(response), near(address))

    def _secured(self, plain: socket.socket) -> socket.socket:
        """Speak TLS over it, where that is the place's wish; what `hang_up` has to end is kept before it can hang."""
        place = self._asked.place
        self._socket = plain
        if not place.secure:
            return plain
        talking = self._context().wrap_socket(plain, server_hostname=place.host, do_handshake_on_connect=False)
        self._socket = talking
        try:
            talking.do_handshake()
        except OSError as error:
            talking.close()
            if isinstance(error, TimeoutError):
                raise
            why = getattr(error, "verify_message", "") or error.strerror or str(error)
            raise EngineError("remote.tls", host=place.host, why=why) from error
        return talking

    def _connected(self) -> socket.socket:
        """Connect to the first address that may be spoken to and answers."""
        self._left = max(self._deadline - time.monotonic(), LOOK_S)
        place, reach = self._asked.place, self._asked.reach
        found = socket.getaddrinfo(place.host, place.port, type=socket.SOCK_STREAM)
        addresses = [str(one[4][0]) for one in found if permitted(str(one[4][0]), reach)]
        if not addresses:
            raise EngineError("remote.far" if reach == "near" else "remote.near", host=place.host)
        for address in addresses[:-1]:
            with suppress(OSError):
                return socket.create_connection((address, place.port), self._left / 2)
        return socket.create_connection((addresses[-1], place.port), self._left)

    def _context(self) -> ssl.SSLContext:
        try:
            return ssl.create_default_context(cafile=self._asked.ca)
        except OSError as error:  # an SSLError is one too: no certificate in it
            why = error.strerror or str(error)
            raise EngineError("remote.ca", path=self._asked.ca, why=why) from error

    def _read(self, response: http.client.HTTPResponse) -> bytes:
        """Return the whole body; one that was cut short is an error, however it is framed."""
        body = response.read(self._most + 1)
        if len(body) > self._most:
            raise EngineError("remote.too_large", host=self._asked.place.host, most=self._most >> 20)
        if response.length:
            raise http.client.IncompleteRead(body, response.length)
        return body
