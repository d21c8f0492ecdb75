"""A server of files that misbehaves as it is told: each request takes the next fault of its file, if any is left."""

import hashlib
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Server:
    """`files` by path; `faults[path]` are taken one a request; `asked` is what came in."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.faults: dict[str, list[str]] = defaultdict(list)
        self.asked: list[tuple[str, str | None]] = []
        self.headers: dict[str, dict[str, str]] = defaultdict(dict)
        self.released = threading.Event()
        self.port = 0

    def address(self, path: str = "/") -> str:
        return f"http://127.0.0.1:{self.port}{path}"


@contextmanager
def server() -> Iterator[Server]:
    made = Server()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            wanted = self.headers.get("Range")
            made.asked.append((self.path, wanted))
            fault = made.faults[self.path].pop(0) if made.faults[self.path] else ""
            data = made.files.get(self.path)
            if data is None:
                self.answer(404, b"no such file")
            elif fault.startswith("status "):
                self.answer(int(fault.split()[1]), b"later", {"Retry-After": "7"})
            elif fault.startswith("redirect "):
                self.answer(302, b"", {"Location": fault.split()[1]})
            elif fault == "html":
                self.answer(200, b"<html>Please log in</html>", {"Content-Type": "text/html; charset=utf-8"})
            elif fault == "close":
                self.close_connection = True
            else:
                self.give(data, wanted, fault)

        def give(self, data: bytes, wanted: str | None, fault: str) -> None:
            tag = f'"{hashlib.sha1(data, usedforsecurity=False).hexdigest()}"'
            same = self.headers.get("If-Range") == tag
            begin = int(wanted.removeprefix("bytes=").rstrip("-")) if wanted and same else 0
            head = {"ETag": tag, "Content-Type": "application/octet-stream", **made.headers[self.path]}
            if wanted and same and begin >= len(data):
                self.answer(416, b"")
                return
            if begin:
                head["Content-Range"] = f"bytes {begin}-{len(data) - 1}/{len(data)}"
            body = data[begin:]
            self.head(206 if begin else 200, len(body), head)
            if fault == "cut":
                self.wfile.write(body[: len(body) // 2])
                self.close_connection = True
            elif fault == "stall":
                self.wfile.write(body[: len(body) // 2])
                self.wfile.flush()
                made.released.wait(20)
                self.close_connection = True
            elif fault == "flip":
                self.wfile.write(bytes([body[0] ^ 1]) + body[1:])
            elif fault == "slow":
                for at in range(0, len(body), 1000):
                    self.wfile.write(body[at : at + 1000])
                    time.sleep(0.001)
            else:
                self.wfile.write(body)

        def answer(self, status: int, body: bytes, head: dict[str, str] | None = None) -> None:
            self.head(status, len(body), head or {})
            self.wfile.write(body)

        def head(self, status: int, length: int, head: dict[str, str]) -> None:
            self.send_response(status)
            for name, value in {"Content-Length": str(length), **head}.items():
                self.send_header(name, value)
            self.end_headers()

        def log_message(self, *_args: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as http:
        http.handle_error = lambda *_args: None  # type: ignore[method-assign]  # a client that leaves is part of it
        made.port = http.server_port
        thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield made
        finally:
            made.released.set()
            http.shutdown()
            thread.join()
