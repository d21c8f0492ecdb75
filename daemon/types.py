"""The values that flow through a turn and cross process borders: frozen, with units in the field docs."""

from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

RATE = 16_000
"""Samples a second of all audio that is heard: signed 16-bit little-endian mono."""


@dataclass(frozen=True, slots=True)
class AudioFrame:
    """A piece of heard sound."""

    pcm: bytes
    """16 kHz signed 16-bit little-endian mono."""
    t: float
    """Seconds of audio from the start of the stream to this frame's first sample."""


@dataclass(frozen=True, slots=True)
class Transcript:
    """What somebody said; `final` is False for a partial that later words may change."""

    turn: str
    text: str
    language: str
    final: bool
    score: float = 1.0
    """Mean token probability, 0 to 1."""
    guess: str = ""
    """In a partial: the words after `text` on which two decodings do not agree yet."""


@dataclass(frozen=True, slots=True)
class Pcm:
    """A piece of sound to be played: signed 16-bit little-endian mono at `rate` samples a second."""

    pcm: bytes
    rate: int


class JobState(StrEnum):
    """The states of a job; queued and running ones survive a restart."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"
    QUARANTINED = "quarantined"
    """Given up, because its worker died of it again and again."""


@dataclass(frozen=True, slots=True)
class Job:
    """A piece of making: one row of the queue."""

    id: str
    turn: str
    kind: str
    """picture or clip"""
    request: dict[str, Any]
    """What to make: `prompt`, `language`, `seed` and whatever the engine's request takes."""
    state: JobState = JobState.QUEUED
    progress: float = 0.0
    """0 to 1."""
    attempts: int = 0
    created: float = 0.0
    """Unix seconds."""
    started: float | None = None
    ended: float | None = None
    error: str | None = None
    """The error's code, when it failed."""
    error_values: dict[str, Any] = field(default_factory=dict)
    """What fills in the error's sentence."""
    artifact: str | None = None
    """The id of what came of it."""
    parent: str | None = None
    """The id of the job whose picture this one begins with; it waits for it."""
    priority: int = 0
    """A higher one is served first, the same in order."""
    asked_by: str = ""
    """microphone, control (with it the command line), mqtt, or "": not known"""


@dataclass(frozen=True, slots=True)
class Artifact:
    """A finished file, kept in the state folder."""

    id: str
    job: str
    kind: str
    path: Path
    mime: str
    meta: dict[str, Any] = field(default_factory=dict)
    """prompt, seed, engine, settings, size, and what could not be drawn."""


class Health(StrEnum):
    """How a part of the assistant is."""

    OK = "ok"
    DEGRADED = "degraded"
    """It works through a stand-in, or with less than was asked for."""
    DOWN = "down"
