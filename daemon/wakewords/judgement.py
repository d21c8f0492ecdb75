"""How well scores wake: false rejects and false accepts at every threshold, and the threshold to take. Pure.

Scores go through the very detector that daily use has, with its patience, its re-arming and its two deaf seconds.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from daemon.ears.pcm import FRAME
from daemon.ears.wake import Detector, WordRule
from daemon.types import RATE

THRESHOLDS = tuple(round(1 / (1 + math.exp(-step / 4)), 5) for step in range(-14, 31))
"""Evenly spread over the logit: 0.03 to 0.9994."""
PATIENCES = (1, 2, 3)
EARLY, LATE = 2, 12
"""Frames before the phrase's end and behind it in which a hit is a hit of the phrase."""
ANNOYANCE = 0.2
"""One wrong waking an hour is as bad as this share of the phrases missed."""
ALLOWED = 0.15
"""Share of the phrases said in rooms and noise that may be missed for being stricter than the weighing asks for."""


@dataclass(frozen=True, slots=True)
class Scored:
    """The scores of a recording, frame by frame, and the frames in which the phrase begins and ends in it."""

    scores: tuple[float, ...]
    phrase: tuple[int, int] | None = None
    voice: str = ""


@dataclass(frozen=True, slots=True)
class Point:
    """What a threshold does."""

    threshold: float
    patience: int
    false_rejects: float
    """Share of the phrases said clearly that did not wake."""
    false_accepts: int
    """Wakings without the phrase, in all recordings without it."""
    hours: float
    """Length of those recordings."""
    in_noise: float
    """Share of the phrases said in rooms and noise that did not wake."""

    @property
    def per_hour(self) -> float:
        """Return the false accepts per hour."""
        return self.false_accepts / self.hours if self.hours else 0.0


def hits(scores: Sequence[float], rule: WordRule) -> list[int]:
    """Return the frames at which the word is heard, as the ears hear it."""
    if max(scores, default=0.0) < rule.threshold:
        return []
    detector = Detector({"word": rule})
    return [at for at, score in enumerate(scores) if detector.hear({"word": score}, (at + 1) * FRAME) is not None]


def woken(clip: Scored, rule: WordRule) -> bool:
    """Say whether the phrase of a clip wakes."""
    start, end = clip.phrase or (0, 0)
    return any(min(start + EARLY, end - EARLY) <= at <= end + LATE for at in hits(clip.scores, rule))


def missed(clips: Sequence[Scored], rule: WordRule) -> float:
    """Return the share of the clips whose phrase does not wake."""
    return sum(not woken(clip, rule) for clip in clips) / len(clips) if clips else 0.0


def point(clear: Sequence[Scored], noisy: Sequence[Scored], others: Sequence[Scored], rule: WordRule) -> Point:
    """Judge one threshold by phrases said clearly, phrases in noise, and recordings without the phrase."""
    wrong = sum(len(hits(other.scores, rule)) for other in others)
    hours = sum(len(other.scores) for other in others) * FRAME / RATE / 3600
    return Point(rule.threshold, rule.patience, missed(clear, rule), wrong, hours, missed(noisy, rule))


def curve(clear: Sequence[Scored], noisy: Sequence[Scored], others: Sequence[Scored], patience: int) -> list[Point]:
    """Judge all thresholds, from low to high."""
    return [point(clear, noisy, others, WordRule(threshold, patience)) for threshold in THRESHOLDS]


def choose(curves: Sequence[Sequence[Point]]) -> Point:
    """Return the point to take: few false rejects and few false accepts, weighed, and from there as strict as may be.

    One outlier in hours of validation must not make the word deaf, so it is no rule that there may be none. None at
    all in those hours says little of the next ones: how strict to be is then told by what noise makes it miss.
    """
    weighed = min((one for points in curves for one in points), key=lambda one: (_trouble(one), one.false_accepts))
    limit = max(weighed.in_noise, ALLOWED)
    strictest = [within[-1] for points in curves if (within := [one for one in points if one.in_noise <= limit])]
    return min(strictest, key=lambda one: (one.false_accepts, one.false_rejects))


def _trouble(one: Point) -> float:
    return one.false_rejects + ANNOYANCE * one.per_hour
