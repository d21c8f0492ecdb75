"""A real mosquitto for tests: on a free loopback port, in a folder of its own, ended with the test."""

import os
import queue
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.subscribeoptions import SubscribeOptions


class Broker:
    """A mosquitto that can be stopped, frozen and started again on the same port."""

    def __init__(
        self,
        folder: Path,
        *,
        password: str | None,
        acl: str | None,
        tls: tuple[Path, Path] | None,
        clients: Path | None,
    ) -> None:
        self.port = free_port()
        self.log = folder / "log"
        lines = [f"listener {self.port} 127.0.0.1", "persistence false", "max_queued_messages 10000"]
        if os.geteuid() == 0:
            lines.append("user root")
        lines.append(f"allow_anonymous {'false' if password else 'true'}")
        if password:
            self.set_password(folder, password)
            lines.append(f"password_file {folder / 'passwords'}")
        if acl:
            (folder / "acl").write_text(acl)
            lines.append(f"acl_file {folder / 'acl'}")
        if tls:
            lines += [f"certfile {tls[0]}", f"keyfile {tls[1]}"]
        if clients:
            lines += [f"cafile {clients}", "require_certificate true"]
        self._config = folder / "mosquitto.conf"
        self._config.write_text("\n".join(lines) + "\n")

    def set_password(self, folder: Path, password: str) -> None:
        """The user is always "kombain"."""
        (folder / "passwords").touch(0o600)
        subprocess.run(["mosquitto_passwd", "-b", str(folder / "passwords"), "kombain", password], check=True)
        subprocess.run(["mosquitto_passwd", "-b", str(folder / "passwords"), "watcher", "w"], check=True)

    def start(self) -> None:
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(["mosquitto", "-c", str(self._config)], stdout=log, stderr=log)
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline and self._process.poll() is None:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.01)  # mosquitto does not tell when it listens
        raise RuntimeError(self.log.read_text())

    def stop(self) -> None:
        self._process.kill()
        self._process.wait()

    def freeze(self) -> None:
        self._process.send_signal(signal.SIGSTOP)


@contextmanager
def broker(
    *,
    password: str | None = None,
    acl: str | None = None,
    tls: tuple[Path, Path] | None = None,
    clients: Path | None = None,
) -> Iterator[Broker]:
    """Run a broker; `password` is user kombain's (user watcher's is "w"), `tls` a certificate and its key.

    `clients` is the authority whose certificate every client must show.
    """
    with tempfile.TemporaryDirectory() as folder:
        made = Broker(Path(folder), password=password, acl=acl, tls=tls, clients=clients)
        made.start()
        try:
            yield made
        finally:
            made.stop()


class Watcher:
    """Somebody else on the broker: collects `kombain/#` and publishes."""

    def __init__(self, port: int, *, username: str | None = None, password: str | None = None) -> None:
        self.messages: queue.Queue[tuple[str, bytes, bool]] = queue.Queue()
        self.retained: dict[str, bytes] = {}
        self._subscribed: queue.Queue[bool] = queue.Queue()
        self._client = paho.Client(CallbackAPIVersion.VERSION2, protocol=paho.MQTTv5)
        if username:
            self._client.username_pw_set(username, password)
        self._client.on_message = self._take
        self._client.on_subscribe = lambda *_: self._subscribed.put(True)
        self._client.connect("127.0.0.1", port)
        self._client.loop_start()
        self._client.subscribe("kombain/#", options=SubscribeOptions(qos=1))
        self._subscribed.get(timeout=10)

    def _take(self, _client: object, _userdata: object, message: paho.MQTTMessage) -> None:
        self.messages.put((message.topic, bytes(message.payload), message.retain))

    def publish(self, topic: str, payload: bytes | str, *, retain: bool = False) -> None:
        self._client.publish(topic, payload, qos=1, retain=retain).wait_for_publish(10)

    def until(self, topic: str, payload: bytes | None = None, timeout: float = 15) -> bytes:
        """Read messages until one of `topic` (with `payload`) comes; return its payload."""
        deadline = time.monotonic() + timeout
        while True:
            found, body, _ = self.messages.get(timeout=max(0.01, deadline - time.monotonic()))
            if found == topic and payload in (None, body):
                return body

    def all_retained(self) -> dict[str, bytes]:
        """What a newcomer finds: a fresh subscription's retained messages."""
        with self.messages.mutex:
            self.messages.queue.clear()
        self._client.subscribe("kombain/#", options=SubscribeOptions(qos=1))
        self._subscribed.get(timeout=10)
        self.publish("kombain/_mark", b"here")
        found = {}
        while True:
            topic, payload, retain = self.messages.get(timeout=10)
            if topic == "kombain/_mark":
                return found
            if retain:
                found[topic] = payload

    def close(self) -> None:
        self._client.disconnect()
        self._client.loop_stop()


@contextmanager
def watcher(port: int, **login: str) -> Iterator[Watcher]:
    made = Watcher(port, **login)
    try:
        yield made
    finally:
        made.close()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
