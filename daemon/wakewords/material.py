"""What a classifier learns from and is judged by: embeddings of phrases and of everything else, made in many processes.

A take is one recording: a clip with one wake phrase in it, or a minute of other speech and noise. Takes are described
by small frozen orders, each with a seed of its own, so that any process makes the same sound of the same order.
"""

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass
from functools import cache
from itertools import islice
from multiprocessing import active_children
from typing import Self

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from daemon.ears.pcm import FRAME
from daemon.types import RATE
from daemon.wakewords import air
from daemon.wakewords.features import Features
from daemon.wakewords.misses import near
from daemon.wakewords.sentences import Part, commands, lines
from daemon.wakewords.speech import Line, Spoken, speak
from daemon.wakewords.voices import foreign, voices
from daemon.wakewords.workers import begin, context

MINUTE = 60 * RATE
STRANGERS, FOREIGN, PRECEDED, FOLLOWED, STRETCHED = 0.15, 0.35, 0.25, 0.5, 0.6
"""Shares of the clips: by other synthesizers, foreigners; after and before words, at another pace."""
STOPS = ("", "", ",", ",", ".")
"""What stands for a comma of the phrase: people run on, or make a pause, short or long."""
BATCH = 24
"""Clips of one order: espeak-ng is started once for them."""
SPEECHLESS = 0.12
"""Share of the minutes that hold no speech."""


@dataclass(frozen=True, slots=True)
class Take:
    """The embeddings of a recording and, by frame, who says what in it."""

    embeddings: NDArray[np.float16]
    said: tuple[tuple[str, int, int], ...]
    """Texts with the frames at which they begin and end; in a clip only the wake phrase, or what is nearly it."""
    voice: str = ""
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Clips:
    """An order for clips of `texts`: each is said by a voice of `part`, some amid other words."""

    language: str
    part: Part
    texts: tuple[str, ...]
    seed: int
    avoid: tuple[str, ...] = ()
    """The wake phrases, which are not to be among the other words."""
    accents: tuple[str, ...] = ()
    """Other languages whose voices may say it too."""
    renditions: int = 1
    """How many clips are made of what was said once: other rooms, other noise, another pace."""
    clear: bool = False
    """In a quiet room, and only the phrase."""

    def make(self) -> list[Take]:
        """Speak them."""
        source = np.random.default_rng([self.seed, 1])
        ordered = [self._line(text, source) for text in self.texts]
        said = zip(ordered, speak(ordered), strict=True)
        return [_clip(line, spoken, source, clear=self.clear) for line, spoken in said for _ in range(self.renditions)]

    def _line(self, text: str, source: Generator) -> Line:
        speakers = voices(self.language, self.part)
        strangers = [voice for voice in speakers if voice.program != "espeak-ng"]
        if strangers and source.random() < STRANGERS:  # a synthesizer of another kind counts as much as many espeak-ngs
            speakers = strangers
        if self.accents and source.random() < FOREIGN:
            speakers = foreign(self.accents)
        voice = speakers[source.integers(len(speakers))]
        text = text.replace(",", STOPS[source.integers(len(STOPS))])
        before = behind = ""
        alone = self.clear or voice.program != "espeak-ng"
        if not alone and source.random() < PRECEDED:
            before = self._other(source) + ". "
        if not alone and source.random() < FOLLOWED:
            behind = source.choice((", ", " ", ". ")) + self._other(source)
        speed, pitch = int(source.uniform(115, 220)), int(source.uniform(5, 95))
        return Line(before + text + behind, voice, speed, pitch, (len(before), len(before) + len(text)))

    def _other(self, source: Generator) -> str:
        known = commands(self.language, self.part)
        while near(self.avoid, text := known[source.integers(len(known))]):
            pass
        return text


