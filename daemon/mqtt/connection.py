"""One connection to the broker, from CONNECT to its end. It never reconnects: `client` opens the next one.

Connecting blocks and has a thread of its own; after it the event loop serves paho's socket (`pump`).
"""

import asyncio
import contextlib
import errno
import os
import ssl
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode
from paho.mqtt.subscribeoptions import SubscribeOptions

from daemon.errors import BrokerError
from daemon.mqtt.options import MqttOptions
from daemon.mqtt.pump import Pump
from daemon.mqtt.topics import Message

ANSWER_S = 10.0
"""How long a broker may take to answer CONNECT or SUBSCRIBE."""
MAX_UNACKED = 1000
LARGEST_PACKET = 1 << 20
"""The broker keeps back whatever is larger (smaller ones that are too large are counted as refused)."""
_CREDENTIALS = {0x86, 0x87, 0x8A, 0x8C}
_TAKEN_OVER = 0x8E
_DENIED = 0x80


class Connection:
    """A connection under `client_id`, with an optional last will. Used from the event loop only.

    `ended` gets the BrokerError that ended it, or None after `close`; `unacked` is what the broker has not confirmed,
    `denied` the topics that its rules keep from us, `behind` whether messages were lost because it is too slow.
    `changed` is set whenever one of them may have changed.
    """

    def __init__(
        self,
        options: MqttOptions,
        client_id: str,
        *,
        will: Message | None,
        on_message: Callable[[Message], None],
    ) -> None:
        self._options = options
        self._on_message = on_message
        self._loop = asyncio.get_running_loop()
        self._opened: asyncio.Future[None] = self._loop.create_future()
        self.ended: asyncio.Future[BrokerError | None] = self._loop.create_future()
        self.unacked: dict[int, Message] = {}
        self.lost = 0
        self.behind = False
        self.denied: set[str] = set()
        self.changed = asyncio.Event()
        self._subscribing: asyncio.Future[list[ReasonCode]] = self._loop.create_future()
        self._closed = False
        self._client_id = client_id
        self._paho = self._build(will)
        self._pump = Pump(self._paho, self._loop, options.keepalive)

    def _build(self, will: Message | None) -> paho.Client:
        client = paho.Client(
            CallbackAPIVersion.VERSION2,
            self._client_id,
            protocol=paho.MQTTv5,
            reconnect_on_failure=False,
        )
        client.on_connect = lambda _c, _u, _f, reason, _p: self._later(self._connected, reason)
        client.on_disconnect = lambda _c, _u, _f, reason, _p: self._later(self._disconnected, reason)
        client.on_publish = lambda _c, _u, mid, reason, _p: self._published(mid, reason)
        client.on_subscribe = lambda _c, _u, _mid, reasons, _p: self._later(self._subscribed, reasons)
        client.on_message = lambda _c, _u, message: self._arrived(message)
        if will is not None:
            client.will_set(will.topic, will.payload, will.qos, will.retain, _properties(PacketTypes.WILLMESSAGE, will))
        return client

    async def open(self) -> None:
        """Connect. Raises BrokerError: `unreachable`, `tls`, `file`, `password_file` or `refused` (under `mqtt.`)."""
        self._credentials()
        if self._options.tls:
            self._paho.tls_set_context(_tls(self._options))
        # Name look-up, TCP and TLS block: they get a thread of their own that nobody has to wait for at the end.
        threading.Thread(target=self._connect, name="mqtt-connect", daemon=True).start()
        await self._opened

    def _credentials(self) -> None:
        password = self._options.password.get_secret_value() if self._options.password else None
        if path := self._options.password_file:
            try:
                password = path.read_text("utf-8").strip("\r\n")
            except (OSError, UnicodeDecodeError) as error:
                raise BrokerError("mqtt.password_file", path=path, why=_why(error)) from error
        if self._options.username is not None or password is not None:
            self._paho.username_pw_set(self._options.username or "", password)

    def _connect(self) -> None:
        properties = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]  # paho's, not annotated
        properties.MaximumPacketSize = LARGEST_PACKET
        try:
            self._paho.connect(
                self._options.host,
                self._options.port,
                self._options.keepalive,
                clean_start=True,  # commands that came while we were away are old: never carried out
                properties=properties,
            )
        except (OSError, ValueError) as error:  # a ValueError: a host name that can't be one
            code = "mqtt.tls" if isinstance(error, ssl.SSLError) else "mqtt.unreachable"
            self._later(self._failed, self._error(code, why=_why(error)))
            return
        if self._closed:
            self._paho.disconnect()
            return
        self._later(self._serve)

    def _serve(self) -> None:
        """Serve the connection, and give it up when CONNECT is not answered."""
        self._pump.start()

        def give_up() -> None:
            if not self._opened.done():
                self._paho.disconnect()
                self._failed(self._error("mqtt.unreachable", why=os.strerror(errno.ETIMEDOUT)))

        self._loop.call_later(ANSWER_S, give_up)

    def _error(self, code: str, **values: object) -> BrokerError:
        return BrokerError(code, host=self._options.host, port=self._options.port, **values)

    def publish(self, message: Message) -> None:
        """Send a message: never blocks. What the broker does not take fast enough is lost, counted."""
        if len(self.unacked) >= MAX_UNACKED:
            self.lost += 1
            self.behind = True
            return
        properties = _properties(PacketTypes.PUBLISH, message)
        info = self._paho.publish(message.topic, message.payload, message.qos, message.retain, properties)
        if message.qos:
            self.unacked[info.mid] = message
        self._pump.flush()

    async def subscribe(self, topics: list[str]) -> None:
        """Subscribe, once; topics that the broker's rules keep from us are added to `denied`."""
        # "as published": a command that was sent as retained is known as such, even when it comes live
        wanted = SubscribeOptions(qos=1, retainAsPublished=True)
        self._paho.subscribe([(topic, wanted) for topic in topics])
        self._pump.flush()
        either: list[asyncio.Future[Any]] = [self._subscribing, self.ended]
        await asyncio.wait(either, timeout=ANSWER_S, return_when=asyncio.FIRST_COMPLETED)
        if self._subscribing.done():
            reasons = zip(topics, self._subscribing.result(), strict=False)
            self.denied |= {topic for topic, reason in reasons if reason.value >= _DENIED}

    async def close(self, last: list[Message], seconds: float) -> None:
        """Publish `last`, wait until all is confirmed, and leave in good order; at most `seconds` in all."""
        for message in last:
            self.publish(message)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while self.unacked and not self.ended.done():
                    self.changed.clear()
                    await self.changed.wait()
                self.leave()
                await asyncio.shield(self.ended)

    def leave(self) -> None:
        """Disconnect without waiting (the last will is not sent)."""
        self._closed = True
        self._paho.disconnect()
        self._pump.flush()

    # what paho reports; while it connects, from the thread that does

    def _later(self, function: Callable[..., None], *values: Any) -> None:
        with contextlib.suppress(RuntimeError):  # the event loop is closed: nobody is interested any more
            self._loop.call_soon_threadsafe(function, *values)

    def _arrived(self, message: paho.MQTTMessage) -> None:
        sender = dict(getattr(message.properties, "UserProperty", ())).get("sender", "")
        taken = Message(message.topic, bytes(message.payload), message.qos, message.retain, sender)
        self._loop.call_soon(self._deliver, taken)

    def _deliver(self, message: Message) -> None:
        self._on_message(message)
        self.changed.set()

    def _end(self, error: BrokerError | None) -> None:
        if not self.ended.done():
            self.ended.set_result(error)
            self.changed.set()

    def _connected(self, reason: ReasonCode) -> None:
        if not reason.is_failure:
            if not self._opened.done():
                self._opened.set_result(None)
            return
        code = "mqtt.refused" if reason.value in _CREDENTIALS else "mqtt.unreachable"
        self._failed(self._error(code, why=str(reason)))

    def _failed(self, error: BrokerError) -> None:
        if not self._opened.done():
            self._opened.set_exception(error)
            self._opened.exception()  # nobody may be waiting for it any more
        self._end(error)

    def _disconnected(self, reason: ReasonCode) -> None:
        if self._closed:
            self._end(None)
        elif reason.value == _TAKEN_OVER:
            self._failed(BrokerError("mqtt.taken_over", id=self._options.id))
        else:
            self._failed(self._error("mqtt.lost", why=str(reason)))

    def _published(self, mid: int, reason: ReasonCode) -> None:
        message = self.unacked.pop(mid, None)
        if message is not None and reason.value >= _DENIED:
            self.denied.add(message.topic)
        self.changed.set()

    def _subscribed(self, reasons: list[ReasonCode]) -> None:
        if not self._subscribing.done():
            self._subscribing.set_result(reasons)


def _properties(packet: int, message: Message) -> Properties | None:
    if not message.sender:
        return None
    properties = Properties(packet)  # type: ignore[no-untyped-call]  # paho's, not annotated
    properties.UserProperty = ("sender", message.sender)
    return properties


def _tls(options: MqttOptions) -> ssl.SSLContext:
    context = ssl.create_default_context()
    if options.insecure:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    if options.ca:
        _use(options.ca, context.load_verify_locations)
    if options.cert:
        _use(options.cert, lambda path: context.load_cert_chain(path, options.key))
    return context


def _use(path: Path, load: Callable[[Path], None]) -> None:
    try:
        load(path)
    except OSError as error:  # an ssl.SSLError is one too
        raise BrokerError("mqtt.file", path=path, why=_why(error)) from error


def _why(error: Exception) -> str:
    return (isinstance(error, OSError) and error.strerror) or str(error) or type(error).__name__
