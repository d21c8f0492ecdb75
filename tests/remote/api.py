"""A server that answers as it is told, one reply a request, and keeps what it was asked."""

import json
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any


@dataclass
class Answer:
    """`fault`: "cut" half way, "close" at once, "hang" until the end of the test, "drip" a byte now and then."""

    status: int = 200
    body: bytes = b"{}"
    kind: str = "application/json"
    fault: str = ""
    headers: dict[str, str] = field(default_factory=dict)


def told(body: Any, status: int = 200) -> Answer:
    return Answer(status, json.dumps(body).encode())


def refused(status: int, message: str = "no", code: str | None = None, param: str | None = None) -> Answer:
    return told({"error": {"message": message, "type": "invalid_request_error", "code": code, "param": param}}, status)


@dataclass
class Question:
    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class Api:
    """`answers` are taken one a request, the last one again and again."""

    def __init__(self) -> None:
        self.answers: list[Answer] = []
        self.asked: list[Question] = []
        self.reached = threading.Event()
        """Somebody has asked."""
        self.released = threading.Event()
        self.port = 0
        self.scheme = "http"

    def address(self, path: str = "/v1", host: str = "127.0.0.1") -> str:
        return f"{self.scheme}://{host}:{self.port}{path}"

    def next(self) -> Answer:
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


@contextmanager
def api(*answers: Answer, certificate: Path | None = None) -> Iterator[Api]:
    """Serve; with a `certificate` (PEM with its key) over TLS."""
    made = Api()
    made.answers = list(answers)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
            made.asked.append(Question(self.command, self.path, dict(self.headers.items()), body))
            made.reached.set()
            self.give(made.next())

        do_GET = do_POST  # noqa: N815 - the library's name

        def give(self, answer: Answer) -> None:
            self.close_connection = True
            if answer.fault == "close":
                return
            if answer.fault == "hang":
                made.released.wait(30)
                return
            self.send_response(answer.status)
            head = {"Content-Type": answer.kind, "Content-Length": str(len(answer.body)), **answer.headers}
            for name, value in head.items():
                self.send_header(name, value)
            self.end_headers()
            if answer.fault == "drip":
                for at in range(len(answer.body)):
                    self.wfile.write(answer.body[at : at + 1])
                    if made.released.wait(0.05):
                        return
            self.wfile.write(answer.body[: len(answer.body) // 2] if answer.fault == "cut" else answer.body)

        def log_message(self, *_args: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as http:
        http.handle_error = lambda *_args: None  # type: ignore[method-assign]  # a client that leaves is part of it
        if certificate is not None:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)
            http.socket = context.wrap_socket(http.socket, server_side=True)
            made.scheme = "https"
        made.port = http.server_port
        thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield made
        finally:
            made.released.set()
            http.shutdown()
            thread.join()