@dataclass(frozen=True, slots=True)
class Minutes:
    """An order for a minute of speech that is not the wake phrase, or of noise, music or silence."""

    language: str
    part: Part
    seed: int

    def make(self) -> list[Take]:
        """Speak it."""
        source = np.random.default_rng([self.seed, 2, *self.part.encode()])
        if source.random() < SPEECHLESS:
            bed = air.noise(MINUTE, source) * 10 ** (-source.uniform(15, 70) / 20)
            return [_take(air.through(bed.astype(np.float32), source), ())]
        speakers = [voice for voice in voices(self.language, self.part) if voice.program != "festival"]  # it is slow
        ordered = [
            Line(
                text,
                speakers[source.integers(len(speakers))],
                int(source.uniform(120, 230)),
                int(source.uniform(15, 85)),
            )
            for text in islice(lines(self.language, self.part, self.seed), 26)
        ]
        whole, said, at = np.zeros(MINUTE, np.float32), [], int(source.uniform(0, 1) * RATE)
        for line, spoken in zip(ordered, speak(ordered), strict=True):
            sound = _varied(spoken, source).sound * 10 ** (-source.uniform(0, 12) / 20)
            if at + len(sound) > MINUTE:
                break
            whole[at : at + len(sound)] += sound
            said.append((line.text, at // FRAME, (at + len(sound)) // FRAME))
            at += len(sound) + int(source.exponential(0.35) * RATE)
        return [_take(air.through(whole[:at], source), tuple(said))]


Order = Clips | Minutes


def _clip(line: Line, spoken: Spoken, source: Generator, *, clear: bool) -> Take:
    spoken = spoken if clear else _varied(spoken, source)
    if spoken.phrase is None or line.phrase is None:
        return Take(np.zeros((0, 96), np.float16), ())
    lead = source.uniform(0.2, 2.2)
    quiet = [np.zeros(int(seconds * RATE), np.float32) for seconds in (lead, 1.2)]
    sound = np.concatenate((quiet[0], spoken.sound, quiet[1]))
    pcm = air.quiet(sound, source) if clear else air.through(sound, source)
    start, end = (round((lead + at) * RATE / FRAME) for at in spoken.phrase)
    text = line.text[slice(*line.phrase)]
    return _take(pcm, ((text, start, end),), f"{line.voice.program}: {line.voice.name}")


def _varied(spoken: Spoken, source: Generator) -> Spoken:
    """Play some of it a little faster or slower, which makes other mouths of the few that there are."""
    if source.random() >= STRETCHED or not len(spoken.sound):
        return spoken
    factor = float(source.uniform(0.8, 1.25))
    phrase = None if spoken.phrase is None else (spoken.phrase[0] / factor, spoken.phrase[1] / factor)
    return Spoken(air.stretched(spoken.sound, factor), phrase)


def _take(pcm: NDArray[np.int16], said: tuple[tuple[str, int, int], ...], voice: str = "") -> Take:
    return Take(_features()(pcm).astype(np.float16), said, voice, len(pcm) / RATE)


@cache
def _features() -> Features:
    return Features()


def _make(order: Order) -> list[Take]:
    return order.make()


class Makers:
    """Processes that make takes, as many as there are cores; a context manager. Ctrl-C ends them at once."""

    def __init__(self) -> None:
        self._pool = ProcessPoolExecutor(len(os.sched_getaffinity(0)), context(), begin)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is not None:
            for child in active_children():
                child.terminate()
        self._pool.shutdown(wait=True, cancel_futures=True)

    def make(self, orders: Sequence[Order]) -> Iterator[list[Take]]:
        """Yield what is made of each order, in their order, while the next ones are made."""
        ahead: dict[int, Future[list[Take]]] = {}
        for at in range(len(orders)):
            for number in range(at, min(at + 8, len(orders))):
                if number not in ahead:
                    ahead[number] = self._pool.submit(_make, orders[number])
            yield ahead.pop(at).result()


def clip_orders(
    texts: Sequence[str],
    language: str,
    part: Part,
    *,
    count: int,
    seed: int,
    avoid: Sequence[str],
    accents: Sequence[str],
) -> list[Clips]:
    """Return orders for `count` clips that say the texts in turn; in the training twice, and with `accents`."""
    more = (tuple(accents), 2) if part == "training" else ((), 1)
    repeated = [texts[at % len(texts)] for at in range(count)]
    return [
        Clips(language, part, tuple(repeated[at : at + BATCH]), seed * 1_000_003 + at, tuple(avoid), *more)
        for at in range(0, count, BATCH)
    ]


def silence() -> NDArray[np.float32]:
    """Return the embedding of silence."""
    return _features().silence
