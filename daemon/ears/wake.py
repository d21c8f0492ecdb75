"""When a score is a wake word, where its phrase ended, whether we said it ourselves. Pure; positions are samples."""

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from daemon.ears.pcm import HOP
from daemon.types import RATE

REFRACTORY = 2 * RATE
REARM = 0.5
"""A word that was heard must first fall below this share of its threshold: one phrase is one hit."""


@dataclass(frozen=True, slots=True)
class WordRule:
    """When a word counts as heard."""

    threshold: float = 0.5
    patience: int = 1
    """Frames in a row that must reach the threshold."""
    spellings: tuple[str, ...] = ()
    """How speech to text may write the phrase; empty: as `intents/wake.yaml` says."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A wake word at a position of the stream."""

    word: str
    score: float
    at: int


class Detector:
    """Scores in, hits out; one a stream."""

    def __init__(self, rules: Mapping[str, WordRule]) -> None:
        self._rules = dict(rules)
        self._reached = dict.fromkeys(rules, 0)
        self._armed = dict.fromkeys(rules, True)
        self._deaf_until = 0

    def hear(self, scores: Mapping[str, float], at: int) -> Hit | None:
        """Take the scores of the frame that ends at `at`; return the best word that was just heard."""
        hits = [hit for word, score in scores.items() if (hit := self._hear(word, score, at)) is not None]
        if not hits:
            return None
        for hit in hits:
            self._armed[hit.word] = False
        if at < self._deaf_until:
            return None
        self._deaf_until = at + REFRACTORY
        return max(hits, key=lambda hit: hit.score)

    def spellings(self, word: str) -> tuple[str, ...]:
        """Return how speech to text may write a word's phrase, as its rule says."""
        return self._rules.get(word, WordRule()).spellings

    def ready(self) -> None:
        """Hear the next phrase at once, however soon after the last one it comes: a turn is over."""
        self._deaf_until = 0

    def _hear(self, word: str, score: float, at: int) -> Hit | None:
        rule = self._rules.get(word, WordRule())
        self._reached[word] = self._reached.get(word, 0) + 1 if score >= rule.threshold else 0
        if score < rule.threshold * REARM:
            self._armed[word] = True
        return Hit(word, score, at) if self._reached[word] >= rule.patience and self._armed.get(word, True) else None


@dataclass(frozen=True, slots=True)
class PhraseEnd:
    """Where a wake phrase ended: surely not before `first`, most likely at `likely`, surely not after `last`."""

    first: int
    likely: int
    last: int


# Over 6 espeak-ng voices at 140 to 175 words a minute the hit came 0.1 s before to 0.6 s after the phrase's end,
# 0.2 s after it on average; where a pause followed the phrase, the pause began within 40 ms of the true end.
EARLY = round(0.1 * RATE)
LIKELY = round(0.2 * RATE)
LATE = round(0.5 * RATE)
PAUSE_HOPS = 4
PAUSE_DB = 25.0
BEND = round(0.04 * RATE)


def phrase_end(hit: int, levels: Sequence[float], until: int) -> PhraseEnd:
    """Estimate where the phrase of a hit at `hit` ended, from the levels (dB) of the hops that end at `until`.

    A pause tells it well: four hops 25 dB below the loudest of the phrase. Without one the average must do.
    """
    loud = max(levels, default=0.0) - PAUSE_DB
    start = until - len(levels) * HOP
    quiet = 0
    for at in range(len(levels) - 1, -1, -1):
        position = start + at * HOP
        if position < hit - LATE - LIKELY:
            break
        quiet = quiet + 1 if levels[at] < loud else 0
        if quiet >= PAUSE_HOPS and at and levels[at - 1] >= loud:
            return PhraseEnd(position - BEND, position, position + BEND)
    return PhraseEnd(hit - LATE, hit - LIKELY, hit + EARLY)


ECHO_BEFORE = round(0.5 * RATE)
ECHO_AFTER = round(1.5 * RATE)
ECHO_SHARE = 0.5
"""The played sound is scored at other frame borders than the microphone hears it: a lower score counts there."""


class SelfHits:
    """What our own voice said lately: a microphone hit near a played one is our own."""

    def __init__(self, rules: Mapping[str, WordRule]) -> None:
        self._rules = dict(rules)
        self._played: deque[tuple[str, int]] = deque(maxlen=256)

    def played(self, scores: Mapping[str, float], at: int) -> None:
        """Take the scores of a played frame whose end is heard at `at` of the microphone's stream, or soon after."""
        for word, score in scores.items():
            if score >= self._rules.get(word, WordRule()).threshold * ECHO_SHARE:
                self._played.append((word, at))

    def ours(self, hit: Hit) -> bool:
        """Say whether the hit is our own voice."""
        return any(word == hit.word and at - ECHO_BEFORE <= hit.at <= at + ECHO_AFTER for word, at in self._played)
