"""Endpointing: where an utterance begins to be speech, pauses and ends. Pure, counted in samples.

A run of voice shorter than `click` is no speech: it neither begins an utterance nor puts off its end.
"""

from dataclasses import dataclass, replace
from enum import StrEnum

from daemon.types import RATE


@dataclass(frozen=True, slots=True)
class Endpointing:
    """The rules, in seconds."""

    silence: float = 0.6
    """Silence after speech that ends the utterance."""
    limit: float = 15.0
    """The longest utterance, from its opening."""
    nothing: float = 4.0
    """How long nobody may say anything at all."""
    pause: float = 0.16
    """Silence after speech that is worth a decoding in advance."""
    click: float = 0.06
    """The shortest voice that counts."""
    tail: float = 0.3
    """How long voice that goes on from the wake phrase may still be the phrase itself."""


class Signal(StrEnum):
    """What a step tells: a pause, or the reason why the utterance ended."""

    PAUSE = "pause"
    SILENCE = "silence"
    LIMIT = "limit"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Segment:
    """The state of one open utterance; all counts are samples."""

    length: int = 0
    """Since it was opened."""
    run: int = 0
    """Voice in the present run, less the gaps in it."""
    quiet: int = 0
    """Since voice that counted."""
    carry: int = 0
    """What the present run must exceed besides `click`, since it may be the rest of the wake phrase."""
    spoken: bool = False
    paused: bool = False


def opened(rules: Endpointing, *, after_wake: bool) -> Segment:
    """Return the state of an utterance that is just opened."""
    return Segment(carry=round(rules.tail * RATE) if after_wake else 0)


def primed(state: Segment, rules: Endpointing, flags: list[bool], hop: int) -> Segment:
    """Go through voice flags of the pre-roll: what was said before the opening counts, the wait does not."""
    for voiced in flags:
        state = replace(_heard(state, rules, hop, voiced=voiced), length=0)
    return state


def step(state: Segment, rules: Endpointing, hop: int, *, voiced: bool) -> tuple[Segment, Signal | None]:
    """Take the next `hop` samples, voiced or not. After a signal other than PAUSE the utterance is over."""
    state = _heard(state, rules, hop, voiced=voiced)
    if state.spoken and state.quiet >= rules.silence * RATE:
        return state, Signal.SILENCE
    if not state.spoken and state.length >= rules.nothing * RATE:
        return state, Signal.NOTHING
    if state.length >= rules.limit * RATE:
        return state, Signal.LIMIT
    if state.spoken and not state.paused and state.quiet >= rules.pause * RATE:
        return replace(state, paused=True), Signal.PAUSE
    return state, None


def _heard(state: Segment, rules: Endpointing, hop: int, *, voiced: bool) -> Segment:
    run = state.run + hop if voiced else max(state.run - hop, 0)
    # Only voice without a gap since the wake phrase can be the rest of it.
    carry = state.carry if run else 0
    length, quiet = state.length + hop, state.quiet + hop
    if voiced and run >= rules.click * RATE + carry:
        return Segment(length, run=min(run, round(rules.click * RATE)), quiet=0, spoken=True)
    return replace(state, length=length, run=run, quiet=quiet, carry=carry)
