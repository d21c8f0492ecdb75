"""Where a server is, and whether that is near: on this machine or in a private network. Pure."""

import ipaddress
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit

from daemon.errors import EngineError

ADDRESS = r"^https?://[^\s/?#@]+(/[^\s?#]*)?$"
"""What a base address looks like, for the options."""

Reach = Literal["any", "near", "public"]
"""Where the machine that a name leads to may be: a name may lead anywhere, so this is asked of its addresses."""


@dataclass(frozen=True, slots=True)
class Place:
    """A server, and the path below which it answers."""

    secure: bool
    host: str
    port: int
    path: str
    """Without a slash at its end."""

    @property
    def reach(self) -> Reach:
        """Where it may be: what is not encrypted stays near."""
        return "any" if self.secure else "near"

    def same_server(self, other: "Place") -> bool:
        """Say whether both are one server, by its name and port."""
        return (self.secure, self.host, self.port) == (other.secure, other.host, other.port)


def place(address: str) -> Place:
    """Return the place of an address like `https://host:port/path`. Raises EngineError `remote.address`."""
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError as error:
        raise EngineError("remote.address", address=address[:200]) from error
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.username is not None:
        raise EngineError("remote.address", address=address[:200])
    secure = parts.scheme == "https"
    path = parts.path.rstrip("/") + (f"?{parts.query}" if parts.query else "")
    return Place(secure, parts.hostname, port or (443 if secure else 80), path)


def near(address: str) -> bool:
    """Say whether an IP address is that of this machine or of a private network."""
    found = ipaddress.ip_address(address.partition("%")[0])
    return not (getattr(found, "ipv4_mapped", None) or found).is_global


def permitted(address: str, reach: Reach) -> bool:
    """Say whether a machine at this IP address may be spoken to."""
    return reach == "any" or near(address) == (reach == "near")
