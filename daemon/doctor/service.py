"""Checks of the broker, the service, and who can reach us."""

import asyncio
import errno
import os
import re
import shutil
import socket
import ssl
import stat
import time
from pathlib import Path
from typing import Any

from daemon import paths
from daemon.doctor.finding import Findings, House, failure, warning
from daemon.errors import BrokerError, ConfigError

CONNECT_S = 3.0
LOOPBACK = {"127.0.0.1", "::1", "localhost"}
DAY = 86_400


def broker(house: House) -> Findings:
    """Connect to the broker as the assistant does."""
    options = house.config.mqtt
    if not options.enabled:
        return
    for name in ("ca", "cert", "key"):
        path = getattr(options, name)
        if options.tls and path is not None and not os.access(path, os.R_OK):
            yield failure("tls_file", f"ls -l {path}", key=f"mqtt.{name}", path=path)
            return
    if options.tls and options.cert is not None and (left := _days_left(options.cert)) is not None and left < 0:
        yield failure("certificate_old", f"openssl x509 -enddate -noout -in {options.cert}", path=options.cert)
    if options.insecure:
        yield warning("tls_insecure", "kombain config show --changed")
    if options.host not in LOOPBACK and not options.tls:
        yield warning("broker_plain", "kombain config show --changed", host=options.host)
    if options.password_file is not None and not os.access(options.password_file, os.R_OK):
        return  # `secrets` tells of it
    error = asyncio.run(connected(options))
    if error is None:
        return
    if error.code == "mqtt.unreachable":
        ours = options.host in LOOPBACK
        fix = "systemctl enable --now mosquitto" if ours else f"ping -c 3 {options.host}"
        fix = fix if not ours or shutil.which("mosquitto") else "apt-get install mosquitto"
        yield warning("broker_absent", fix, host=options.host, port=options.port)
    else:
        fix = (
            "mosquitto_passwd /etc/mosquitto/passwd USER"
            if error.code == "mqtt.refused"
            else "kombain config show --changed"
        )
        yield failure("broker_refuses", fix, why=error)


async def connected(options: Any) -> BrokerError | None:
    """Connect to a broker and leave again; return what is wrong."""
    from daemon.mqtt.connection import Connection

    connection = Connection(options, f"kombain-doctor-{os.getpid()}", will=None, on_message=lambda _: None)
    try:
        async with asyncio.timeout(CONNECT_S):
            await connection.open()
    except BrokerError as error:
        return error
    except TimeoutError:
        return BrokerError("mqtt.unreachable", host=options.host, port=options.port, why=os.strerror(errno.ETIMEDOUT))
    finally:
        connection.leave()
    return None


def _days_left(path: Path) -> float | None:
    try:
        told: Any = ssl._ssl._test_decode_cert(str(path))  # type: ignore[attr-defined]  # noqa: SLF001 - no public way
        return (ssl.cert_time_to_seconds(told["notAfter"]) - time.time()) / DAY
    except (OSError, ValueError, KeyError, ssl.SSLError):
        return None


def running(house: House) -> Findings:
    """Look whether an assistant runs, can be spoken to, and what it says of itself."""
    from daemon.cli.remote import Remote

    path = paths.control()
    if not path.exists():
        return
    mode = path.stat().st_mode
    if mode & stat.S_IRWXO:
        yield warning("socket_open", f"chmod o= {path}", path=path)
    try:
        with Remote() as remote:
            status = remote.ask("status", language=house.config.language)["status"]
    except ConfigError as error:
        if error.code == "control.absent":
            yield warning("socket_dead", f"rm {path}", path=path)
        elif error.code == "control.forbidden":
            yield failure("socket_forbidden", f"usermod -aG {_group(path)} {house.user}", path=path, user=house.user)
        else:
            yield failure("assistant_silent", "systemctl --user restart kombain", why=error)
        return
    for trouble in status["troubles"]:
        yield warning("assistant_trouble", "kombain status", why=trouble)


def _group(path: Path) -> str:
    try:
        return path.group()
    except KeyError:
        return str(path.stat().st_gid)


def units(house: House) -> Findings:
    """Look at the units that are installed."""
    own = paths.expanded("~/.config/systemd/user/kombain.service")
    whole = house.system("/etc/systemd/system/kombain.service")
    for unit, how in ((own, "--user "), (whole, "")):
        if not unit.is_file():
            continue
        text = unit.read_text("utf-8", "replace")
        program = re.search(r"^ExecStart=(\S+)", text, re.MULTILINE)
        started = paths.expanded(program[1].replace("%h", "~")) if program else None
        if started is None or not started.exists():
            yield failure("unit_program", f"systemctl {how}edit --full kombain", unit=unit, program=started)
        if "Type=notify" not in text:
            yield warning("unit_old", f"systemctl {how}edit --full kombain", unit=unit)
    if own.is_file() and whole.is_file():
        yield warning("two_units", "systemctl --user disable --now kombain")
    if own.is_file() and not house.system(f"/var/lib/systemd/linger/{house.user}").exists():
        yield warning("no_linger", f"loginctl enable-linger {house.user}", user=house.user)


def outside(house: House) -> Findings:
    """Look whether a broker on this machine listens to everybody without a password."""
    for path in sorted(house.system("/etc/mosquitto").rglob("*.conf")):
        try:
            text = path.read_text("utf-8", "replace")
        except OSError:
            continue
        opened = re.findall(r"^\s*listener\s+(\d+)(?:\s+(\S+))?", text, re.MULTILINE)
        anyone = re.search(r"^\s*allow_anonymous\s+true", text, re.MULTILINE)
        wide = [port for port, address in opened if address not in LOOPBACK]
        if anyone and wide:
            yield warning(
                "broker_open",
                "mosquitto_passwd -c /etc/mosquitto/passwd USER",
                path=path,
                port=wide[0],
            )


def names(house: House) -> Findings:
    """Look whether this machine's own name, and the broker's, can be looked up."""
    host = house.config.mqtt.host
    if house.config.mqtt.enabled and not re.fullmatch(r"[\d.:]+", host):
        began = time.monotonic()
        try:
            socket.getaddrinfo(host, house.config.mqtt.port)
        except OSError:
            yield failure("broker_name", f"getent hosts {host}", host=host)
        else:
            if time.monotonic() - began > 2:  # noqa: PLR2004
                yield warning("slow_names", f"time getent hosts {host}", host=host)
