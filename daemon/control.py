"""The control socket: what the command line says to a running assistant, and hears of it.

JSON lines over a Unix socket (0660, in the runtime folder). A request is `{"command": NAME, ...fields}`: the commands
of MQTT with their fields, `status`, `show`, `gallery`, `reload` or `events`. Each gets one line, `{"ok": true, ...}` or
`{"ok": false, "code": ..., "values": {...}}`; after `events` all events follow as lines of the same connection, until
it is closed.
"""

import asyncio
import contextlib
import json
import logging
import os
import socket
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Protocol

from daemon import messages, paths
from daemon.bus import Bus, Subscription
from daemon.commands import MAX_PAYLOAD, Command, build
from daemon.errors import CommandError, ConfigError, KombainError
from daemon.gallery import wish
from daemon.gallery.wish import Wish
from daemon.types import Artifact

log = logging.getLogger(__name__)
MODE = 0o660
CLIENTS = 32
"""Connections at a time; one more is refused."""
SLOW_S = 10.0
"""A client that takes nothing for so long is left."""
FEW = 500
"""Events that wait for a slow client; the oldest go first."""


@dataclass(frozen=True, slots=True)
class Reloaded:
    """What came of reading the config again."""

    changed: list[str] = field(default_factory=list)
    """Sections that were taken up."""
    later: list[str] = field(default_factory=list)
    """Those that have changed too, but need a restart."""
    problems: list[str] = field(default_factory=list)
    """What is wrong, a sentence each."""


class House(Protocol):
    """What the socket asks of the assistant."""

    def command(self, command: Command) -> str:
        """Carry it out; return the id of its turn."""

    def status(self, language: str) -> dict[str, Any]:
        """Tell how things are."""

    def artifact(self, which: str) -> Artifact | None:
        """Return the newest artifact ("last"), or that of an id."""

    async def gallery(self, asked: Wish) -> dict[str, Any]:
        """List, delete or keep what was made."""

    async def reload(self, language: str) -> Reloaded:
        """Read the config again; return when what has changed is ready."""


class Control:
    """Serves one socket; `run` is its task."""

    def __init__(self, folder: Path, bus: Bus, house: House) -> None:
        self._path = folder / paths.SOCKET
        self._bus = bus
        self._house = house
        self._clients: set[asyncio.Task[None]] = set()

    def check(self) -> None:
        """Make room for the socket. Raises ConfigError: another assistant serves there, or the folder is unusable."""
        try:
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with socket.socket(socket.AF_UNIX) as known:
                known.connect(str(self._path))
        except (FileNotFoundError, ConnectionRefusedError):
            self._path.unlink(missing_ok=True)  # left by one that was killed
        except OSError as error:
            raise ConfigError("control.socket", path=self._path, why=error.strerror or error) from error
        else:
            raise ConfigError("control.taken", path=self._path)

    async def run(self) -> None:
        """Serve until cancelled, then remove the socket."""
        before = os.umask(0o777 & ~MODE)
        try:
            server = await asyncio.start_unix_server(self._accept, self._path, limit=2 * MAX_PAYLOAD)
        finally:
            os.umask(before)
        try:
            await asyncio.Event().wait()
        finally:
            server.close()
            self._path.unlink(missing_ok=True)
            for client in list(self._clients):
                client.cancel()

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None  # noqa: S101 - asyncio made one for this connection
        if len(self._clients) >= CLIENTS:
            await _send(writer, _refusal(CommandError("control.crowded", most=CLIENTS)))
            writer.close()
            return
        self._clients.add(task)
        try:
            await self._serve(reader, writer)
        except (OSError, TimeoutError, asyncio.CancelledError):  # it left, sleeps, or we stop
            pass
        finally:
            self._clients.discard(task)
            writer.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.ExitStack() as stack:
            telling: asyncio.Task[None] | None = None
            while line := await _line(reader):
                try:
                    request = _request(line)
                    if request.get("command") == "events" and telling is None:
                        await _send(writer, {"ok": True})
                        events = stack.enter_context(self._bus.subscribe(size=FEW))
                        telling = asyncio.create_task(_tell(events, writer), name="control: events")
                        stack.callback(telling.cancel)
                        continue
                    answer = {"ok": True, **await self._answer(request)}
                except KombainError as error:
                    answer = _refusal(error)
                await _send(writer, answer)

    async def _answer(self, request: dict[str, Any]) -> dict[str, Any]:
        name, language = request.pop("command", ""), request.get("language")
        language = language if language in messages.LANGUAGES else "en"
        match name:
            case "status":
                return {"status": self._house.status(language)}
            case "reload":
                return {"reloaded": asdict(await self._house.reload(language))}
            case "gallery":
                request.pop("language", None)
                return await self._house.gallery(wish.read(request))
            case "show":
                which = str(request.get("text") or "last")
                if (found := self._house.artifact(which)) is None:
                    code = "gallery.nothing" if which == "last" else "control.no_artifact"
                    raise CommandError(code, which=which[:64])
                return {"artifact": found.id, "kind": found.kind, "path": str(found.path), "mime": found.mime}
            case str():
                return {"turn": self._house.command(build(name, request))}
            case _:
                raise CommandError("command.unknown", name=ascii(name)[:40], known="")


async def _line(reader: asyncio.StreamReader) -> bytes:
    """Return the next line; empty at the end, and for one that is too long to be a request."""
    try:
        return await reader.readline()
    except ValueError:
        return b""


def _request(line: bytes) -> dict[str, Any]:
    try:
        found = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise CommandError("control.json") from error
    if not isinstance(found, dict):
        raise CommandError("control.json")
    return found


def _refusal(error: KombainError) -> dict[str, Any]:
    return {"ok": False, "code": error.code, "values": error.plain}


async def _tell(events: Subscription, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError, TimeoutError):
        async for event in events:
            await _send(writer, event.json())
    writer.close()


async def _send(writer: asyncio.StreamWriter, body: dict[str, Any]) -> None:
    writer.write(json.dumps(body, ensure_ascii=False, default=str).encode() + b"\n")
    async with asyncio.timeout(SLOW_S):
        await writer.drain()
