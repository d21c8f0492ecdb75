"""A recording without wake words cut into utterances, by the same endpointing as live speech."""

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from daemon.ears.pcm import FRAME, HOP, WIDTH, hops, length
from daemon.ears.segment import Endpointing, Signal, opened, step
from daemon.engines.base import Vad
from daemon.types import RATE

BEFORE = round(0.3 * RATE) // HOP
"""Hops kept from before the first voice."""


@dataclass(frozen=True, slots=True)
class Spoken:
    """One utterance of a recording."""

    start: float
    """Seconds from the recording's beginning."""
    end: float
    pcm: bytes


def utterances(blocks: Iterable[bytes], vad: Vad, rules: Endpointing) -> Iterator[Spoken]:
    """Yield each utterance of a recording, given in blocks of 1280 samples; memory holds one at a time."""
    before: deque[bytes] = deque(maxlen=BEFORE)
    state = opened(rules, after_wake=False)
    pcm = bytearray()
    position = 0
    for hop, voiced in _heard(blocks, vad):
        position += HOP
        state, signal = step(state, rules, HOP, voiced=voiced)
        if not state.spoken:
            before.append(hop)
        else:
            pcm += b"".join(before) + hop
            before.clear()
        if signal not in {None, Signal.PAUSE}:
            if pcm:
                yield _spoken(pcm, position)
            pcm.clear()
            state = opened(rules, after_wake=False)
    if pcm:
        yield _spoken(pcm, position)


def _heard(blocks: Iterable[bytes], vad: Vad) -> Iterator[tuple[bytes, bool]]:
    for block in blocks:
        whole = block + bytes(-len(block) % (FRAME * WIDTH))
        yield from zip(hops(whole), vad.voiced(whole), strict=True)


def _spoken(pcm: bytearray, end: int) -> Spoken:
    return Spoken((end - length(bytes(pcm))) / RATE, end / RATE, bytes(pcm))
