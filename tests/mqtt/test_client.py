"""The client against a real mosquitto."""

import asyncio
import json
import logging
import re
import subprocess
import sys
import textwrap
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from daemon.bus import Bus
from daemon.commands import Command, Name
from daemon.events import (
    JobChanged,
    MuteChanged,
    PartChanged,
    StateChanged,
    SttEnd,
    SttPartial,
    TtsStart,
    VolumeChanged,
    WakeWord,
)
from daemon.mqtt import client as client_module
from daemon.mqtt.client import MqttClient
from daemon.mqtt.options import MqttOptions
from tests.broker import Broker, Watcher, broker, free_port, watcher

pytestmark = pytest.mark.slow
BASE = "kombain/kombain"


class Assistant:
    """A running client with everything that goes in and comes out."""

    def __init__(self, options: MqttOptions) -> None:
        self.bus = Bus()
        self.commands: asyncio.Queue[Command] = asyncio.Queue()
        self.parts: asyncio.Queue[PartChanged] = asyncio.Queue()
        self.client = MqttClient(options, self.bus, self.commands.put_nowait)

    async def health(self, wanted: str) -> PartChanged:
        """Wait until the client reports `wanted`."""
        async with asyncio.timeout(20):
            while (part := await self.parts.get()).health != wanted:
                pass
        return part

    async def command(self) -> Command:
        async with asyncio.timeout(10):
            return await self.commands.get()


@asynccontextmanager
async def assistant(port: int, **options: object) -> AsyncIterator[Assistant]:
    made = Assistant(MqttOptions(port=port, **options))
    task = asyncio.create_task(made.client.run())
    with made.bus.subscribe(PartChanged) as parts:
        collecting = asyncio.create_task(_collect(parts, made.parts))
        try:
            yield made
        finally:
            collecting.cancel()
            task.cancel()
            await asyncio.wait([task])
            assert task.cancelled(), task.exception()


async def _collect(parts, into) -> None:
    async for part in parts:
        into.put_nowait(part)


@pytest.fixture
def fast(monkeypatch: pytest.MonkeyPatch) -> None:
    """Short waits between tries."""
    monkeypatch.setattr(client_module, "FIRST_S", 0.1)
    monkeypatch.setattr(client_module, "MOST_S", 0.3)


@pytest.fixture
def mosquitto() -> Iterator[Broker]:
    with broker() as made:
        yield made


@pytest.fixture
def other(mosquitto: Broker) -> Iterator[Watcher]:
    with watcher(mosquitto.port) as made:
        yield made


def speak(bus: Bus) -> None:
    bus.publish(StateChanged(state="listening", at=1))
    bus.publish(WakeWord(word="hey_jarvis", score=0.99, turn="t1", at=1))
    bus.publish(SttPartial(text="draw", turn="t1", at=1))
    bus.publish(SttEnd(text="draw a fox", language="en", turn="t1", at=2))
    bus.publish(TtsStart(text="I am drawing a fox.", language="en", turn="t1", at=3))
    bus.publish(JobChanged(job="j1", kind="picture", state="queued", prompt="a fox", turn="t1", at=3))
    bus.publish(MuteChanged(on=False, at=3))
    bus.publish(StateChanged(state="idle", at=4))


async def until(other: Watcher, topic: str, payload: bytes | None = None) -> bytes:
    return await asyncio.to_thread(other.until, f"{BASE}/{topic}", payload)


async def test_events_in_order_and_the_retained_record(mosquitto: Broker, other: Watcher) -> None:
    async with assistant(mosquitto.port) as one:
        await one.health("ok")
        speak(one.bus)
        await until(other, "status", b"online")
        seen = [json.loads(await until(other, "event"))["event_type"] for _ in range(5)]
        assert seen == ["wake_word", "stt_partial", "stt_end", "tts_start", "job_changed"]
        await until(other, "state", b"idle")
        kept = await asyncio.to_thread(other.all_retained)
        assert set(kept) == {f"{BASE}/{name}" for name in ("status", "state", "transcript", "reply", "job", "mute")}
        assert json.loads(kept[f"{BASE}/transcript"])["text"] == "draw a fox"
        assert kept[f"{BASE}/state"] == b"idle"
    assert (await asyncio.to_thread(other.all_retained))[f"{BASE}/status"] == b"offline"


