"""Checks of microphone and speaker."""

import os
import time
from contextlib import suppress

from daemon.doctor.finding import Findings, House, failure
from daemon.errors import AudioError

HEARD_S, PATIENCE_S = 0.6, 2.5
GROUP = "audio"


def devices(house: House) -> Findings:
    """Look for the microphone and the speaker that the config means."""
    from daemon.audio.devices import devices as found
    from daemon.audio.devices import sounddevice

    wanted, speaker = house.config.ears, house.config.speaker
    hears, speaks = wanted.source == "microphone", speaker.output in {"device", "both"}
    try:
        known = found(sounddevice("ears.no_portaudio"), wanted.device, speaker.device)
    except AudioError:
        return  # `programs` tells of it
    blocked = _blocked(house)
    for kind, needed, name in (("microphone", hears, wanted.device), ("speaker", speaks, speaker.device or None)):
        some = [one for one in known if one.kind == kind]
        if not needed or any(one.used for one in some):
            continue
        if not some and blocked:
            continue
        if some:
            yield failure(f"{kind}_unknown", "kombain devices", name=name)
        else:
            yield failure(f"no_{kind}", "systemctl --user restart pipewire pipewire-pulse")
    if blocked and (hears or speaks):
        yield failure("sound_group", f"usermod -aG {GROUP} {house.user}", user=house.user)


def _blocked(house: House) -> bool:
    """Say whether there are sound cards that this user may not open, and no sound server that could."""
    cards = sorted(house.system("/dev/snd").glob("pcm*"))
    server = os.environ.get("PULSE_SERVER") or any(
        house.system(f"/run/user/{os.getuid()}/{name}").exists() for name in ("pulse/native", "pipewire-0")
    )
    return bool(cards) and not server and not any(os.access(card, os.R_OK | os.W_OK) for card in cards)


def microphone(house: House) -> Findings:
    """Listen for a moment, whether sound comes, and more than silence."""
    from daemon.ears.mic import Microphone
    from daemon.ears.signal import dead

    if house.config.ears.source != "microphone":
        yield from _source(house)
        return
    frames: list[bytes] = []
    why: AudioError | None = None
    deadline = time.monotonic() + PATIENCE_S
    with suppress(AudioError), Microphone(house.config.ears.device) as source:
        for piece in source:
            if isinstance(piece, bytes):
                frames.append(piece)
            elif piece is not None and piece.state == "lost":
                why = AudioError(piece.why, **piece.values)
                break
            if len(frames) * 0.08 >= HEARD_S or time.monotonic() > deadline:
                break
    if why is not None and why.code in {"ears.no_microphone", "ears.unknown_microphone"}:
        return  # `devices` tells of it
    if why is not None:
        yield failure("microphone_fails", "kombain mic-test", why=why)
    elif frames and all(dead(frame) for frame in frames):
        yield failure("microphone_muted", "kombain mic-test")


def _source(house: House) -> Findings:
    options = house.config.ears
    if options.path is not None and str(options.path) != "-" and not options.path.exists():
        fix = f"mkfifo {options.path}" if options.source == "pipe" else "kombain config show"
        yield failure("source_missing", fix, path=options.path)
