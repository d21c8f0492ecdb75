"""A mosquitto of the demo's own on a free loopback port, and a subscriber that sees everything on it."""

import asyncio
import contextlib
import shutil
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from daemon.errors import BrokerError

Seen = Callable[[str, bytes, bool], None]
"""Called with topic, payload and whether the message is a retained one."""


@asynccontextmanager
async def broker(folder: Path) -> AsyncIterator[int]:
    """Run mosquitto, its files in `folder`, and yield its port. Raises BrokerError `demo.no_mosquitto`."""
    program = shutil.which("mosquitto") or shutil.which("mosquitto", path="/usr/sbin:/usr/local/sbin")
    if program is None:
        raise BrokerError("demo.no_mosquitto")
    port = _free_port()
    settings = folder / "mosquitto.conf"
    settings.write_text(f"listener {port} 127.0.0.1\nallow_anonymous true\npersistence false\n", "utf-8")
    process = await asyncio.create_subprocess_exec(
        program,
        "-c",
        str(settings),
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
        start_new_session=True,  # Ctrl-C is for us: we still have to say goodbye to it
    )
    try:
        await _answers(port, process)
        yield port
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.terminate()
        await process.wait()


@asynccontextmanager
async def subscriber(port: int, seen: Seen) -> AsyncIterator[None]:
    """Subscribe to everything and hand each message to `seen`, on the event loop."""
    from paho.mqtt.client import Client, MQTTMessage
    from paho.mqtt.enums import CallbackAPIVersion

    loop = asyncio.get_running_loop()
    client = Client(CallbackAPIVersion.VERSION2)
    subscribed = asyncio.Event()

    def connected(*_: object) -> None:
        client.subscribe("kombain/#", qos=1)

    def allowed(*_: object) -> None:
        loop.call_soon_threadsafe(subscribed.set)

    def came(_client: Client, _data: object, message: MQTTMessage) -> None:
        loop.call_soon_threadsafe(seen, message.topic, bytes(message.payload), message.retain)

    client.on_connect, client.on_subscribe, client.on_message = connected, allowed, came
    client.connect("127.0.0.1", port)
    client.loop_start()
    try:
        async with asyncio.timeout(5):
            await subscribed.wait()
        yield
    finally:
        client.disconnect()
        client.loop_stop()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def _answers(port: int, process: asyncio.subprocess.Process) -> None:
    for _ in range(200):
        if process.returncode is not None:
            break
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            await asyncio.sleep(0.02)
        else:
            writer.close()
            return
    raise BrokerError("demo.broker_failed", port=port)