async def test_texts_false_shows_none_and_clears_old_ones(mosquitto: Broker, other: Watcher) -> None:
    other.publish(f"{BASE}/transcript", b'{"text": "old fox"}', retain=True)
    async with assistant(mosquitto.port, texts=False) as one:
        await one.health("ok")
        await until(other, "transcript", b"")
        speak(one.bus)
        seen = []
        while not seen or seen[-1][:2] != (f"{BASE}/state", b"idle"):
            seen.append(await asyncio.to_thread(other.messages.get, timeout=10))
        seen += (await asyncio.to_thread(other.all_retained)).items()
        assert len(seen) > 10
        assert not [entry for entry in seen if b"fox" in entry[1] or b"draw" in entry[1]]


async def test_commands_arrive_once(mosquitto: Broker, other: Watcher) -> None:
    async with assistant(mosquitto.port) as one:
        await one.health("ok")
        other.publish(f"{BASE}/draw/set", '{"text": "a fox", "id": "k1"}')
        other.publish(f"{BASE}/draw/set", '{"text": "a fox", "id": "k1"}')
        other.publish(f"{BASE}/mute/set", "ON")
        assert await one.command() == Command(Name.DRAW, text="a fox", id="k1")
        assert await one.command() == Command(Name.MUTE, on=True)
        assert one.client.refused == {"command.again": 1}


async def test_retained_commands_are_never_carried_out(mosquitto: Broker, other: Watcher) -> None:
    for name in Name:
        other.publish(f"{BASE}/{name}/set", "ON", retain=True)
    for _ in range(10):
        async with assistant(mosquitto.port) as one:
            await one.health("ok")
            other.publish(f"{BASE}/mute/set", "ON", retain=True)  # live, but retained all the same
            other.publish(f"{BASE}/stop/set", "")
            assert await one.command() == Command(Name.STOP)
            assert one.client.refused == {"command.retained": 11}


async def test_hostile_payloads_are_counted_and_dropped(mosquitto: Broker, other: Watcher, caplog) -> None:
    hostile = [b"\xff\xfe\x00", b"a\x00b", b"", b"x" * 100_000, b'{"text":' + b"[" * 10_000, b"y" * 10_000_000]
    async with assistant(mosquitto.port) as one:
        await one.health("ok")
        for payload in hostile:
            other.publish(f"{BASE}/say/set", payload)
        other.publish(f"{BASE}/stop/set", "")
        assert await one.command() == Command(Name.STOP)
        assert one.client.refused.total() == len(hostile) - 1  # mosquitto itself kept back the largest
        assert one.commands.empty()
    assert "x" * 50 not in caplog.text


async def test_a_flood_is_bounded_and_the_last_command_still_works(mosquitto: Broker, other: Watcher) -> None:
    async with assistant(mosquitto.port) as one:
        await one.health("ok")
        for _ in range(3000):
            other._client.publish(f"{BASE}/listen/set", "")
        other.publish(f"{BASE}/stop/set", "")  # all the while the event loop is blocked
        async with asyncio.timeout(20):
            while (await one.commands.get()).name is not Name.STOP:
                pass


async def test_after_more_than_the_broker_can_take_the_states_are_right(mosquitto: Broker, other: Watcher) -> None:
    async with assistant(mosquitto.port) as one:
        await one.health("ok")
        for level in range(3000):
            one.bus.publish(VolumeChanged(level=level, at=1))
        await until(other, "volume", b"2999")


@pytest.mark.usefixtures("fast")
async def test_the_broker_dies_and_returns(mosquitto: Broker) -> None:
    async with assistant(mosquitto.port) as one:
        await one.health("ok")
        one.bus.publish(MuteChanged(on=True, at=1))
        mosquitto.stop()
        assert "lost" in (await one.health("down")).why
        speak(one.bus)
        mosquitto.start()  # it has forgotten everything
        with watcher(mosquitto.port) as other:
            await one.health("ok")
            seen = [json.loads(await until(other, "event"))["event_type"] for _ in range(4)]
            assert seen == ["wake_word", "stt_end", "tts_start", "job_changed"]
            kept = await asyncio.to_thread(other.all_retained)
            assert kept[f"{BASE}/mute"] == b"OFF"
            assert kept[f"{BASE}/status"] == b"online"
            other.publish(f"{BASE}/stop/set", "")
            assert await one.command() == Command(Name.STOP)


