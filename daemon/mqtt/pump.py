"""Lets the event loop serve paho's socket, after paho has connected.

paho's own thread would have to be woken for every packet and would wake the loop again: twice the processor time.
"""

import asyncio
import ssl

import paho.mqtt.client as paho


class Pump:
    """Reads, writes and probes for one paho client, from `start` until paho closes the socket; loop's thread only."""

    def __init__(self, client: paho.Client, loop: asyncio.AbstractEventLoop, keepalive: int) -> None:
        self._client = client
        self._loop = loop
        self._keepalive = keepalive
        self._descriptor = -1
        """Of the socket, while it is served."""
        client.on_socket_close = lambda _c, _u, _socket: self._stop()

    def start(self) -> None:
        """Serve the socket from now on; there is none when the connection has ended already."""
        if (socket := self._client.socket()) is not None:
            self._descriptor = socket.fileno()
            self._loop.add_reader(self._descriptor, self._read)
            self._look_after()

    def flush(self) -> None:
        """Write what paho could not write at once, as soon as the socket takes it: after everything that sends."""
        if self._descriptor >= 0 and self._client.want_write():
            self._loop.add_writer(self._descriptor, self._write)

    def _read(self) -> None:
        self._client.loop_read()
        socket = self._client.socket()
        while isinstance(socket, ssl.SSLSocket) and socket.pending():  # read off the network: the loop can't see it
            self._client.loop_read()
            socket = self._client.socket()
        self.flush()

    def _write(self) -> None:
        self._client.loop_write()
        if self._descriptor >= 0 and not self._client.want_write():
            self._loop.remove_writer(self._descriptor)

    def _look_after(self) -> None:
        """Probe a silent connection, notice one that does not answer."""
        if self._descriptor >= 0:
            self._client.loop_misc()
            self.flush()
            self._loop.call_later(self._keepalive / 4, self._look_after)

    def _stop(self) -> None:
        if self._descriptor >= 0:
            self._loop.remove_reader(self._descriptor)
            self._loop.remove_writer(self._descriptor)
            self._descriptor = -1
