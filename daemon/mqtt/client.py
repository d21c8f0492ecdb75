"""The assistant on MQTT: it reports events and takes commands. Whatever the broker does, the voice does not wait."""

import asyncio
import logging
import random
import secrets
import time
from collections import Counter, deque
from collections.abc import Callable

from daemon.bus import Bus, Subscription
from daemon.commands import Command, Recent
from daemon.errors import BrokerError, CommandError, JobError
from daemon.events import part_changed
from daemon.mqtt import topics
from daemon.mqtt.connection import Connection
from daemon.mqtt.options import MqttOptions
from daemon.mqtt.topics import Message
from daemon.types import Health

log = logging.getLogger(__name__)
FIRST_S, MOST_S = 1.0, 60.0
"""Seconds before a new try: doubled each time, with jitter."""
STEADY_S = 30.0
"""A connection that held this long starts again with the short waits."""
OUTBOX = 1000
"""Events kept while there is no broker; the oldest go first."""
STALE_S = 120.0
"""Events older than this are not delivered: an automation must not act on a wake word of an hour ago."""
GOODBYE_S = 2.0
LOOK_S = 0.3
"""How long a broker gets to send the retained status after a subscription."""


class MqttClient:
    """Publishes the bus, hands commands to `on_command` (on the event loop, must not block).

    `refused` counts what was not carried out, by reason. It wants its task made before those that publish, so that no
    event is missed: `run` opens its subscription in its first step.
    """

    def __init__(self, options: MqttOptions, bus: Bus, on_command: Callable[[Command], object]) -> None:
        self.refused: Counter[str] = Counter()
        self._options = options
        self._bus = bus
        self._on_command = on_command
        self._base = topics.base(options.id)
        self._client_id = f"kombain-{options.id}"
        self._sender = secrets.token_hex(4)
        self._recent = Recent()
        self._retained: dict[str, Message] = {}
        self._outbox: deque[tuple[float, Message]] = deque(maxlen=OUTBOX)
        self._connection: Connection | None = None
        self._health: tuple[Health, str] | None = None
        self._tried = asyncio.Event()
        self._trouble: BrokerError | None = None

    async def tried(self) -> BrokerError | None:
        """Wait until the broker has answered, or did not; return what is wrong."""
        if self._options.enabled:
            await self._tried.wait()
        return self._trouble

    async def run(self) -> None:
        """Report and obey until cancelled; then say `offline` and leave (2 s at most)."""
        if not self._options.enabled:
            return
        if not self._options.texts:
            self._keep(topics.cleared(self._base))
        with self._bus.subscribe(*topics.PUBLISHED, size=5000) as events:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._read(events), name="mqtt: events")
                group.create_task(self._stay_connected(), name="mqtt: connection")

    async def _read(self, events: Subscription) -> None:
        async for event in events:
            self._send(topics.messages(event, self._base, texts=self._options.texts))

    def _send(self, messages: list[Message]) -> None:
        self._keep(messages)
        for message in messages:
            if self._connection is not None:
                self._connection.publish(message)
            elif message.qos and not message.retain:
                self._outbox.append((time.monotonic(), message))

    def _keep(self, messages: list[Message]) -> None:
        self._retained |= {message.topic: message for message in messages if message.retain}

    async def _stay_connected(self) -> None:
        wait = FIRST_S
        while True:
            began = time.monotonic()
            error = await self._connect_once()
            self._report(Health.DOWN, error)
            if error.code in {"mqtt.refused", "mqtt.password_file", "mqtt.file", "mqtt.tls"}:
                wait = MOST_S  # it takes a person to mend this: no use in knocking fast
            elif time.monotonic() - began > STEADY_S:
                wait = FIRST_S
            await asyncio.sleep(wait * random.uniform(0.5, 1))
            wait = min(2 * wait, MOST_S)
            if error.code in {"mqtt.lost", "mqtt.taken_over"}:
                await self._while_replaced()

    async def _connect_once(self) -> BrokerError:
        """Connect, serve until the connection ends, and return why it did."""
        connection = Connection(
            self._options,
            self._client_id,
            will=self._status(topics.OFFLINE),
            on_message=self._take,
        )
        try:
            await connection.open()
            await connection.subscribe(topics.subscriptions(self._base))
            self._announce(connection)
            return await self._serve(connection)
        except BrokerError as error:
            return error
        except asyncio.CancelledError:
            if self._connection is not None:
                await connection.close([self._status(topics.OFFLINE)], GOODBYE_S)
            raise
        finally:
            self._connection = None
            connection.leave()
            self._outbox.extend(
                (time.monotonic(), message) for message in connection.unacked.values() if not message.retain
            )

    def _announce(self, connection: Connection) -> None:
        """Say that we are here, then all states again (the broker may have lost them), then what waited."""
        connection.publish(self._status(topics.ONLINE))
        self._publish_states(connection)
        while self._outbox:
            born, message = self._outbox.popleft()
            if time.monotonic() - born < STALE_S:
                connection.publish(message)
        self._connection = connection

    def _publish_states(self, connection: Connection) -> None:
        for message in self._retained.values():
            connection.publish(message)

    async def _serve(self, connection: Connection) -> BrokerError:
        """Report how the connection is until it ends."""
        while not connection.ended.done():
            if connection.denied:
                self._report(Health.DEGRADED, BrokerError("mqtt.denied", topics=", ".join(sorted(connection.denied))))
            else:
                self._report(Health.OK)
            if connection.behind and not connection.unacked:
                connection.behind = False
                self._publish_states(connection)  # the last value of some may have been lost
            connection.changed.clear()
            await connection.changed.wait()
        return connection.ended.result() or BrokerError(
            "mqtt.lost", host=self._options.host, port=self._options.port, why="closed"
        )

    async def _while_replaced(self) -> None:
        """Keep away while another process is online in our place: two would throw each other out for ever.

        Not every broker tells that it was a takeover. So look, under another client id and publishing nothing,
        at whose `online` lies there.
        """
        last: list[Message] = []
        name = f"{self._client_id}-{self._sender}"
        watch = Connection(self._options, name, will=None, on_message=last.append)
        try:
            await watch.open()
            await watch.subscribe([self._status(topics.ONLINE).topic])
            await asyncio.sleep(LOOK_S)
            while last and last[-1].payload == topics.ONLINE and last[-1].sender != self._sender:
                self._report(Health.DOWN, BrokerError("mqtt.taken_over", id=self._options.id))
                watch.changed.clear()
                await watch.changed.wait()
                if watch.ended.done():
                    return
        except BrokerError:
            return  # no broker now: the next connection will tell
        finally:
            watch.leave()

    def _status(self, payload: bytes) -> Message:
        return topics.status(self._base, payload, self._sender)

    def _take(self, message: Message) -> None:
        try:
            command = topics.command(self._base, message.topic, message.payload, retain=message.retain)
            if self._recent.again(command.id):
                self.refused["command.again"] += 1
            else:
                self._on_command(command)
        except (CommandError, JobError) as error:
            self.refused[error.code] += 1
            level = logging.WARNING if self.refused[error.code] == 1 else logging.DEBUG
            log.log(level, "%s", error)

    def _report(self, health: Health, error: BrokerError | None = None) -> None:
        """One line and one event when it changes, not one for each try."""
        self._trouble = error
        self._tried.set()
        known = (health, error.code if error else "")
        if known == self._health:
            return
        self._health = known
        why = str(error) if error else ""
        log.log(
            logging.INFO if health is Health.OK else logging.WARNING, "mqtt is %s%s", health, f": {why}" * bool(why)
        )
        self._bus.publish(part_changed("mqtt", health, error, at=time.time()))