@pytest.mark.usefixtures("fast")
async def test_no_broker_at_start_is_one_line_until_it_comes(caplog) -> None:
    caplog.set_level(logging.INFO)
    with broker() as mosquitto:
        mosquitto.stop()
        async with assistant(mosquitto.port) as one:
            assert "can't be reached" in (await one.health("down")).why
            await asyncio.sleep(1)
            assert len([record for record in caplog.records if record.name == "daemon.mqtt.client"]) == 1
            mosquitto.start()
            await one.health("ok")


async def test_a_frozen_broker_is_noticed_and_does_not_hold_up_the_end(mosquitto: Broker) -> None:
    async with assistant(mosquitto.port, keepalive=1) as one:
        await one.health("ok")
        mosquitto.freeze()
        one.bus.publish(StateChanged(state="idle", at=1))
        began = time.monotonic()
        await one.health("down")
        assert time.monotonic() - began < 5
    assert time.monotonic() - began < 8


@pytest.mark.usefixtures("fast")
async def test_a_wrong_password_and_its_mending(tmp_path: Path) -> None:
    secret = tmp_path / "password"
    secret.write_text("wrong-Canary\n")
    with broker(password="right-Canary") as mosquitto:
        async with assistant(mosquitto.port, username="kombain", password_file=secret) as one:
            down = await one.health("down")
            assert "refuses us" in down.why
            secret.write_text("right-Canary\n")
            await one.health("ok")
            assert "Canary" not in down.why + repr(one.client.__dict__)
        assert "Canary" not in mosquitto.log.read_text()


async def test_a_missing_password_file() -> None:
    async with assistant(free_port(), username="kombain", password_file=Path("/nowhere/password")) as one:
        assert "/nowhere/password can't be read" in (await one.health("down")).why


async def test_a_name_that_is_not_there() -> None:
    async with assistant(1883, host="broker.invalid") as one:
        assert "broker.invalid:1883" in (await one.health("down")).why


async def test_rules_that_keep_us_out() -> None:
    ours = ["user kombain", "topic write kombain/kombain/#", "topic read kombain/kombain/stop/set"]
    acl = "\n".join([*ours, "user watcher", "topic kombain/#", ""])
    with broker(password="p", acl=acl) as mosquitto, watcher(mosquitto.port, username="watcher", password="w") as other:
        async with assistant(mosquitto.port, username="kombain", password="p") as one:
            await until(other, "status", b"online")
            other.publish(f"{BASE}/stop/set", "")
            assert await one.command() == Command(Name.STOP)
    acl = "user kombain\ntopic read kombain/kombain/#\ntopic write kombain/kombain/state\n"
    with broker(password="p", acl=acl) as mosquitto:
        async with assistant(mosquitto.port, username="kombain", password="p") as one:
            part = await one.health("degraded")
            assert "kombain/kombain/status" in part.why


async def test_the_rules_in_the_documentation() -> None:
    blocks = re.split(r"\n(?! {4}|\n)", (Path(__file__).parents[2] / "docs" / "mqtt.md").read_text("utf-8"))
    acl = textwrap.dedent(next(block for block in blocks if block.startswith("`/etc/mosquitto/acl`")).split("\n", 1)[1])
    acl = acl.replace("user homeassistant", "user watcher") + "\n"
    with broker(password="p", acl=acl) as mosquitto, watcher(mosquitto.port, username="watcher", password="w") as other:
        async with assistant(mosquitto.port, username="kombain", password="p") as one:
            await one.health("ok")
            speak(one.bus)
            await until(other, "state", b"idle")
            other.publish(f"{BASE}/stop/set", "")
            assert await one.command() == Command(Name.STOP)
            assert one.parts.empty()


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tls")

    def openssl(line: str, *more: str) -> None:
        subprocess.run(["openssl", *line.split(), *more], cwd=folder, check=True, capture_output=True)

    for name in ("ca", "strange"):
        openssl(f"req -x509 -newkey rsa:2048 -nodes -days 2 -keyout {name}.key -out {name}.pem",
                "-subj", f"/CN=test {name}", "-addext", "keyUsage=critical,keyCertSign,cRLSign")  # fmt: skip
    openssl("req -newkey rsa:2048 -nodes -keyout server.key -out server.csr -subj /CN=localhost")
    (folder / "names").write_text("subjectAltName=DNS:localhost")
    openssl("x509 -req -in server.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -extfile names -out server.pem")
    return folder


