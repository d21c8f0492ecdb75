"""The microphones and speakers of this machine, as PortAudio names them."""

import re
from dataclasses import dataclass
from typing import Any, Literal

from daemon.errors import AudioError

Kind = Literal["microphone", "speaker"]
NUMBER = re.compile(r"\s*\((?:hw|plughw):\d+,\d+\)$")


@dataclass(frozen=True, slots=True)
class Device:
    """A microphone or speaker."""

    kind: Kind
    name: str
    """What the config may call it; the number that ALSA gives a card, which changes, is left out."""
    channels: int
    rate: int
    """Its own, Hz."""
    default: bool
    used: bool
    """Whether it is the one that the config means."""


def sounddevice(code: str) -> Any:
    """Return the sounddevice module. Raises AudioError `code` where its library is missing."""
    try:
        import sounddevice as sd
    except OSError as error:
        raise AudioError(code) from error
    return sd


def devices(sd: Any, microphone: str | None, speaker: str) -> list[Device]:
    """Return all of them, microphones first. `sd` is the sounddevice module, the names are those of the config."""
    known = list(sd.query_devices())
    found = []
    kinds: tuple[tuple[Kind, int, str | None], ...] = (("microphone", 0, microphone), ("speaker", 1, speaker))
    for kind, side, wanted in kinds:
        default = int(sd.default.device[side])
        able = [one for one in known if _channels(one, kind) > 0]
        used = chosen({int(one["index"]): str(one["name"]) for one in able}, wanted or None, default)
        found += [
            Device(
                kind,
                NUMBER.sub("", str(one["name"])),
                _channels(one, kind),
                round(float(one["default_samplerate"])),
                int(one["index"]) == default,
                int(one["index"]) == used,
            )
            for one in able
        ]
    return found


def _channels(device: Any, kind: Kind) -> int:
    return int(device["max_input_channels" if kind == "microphone" else "max_output_channels"])


def chosen(names: dict[int, str], wanted: str | None, default: int) -> int | None:
    """Return the number of the device that is meant: by number, name or part of the name; None when there is none.

    Without a wish it is the default one, or the first.
    """
    if wanted is None:
        return default if default in names else next(iter(names), None)
    sought = wanted.casefold()
    exact = [index for index, name in names.items() if sought in (str(index), name.casefold())]
    partly = [index for index, name in names.items() if sought in name.casefold()]
    return next(iter(exact or partly), None)
