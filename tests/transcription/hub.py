"""A model hub on a loopback port: one repository, served as the real one's API and files are."""

import hashlib
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

COMMIT = "0123456789abcdef0123456789abcdef01234567"


@contextmanager
def hub(repository: str, folder: Path) -> Iterator[str]:
    """Serve the files of `folder` as `repository`; yield the address."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_HEAD(self) -> None:
            self.answer(body=False)

        def do_GET(self) -> None:
            self.answer(body=True)

        def answer(self, *, body: bool) -> None:
            path = self.path.partition("?")[0]
            file = folder / path.rpartition("/")[2]
            if path.startswith(f"/api/models/{repository}"):
                self.give(
                    json.dumps(_info(repository, folder, tree="/tree/" in path)).encode(), "application/json", body
                )
            elif path.startswith(f"/{repository}/resolve/") and file.is_file():
                self.give(file.read_bytes(), "application/octet-stream", body)
            else:
                self.give(b"{}", "application/json", body, status=404)

        def give(self, data: bytes, mime: str, body: bool, status: int = 200) -> None:
            self.send_response(status)
            self.send_header("Content-Type", mime)
            self.send_header("Content-Length", str(len(data)))
            self.send_header("ETag", f'"{hashlib.sha1(data).hexdigest()}"')  # noqa: S324 - a name for the content
            self.send_header("X-Repo-Commit", COMMIT)
            self.end_headers()
            if body:
                self.wfile.write(data)

        def log_message(self, *_args: object) -> None:
            """Stay quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _info(repository: str, folder: Path, *, tree: bool) -> object:
    files = sorted(path for path in folder.iterdir() if path.is_file())
    if tree:
        return [{"type": "file", "path": path.name, "size": path.stat().st_size, "oid": COMMIT} for path in files]
    return {
        "id": repository,
        "modelId": repository,
        "sha": COMMIT,
        "siblings": [{"rfilename": path.name} for path in files],
    }
