"""The control socket: requests, refusals and events over a real Unix socket."""

import asyncio
import json
import stat
from pathlib import Path

import pytest

from daemon.bus import Bus
from daemon.control import CLIENTS, Control
from daemon.errors import ConfigError
from daemon.events import StateChanged
from daemon.types import Artifact


class FakeHouse:
    def __init__(self):
        self.commands = []

    def command(self, command):
        self.commands.append(command)
        return "t1"

    def status(self, language):
        return {"state": "idle", "told_in": language}

    def artifact(self, which):
        return Artifact("a1", "j1", "picture", Path("/x/a1.png"), "image/png", {}) if which == "last" else None


class Client:
    def __init__(self, reader, writer):
        self._reader, self._writer = reader, writer

    async def send(self, line: bytes):
        self._writer.write(line)
        await self._writer.drain()

    async def next(self):
        async with asyncio.timeout(5):
            line = await self._reader.readline()
        return json.loads(line) if line else None

    async def ask(self, **request):
        await self.send(json.dumps(request).encode() + b"\n")
        return await self.next()

    def close(self):
        self._writer.close()


@pytest.fixture
async def served(tmp_path):
    bus, house = Bus(), FakeHouse()
    control = Control(tmp_path / "run", bus, house)
    control.check()
    task = asyncio.create_task(control.run())
    path = tmp_path / "run" / "control.sock"
    while not path.exists():  # noqa: ASYNC110 - nothing tells when it listens
        await asyncio.sleep(0)
    clients = []

    async def connect():
        clients.append(Client(*await asyncio.open_unix_connection(path)))
        return clients[-1]

    yield connect, bus, house, path
    for client in clients:
        client.close()
    task.cancel()
    await asyncio.wait([task])
    assert not path.exists()


async def test_a_command_is_carried_out_and_its_turn_told(served):
    connect, _, house, _ = served
    client = await connect()
    assert await client.ask(command="say", text="hello  there", language="en") == {"ok": True, "turn": "t1"}
    assert (house.commands[0].name, house.commands[0].text) == ("say", "hello there")
    assert (await client.ask(command="volume", text="+10"))["ok"]
    assert house.commands[1].by == 10


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (b"hello\n", "control.json"),
        (b"[1]\n", "control.json"),
        (b"[" * 20000 + b"\n", "control.json"),
        (b'{"command": "explode"}\n', "command.unknown"),
        (b'{"command": 7}\n', "command.unknown"),
        (b"{}\n", "command.unknown"),
        (b'{"command": "say"}\n', "command.no_text"),
        (b'{"command": "say", "text": "x", "why": 1}\n', "command.field"),
        (b'{"command": "mute", "text": "perhaps"}\n', "command.switch"),
        (b'{"command": "show", "text": "../../etc/passwd"}\n', "control.no_artifact"),
        (b"\xff\xfe\n", "control.json"),
    ],
)
async def test_a_wrong_request_is_refused_and_the_next_one_served(served, line, code):
    connect, _, house, _ = served
    client = await connect()
    await client.send(line)
    answer = await client.next()
    assert (answer["ok"], answer["code"]) == (False, code)
    assert house.commands == []
    assert (await client.ask(command="status"))["status"]["state"] == "idle"


async def test_a_line_without_end_is_hung_up_on(served):
    connect, *_ = served
    client = await connect()
    await client.send(b"x" * 100_000)
    assert await client.next() is None


async def test_status_and_show(served):
    connect, *_ = served
    client = await connect()
    assert (await client.ask(command="status", language="ru"))["status"]["told_in"] == "ru"
    assert (await client.ask(command="show"))["path"] == "/x/a1.png"


async def test_events_follow_and_commands_go_on(served):
    connect, bus, _, _ = served
    client = await connect()
    assert await client.ask(command="events") == {"ok": True}
    bus.publish(StateChanged(state="listening", at=1.0))
    assert (await client.next())["state"] == "listening"
    assert (await client.ask(command="stop"))["ok"]
    other = await connect()
    assert (await other.ask(command="stop"))["ok"]
    client.close()
    while bus.wanted(StateChanged):  # noqa: ASYNC110 - nothing tells when it has noticed
        await asyncio.sleep(0)


async def test_one_connection_too_many_is_refused(served):
    connect, *_ = served
    clients = [await connect() for _ in range(CLIENTS)]
    for client in clients:
        assert (await client.ask(command="status"))["ok"]
    more = await connect()
    assert (await more.next())["code"] == "control.crowded"
    clients[0].close()


def test_the_socket_is_for_its_user_and_group_only(served):
    path = served[3]
    assert stat.S_IMODE(path.stat().st_mode) == 0o660
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


async def test_a_second_assistant_is_told_of_the_first(served, tmp_path):
    with pytest.raises(ConfigError) as caught:
        Control(tmp_path / "run", Bus(), FakeHouse()).check()
    assert caught.value.code == "control.taken"


def test_a_socket_left_by_a_killed_assistant_is_no_trouble(tmp_path):
    import socket

    with socket.socket(socket.AF_UNIX) as left:
        left.bind(str(tmp_path / "control.sock"))
    Control(tmp_path, Bus(), FakeHouse()).check()
    assert not (tmp_path / "control.sock").exists()


def test_a_folder_with_too_long_a_name_is_one_sentence(tmp_path):
    with pytest.raises(ConfigError) as caught:
        Control(tmp_path / ("x" * 120), Bus(), FakeHouse()).check()
    assert caught.value.code == "control.socket"
