"""Runs all checks, side by side where they wait for something."""

import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from daemon.doctor import diffusion, engines, environment, service, setup, sound
from daemon.doctor.finding import Finding, Findings, House

log = logging.getLogger(__name__)
Check = Callable[[House], Findings]
TOPICS: dict[str, tuple[Check, ...]] = {
    "installation": (environment.python, environment.packages, environment.files, environment.programs),
    "machine": (environment.system, environment.gpu),
    "config": (setup.config, setup.secrets),
    "storage": (setup.state, setup.database, setup.downloads),
    "sound": (sound.devices, sound.microphone),
    "engines": (
        engines.wake,
        engines.vad,
        engines.stt,
        engines.tts,
        engines.makers,
        diffusion.pictures,
        diffusion.films,
    ),
    "broker": (service.names, service.broker, service.outside),
    "service": (service.running, service.units),
}


def examine(house: House) -> dict[str, list[Finding]]:
    """Return what was found, by topic; an empty list is a topic without trouble. Takes a few seconds, no network."""
    house.config  # noqa: B018 - read once, before the threads
    with ThreadPoolExecutor(len(TOPICS)) as pool:
        found = {topic: pool.submit(_topic, checks, house) for topic, checks in TOPICS.items()}
        return {topic: future.result() for topic, future in found.items()}


def _topic(checks: tuple[Check, ...], house: House) -> list[Finding]:
    found: list[Finding] = []
    for check in checks:
        try:
            found += check(house)
        except Exception as error:  # a check that fails is a finding too: the others still run
            log.exception("a check failed")
            why = f"{type(error).__name__}: {error}"
            found.append(
                Finding("check_failed", "failure", "kombain doctor --json", {"name": check.__name__, "why": why})
            )
    return found