# paho leaves the socket of a failed handshake to the garbage collector
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
async def test_tls(certificates: Path) -> None:
    with broker(tls=(certificates / "server.pem", certificates / "server.key")) as mosquitto:
        secure = {"tls": True, "host": "localhost", "ca": certificates / "ca.pem"}
        async with assistant(mosquitto.port, **secure) as one:
            await one.health("ok")
        for wrong in (
            {"ca": certificates / "strange.pem"},  # another authority
            {"host": "127.0.0.1"},  # a name that the certificate does not have
            {"ca": None},  # the system's authorities
        ):
            async with assistant(mosquitto.port, **(secure | wrong)) as one:
                assert "No secure connection" in (await one.health("down")).why
        async with assistant(mosquitto.port, **(secure | {"ca": None, "insecure": True})) as one:
            await one.health("ok")
        async with assistant(mosquitto.port, **(secure | {"ca": certificates / "none.pem"})) as one:
            assert "none.pem" in (await one.health("down")).why


# as above: the broker ends the handshake
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
async def test_tls_with_a_certificate_of_our_own(certificates: Path) -> None:
    served = (certificates / "server.pem", certificates / "server.key")
    with broker(tls=served, clients=certificates / "ca.pem") as mosquitto:
        secure = {"tls": True, "host": "localhost", "ca": certificates / "ca.pem"}
        async with assistant(mosquitto.port, **secure, cert=served[0], key=served[1]) as one:
            await one.health("ok")
        async with assistant(mosquitto.port, **secure) as one:
            await one.health("down")
        async with assistant(mosquitto.port, **secure, cert=served[0], key=certificates / "ca.key") as one:
            assert "server.pem for MQTT's TLS can't be used" in (await one.health("down")).why


PROGRAM = """
import asyncio, sys
from daemon.bus import Bus
from daemon.mqtt.client import MqttClient
from daemon.mqtt.options import MqttOptions
asyncio.run(MqttClient(MqttOptions(port=int(sys.argv[1])), Bus(), print).run())
"""


async def test_the_last_will_of_a_killed_assistant(mosquitto: Broker, other: Watcher) -> None:
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", PROGRAM, str(mosquitto.port))
    await until(other, "status", b"online")
    process.kill()
    await process.wait()
    await until(other, "status", b"offline")
    assert (await asyncio.to_thread(other.all_retained))[f"{BASE}/status"] == b"offline"


@pytest.mark.usefixtures("fast")
async def test_two_with_the_same_id_do_not_throw_each_other_out_for_ever(mosquitto: Broker, other: Watcher) -> None:
    async with assistant(mosquitto.port) as first:
        await first.health("ok")
        async with assistant(mosquitto.port) as second:
            await second.health("ok")
            assert "lost" in (await first.health("down")).why  # Debian 12's mosquitto does not say why
            assert "taken our place" in (await first.health("down")).why
            await asyncio.sleep(2)
            other.publish(f"{BASE}/stop/set", "")
            assert await second.command() == Command(Name.STOP)
            assert second.parts.empty()
            assert first.commands.empty()
            assert (await asyncio.to_thread(other.all_retained))[f"{BASE}/status"] == b"online"
        await first.health("ok")  # the other has left: back to work
        await until(other, "status", b"online")


async def test_switched_off_it_does_nothing() -> None:
    await MqttClient(MqttOptions(enabled=False), Bus(), print).run()
