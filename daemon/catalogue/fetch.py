"""One file from a server to the disk: resumed, checked, and slow or faulty servers borne with.

What has come is kept in NAME.part and gone on with (RFC 9110 §14: Range, If-Range), also by the next process.
A cut, a stall, 429 and 5xx are tried again, for as long as every few tries bring something.
"""

import errno
import hashlib
import http.client
import json
import os
import re
import shutil
import socket
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from email.message import Message
from pathlib import Path
from typing import IO, Any
from urllib.parse import urljoin

from daemon.errors import EngineError

STALL_S = 20.0
"""A server that gives nothing for so long is asked again."""
TRIES = 5
"""Tries in a row that bring nothing."""
FIRST_S, MOST_S = 1.0, 60.0
PIECE = 1 << 18
SPARE = 64 << 20
"""Bytes of the disk that stay free."""
REDIRECTS = 5
OFFLINE = {errno.ENETUNREACH, errno.EHOSTUNREACH, errno.ENETDOWN}
AGAIN = {408, 425, 429, 500, 502, 503, 504}
_TOTAL = re.compile(r"bytes (\d+)-\d+/(\d+)")
_SHA256 = re.compile(r'"?([0-9a-f]{64})"?')


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a file is, bytes; `total` is None until the server has told it."""

    done: int
    total: int | None


Report = Callable[[Progress], None]
Wait = Callable[[float], None]
Again = Callable[[str, float], None]
"""Hears why a server is asked again, and after how many seconds."""


class _Faulty(Exception):  # noqa: N818 - not an error yet
    """The server was faulty in a way that may pass; `after` is what it asked to wait for.

    `offline`: there is no way to it, or its name is not known.
    """

    def __init__(self, why: str, after: float = 0.0, *, offline: bool = False) -> None:
        super().__init__(why)
        self.after = after
        self.offline = offline


class _Visible(urllib.request.HTTPRedirectHandler):
    """Redirects are ours to judge."""

    def redirect_request(self, *_args: Any, **_named: Any) -> None:
        return None


@dataclass(frozen=True, slots=True)
class Fetched:
    """A whole file, still under its passing name."""

    part: Path
    sha256: str
    size: int
    stated: str | None
    """The checksum that the server states for it, where it does (`X-Linked-ETag`)."""


class Fetcher:
    """Gets files from addresses that `allowed` lets through; `wait` sleeps."""

    def __init__(
        self, allowed: Callable[[str], bool], *, again: Again, wait: Wait = time.sleep, stall: float = STALL_S
    ) -> None:
        self._allowed = allowed
        self._again = again
        self._wait = wait
        self._stall = stall
        self._opener = urllib.request.build_opener(_Visible)

    def fetch(self, address: str, to: Path, report: Report) -> Fetched:
        """Get a file to `to`.part, going on where it was cut.

        Raises EngineError `models.host`, `.web_page`, `.refused`, `.unreachable`, `.disk_full`, `.unwritable`.
        """
        part = to.with_name(f"{to.name}.part")
        tries, stated, began = 0, None, False
        while True:
            before = _size(part)
            try:
                stated = self._once(address, part, report) or stated
            except _Faulty as fault:
                came = _size(part) > before
                tries, began = 0 if came else tries + 1, began or came
                if tries >= TRIES or (fault.offline and not began):  # who is offline is not kept waiting
                    raise EngineError("models.unreachable", address=address, why=str(fault)) from fault
                seconds = max(min(FIRST_S * 2 ** max(tries - 1, 0), MOST_S), min(fault.after, MOST_S))
                self._again(str(fault), seconds)
                self._wait(seconds)
            except OSError as error:
                raise EngineError("models.unwritable", path=part, why=error.strerror or str(error)) from error
            else:
                return Fetched(part, digest(part), _size(part), stated)

    def _once(self, address: str, part: Path, report: Report) -> str | None:
        """Ask once and take what comes; return the checksum that the server states."""
        have, tag = _size(part), _tag(part)
        answer, stated = self._open(address, have if tag else 0, tag)
        with answer:
            kind = answer.headers.get_content_type()
            if kind == "text/html":
                raise EngineError("models.web_page", address=address)
            begin, total = _span(answer)
            _remember(part, answer.headers)
            _room(part, (total or 0) - begin)
            with part.open("r+b" if begin else "wb") as file:
                file.truncate(begin)
                file.seek(begin)
                done = self._take(answer, file, begin, total, report)
        if total is not None and done < total:
            raise _Faulty("cut short")
        return stated

    def _take(self, answer: Any, file: IO[bytes], done: int, total: int | None, report: Report) -> int:
        report(Progress(done, total))
        try:
            while data := answer.read1(PIECE):
                file.write(data)
                done += len(data)
                report(Progress(done, total))
        except (TimeoutError, ConnectionError, http.client.HTTPException) as error:
            raise _Faulty(str(error) or "stalled") from error
        finally:
            file.flush()
            os.fsync(file.fileno())
        return done

    def _open(self, address: str, have: int, tag: str) -> tuple[Any, str | None]:
        """Return the answer, at the end of all redirects, and the checksum stated on the way."""
        stated = None
        for _ in range(REDIRECTS):
            if not self._allowed(address):
                raise EngineError("models.host", address=address)
            wanted = {"User-Agent": "kombain", "Accept-Encoding": "identity"}
            if have:
                wanted |= {"Range": f"bytes={have}-", "If-Range": tag}
            try:
                answer = self._opener.open(urllib.request.Request(address, headers=wanted), timeout=self._stall)  # noqa: S310 - `allowed` knows http and https only
            except urllib.error.HTTPError as error:
                with error:
                    stated = _stated(error.headers) or stated
                    if error.code in {301, 302, 303, 307, 308} and (place := error.headers.get("Location")):
                        address = urljoin(address, place)
                        continue
                    if error.code in AGAIN:
                        raise _Faulty(f"HTTP {error.code}", _after(error.headers)) from error
                    if error.code == 416:  # noqa: PLR2004 - what we have is not the beginning of it any more
                        have = 0
                        continue
                    raise EngineError("models.refused", address=address, status=error.code) from error
            except (urllib.error.URLError, TimeoutError, ConnectionError, http.client.HTTPException) as error:
                reason = getattr(error, "reason", error)
                raise _Faulty(str(reason) or type(error).__name__, offline=_offline(reason)) from error
            return answer, _stated(answer.headers) or stated
        raise EngineError("models.refused", address=address, status="redirects without end")


def _offline(reason: object) -> bool:
    return isinstance(reason, socket.gaierror) or getattr(reason, "errno", None) in OFFLINE


def _span(answer: Any) -> tuple[int, int | None]:
    """Return where the answer's bytes begin in the file, and the file's length."""
    if answer.status == 206 and (found := _TOTAL.match(answer.headers.get("Content-Range", ""))):  # noqa: PLR2004
        return int(found[1]), int(found[2])
    length = answer.headers.get("Content-Length", "")
    return 0, int(length) if length.isdecimal() else None


def _stated(headers: Message) -> str | None:
    found = _SHA256.fullmatch(headers.get("X-Linked-ETag", ""))
    return found[1] if found else None


def _after(headers: Message) -> float:
    given = headers.get("Retry-After", "")
    return float(given) if given.isdecimal() else 0.0


def _remember(part: Path, headers: Message) -> None:
    """Keep what tells whether the server still has the same file."""
    tag = headers.get("ETag", "")
    kept = part.with_name(f"{part.name}.json")
    if tag and not tag.startswith("W/"):
        kept.write_text(json.dumps({"etag": tag}), "utf-8")
    else:
        kept.unlink(missing_ok=True)


def _tag(part: Path) -> str:
    with suppress(OSError, ValueError, KeyError, TypeError):
        return str(json.loads(part.with_name(f"{part.name}.json").read_text("utf-8"))["etag"])
    return ""


def _room(part: Path, wanted: int) -> None:
    free = shutil.disk_usage(part.parent).free
    if wanted + SPARE > free:
        raise EngineError("models.disk_full", path=part.parent, wanted=(wanted + SPARE) >> 20, free=free >> 20)


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def digest(path: Path) -> str:
    """Return the SHA-256 of a file, in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
