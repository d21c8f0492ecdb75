"""The recipe for a wake word: speak the phrase and what is nearly it, train, choose a threshold, judge.

Three parts never meet: training; validation, by which the threshold is chosen; and the test, whose voices and texts
nothing has been learnt or chosen by, so its figures are the honest ones.
"""

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from daemon.ears.wake import WordRule
from daemon.wakewords.card import Figures
from daemon.wakewords.judgement import PATIENCES, Point, Scored, choose, curve, hits, missed, point
from daemon.wakewords.material import Makers, Minutes, Order, Take, clip_orders, silence
from daemon.wakewords.misses import misses, near
from daemon.wakewords.network import Network, Windows, row
from daemon.wakewords.sentences import PARTS, Part, beginning, part_of, vocabulary
from daemon.wakewords.shelf import Shelf
from daemon.wakewords.training import train
from daemon.wakewords.voices import accents
from intents.normalize import normalize

SEED = 2026
JUDGED: tuple[Part, ...] = ("validation", "test")
HEARD = 5
"""Frames from the phrase's end on that shall score high."""
BEFORE, AFTER = 4, 14
"""Frames before and after the phrase's end that may score as they like."""
STARTING = 3
"""Letters of the phrase's words by which a dictionary is asked for others."""


@dataclass(frozen=True, slots=True)
class Scale:
    """How much is made of everything; pairs of three are for training, validation and test."""

    clips: tuple[int, int, int] = (6000, 480, 400)
    near: tuple[int, int, int] = (2400, 320, 240)
    minutes: tuple[int, int, int] = (3500, 600, 308)
    steps: int = 16000

    def times(self, share: float) -> "Scale":
        """Return less of everything, down to what still makes sense, or more of what it learns from."""
        minutes = _times(self.minutes, share, least=4)
        return Scale(
            _times(self.clips, share, least=96),
            _times(self.near, share, least=48),
            (minutes[0], minutes[1], min(minutes[2], self.minutes[2])),
            max(round(self.steps * share), 600),
        )


def _times(amounts: tuple[int, int, int], share: float, *, least: int) -> tuple[int, int, int]:
    first, second, third = (max(round(amount * share), least) for amount in amounts)
    return first, second, third


@dataclass(frozen=True, slots=True)
class Trained:
    """What came out."""

    network: Network
    chosen: Point
    validation: Figures
    test: Figures
    curves: dict[Part, list[Point]]
    """By part, at the patience that was chosen."""
    unseen: tuple[str, ...]
    """Voices of the test."""
    accents: tuple[str, ...]
    """Foreigners of the training."""


@dataclass(frozen=True, slots=True)
class _Heard:
    """The scores of a part."""

    clear: list[Scored]
    clips: list[Scored]
    near_misses: list[Scored]
    others: list[Scored]


Step = Callable[[str, float], None]
"""Hears which stage is how far, 0 to 1: phrase, near, other, training, judging."""


class Recipe:
    """Makes one word; `step` hears of the progress."""

    def __init__(self, phrases: Sequence[str], language: str, scale: Scale, shelf: Shelf, step: Step) -> None:
        self._phrases = tuple(phrases)
        self._language = language
        self._scale = scale
        self._shelf = shelf
        self._step = step
        self._accents = accents(self._phrases[0], language)

    def make(self) -> Trained:
        """Do it all. Raises EngineError, ConfigError, OSError."""
        with Makers() as makers:
            clips = self._all("phrase", makers, self._clips)
            near_misses = self._all("near", makers, self._near)
            others = self._all("other", makers, self._minutes)
            clear = {part: list(chain.from_iterable(_sound(makers, self._clear(part)))) for part in JUDGED}
        network = self._trained(clips["training"], near_misses["training"], others["training"])
        return self._judged(network, clips, near_misses, others, clear)

    def _all(self, stage: str, makers: Makers, orders: Callable[[Part], Sequence[Order]]) -> dict[Part, list[Take]]:
        """Make the three parts of one kind of material, or take from the shelf what lies there."""
        wanted = {part: orders(part) for part in PARTS}
        whole = sum(map(len, wanted.values()))
        done, made = 0, {}
        for part in PARTS:
            kind = f"{self._language}-{part}"
            takes = self._shelf.get(kind, wanted[part]) if stage == "other" else None
            if takes is None:
                takes = []
                for at, found in enumerate(_sound(makers, wanted[part]), 1):
                    takes += found
                    self._step(stage, (done + at) / whole)
                if stage == "other":
                    self._shelf.put(kind, wanted[part], takes)
            made[part] = takes
            done += len(wanted[part])
            self._step(stage, done / whole)
        return made

    def _clips(self, part: Part) -> Sequence[Order]:
        count = self._scale.clips[PARTS.index(part)]
        return clip_orders(
            self._phrases,
            self._language,
            part,
            count=count,
            seed=SEED + PARTS.index(part),
            avoid=self._phrases,
            accents=self._accents,
        )

    def _clear(self, part: Part) -> Sequence[Order]:
        """Return phrases said clearly in a quiet room: by them the threshold is chosen and the bar judged."""
        count, seed = self._scale.clips[PARTS.index(part)] // 2, SEED + 20 + PARTS.index(part)
        orders = clip_orders(
            self._phrases, self._language, part, count=count, seed=seed, avoid=self._phrases, accents=()
        )
        return [replace(order, clear=True) for order in orders]

    def _near(self, part: Part) -> Sequence[Order]:
        count = self._scale.near[PARTS.index(part)]
        starts = {word[:STARTING] for phrase in self._phrases for word in normalize(phrase).split()}
        words = [*vocabulary(self._language, part), *(word for one in sorted(starts) for word in self._starting(one))]
        found = [text for text in misses(self._phrases, words, count=4 * count, seed=SEED) if part_of(text) == part]
        random.Random(SEED).shuffle(found)
        seed = SEED + 10 + PARTS.index(part)
        texts, avoid = found or list(vocabulary(self._language, part)), self._phrases
        return clip_orders(texts, self._language, part, count=count, seed=seed, avoid=avoid, accents=self._accents)

    def _starting(self, start: str) -> list[str]:
        return beginning(self._language, start) if len(start) == STARTING else []

    def _minutes(self, part: Part) -> Sequence[Order]:
        return [Minutes(self._language, part, at) for at in range(self._scale.minutes[PARTS.index(part)])]

    def _trained(self, clips: list[Take], near_misses: list[Take], others: list[Take]) -> Network:
        whole, starts = row([take.embeddings for take in (*clips, *near_misses, *others)], silence())
        yes: list[NDArray[np.int64]] = []
        no: list[NDArray[np.int64]] = []
        for at, (take, start) in enumerate(zip((*clips, *near_misses, *others), starts, strict=True)):
            frames = np.arange(len(take.embeddings))
            if at < len(clips):
                end = take.said[0][2]
                yes.append(start + frames[end : end + HEARD])
                no.append(start + frames[: max(end - BEFORE, 0)])
            else:
                no.append(start + frames[self._free(take)])
        return train(
            whole,
            np.concatenate(yes),
            np.concatenate(no),
            steps=self._scale.steps,
            seed=SEED,
            scratch=self._shelf.folder,
            step=lambda share: self._step("training", share),
        )

    def _free(self, take: Take) -> NDArray[np.bool_]:
        """Say of each frame whether it lies clear of the phrase, should it have been said in a text by chance."""
        free = np.ones(len(take.embeddings), bool)
        for text, start, end in take.said:
            if near(self._phrases, text):
                free[start : end + AFTER] = False
        return free

    def _judged(
        self,
        network: Network,
        clips: dict[Part, list[Take]],
        near_misses: dict[Part, list[Take]],
        others: dict[Part, list[Take]],
        clear: dict[Part, list[Take]],
    ) -> Trained:
        scored: dict[Part, _Heard] = {}
        for at, part in enumerate(JUDGED):
            material = (clear, clips, near_misses, others)
            scored[part] = _Heard(*([self._scored(network, take) for take in kind[part]] for kind in material))
            self._step("judging", (at + 1) / 4)
        heard = scored["validation"]
        chosen = choose([curve(heard.clear, heard.clips, heard.others, patience) for patience in PATIENCES])
        self._step("judging", 3 / 4)
        curves = {part: curve(one.clear, one.clips, one.others, chosen.patience) for part, one in scored.items()}
        rule = WordRule(chosen.threshold, chosen.patience)
        figures = [_figures(scored[part], rule) for part in JUDGED]
        self._step("judging", 1.0)
        unseen = tuple(sorted({take.voice for take in clips["test"]}))
        return Trained(network, chosen, figures[0], figures[1], curves, unseen, self._accents)

    def _scored(self, network: Network, take: Take) -> Scored:
        whole, (start,) = row([take.embeddings], silence())
        scores = network.all_scores(Windows(whole, start + np.arange(len(take.embeddings))))
        if take.voice:  # a clip
            return Scored(tuple(scores.tolist()), (take.said[0][1], take.said[0][2]), take.voice)
        return Scored(tuple(np.where(self._free(take), scores, 0).tolist()))


def _sound(makers: Makers, orders: Sequence[Order]) -> Iterator[list[Take]]:
    """Yield the takes of each order, but those too short to hear anything in."""
    for found in makers.make(orders):
        yield [take for take in found if len(take.embeddings)]


def _figures(heard: _Heard, rule: WordRule) -> Figures:
    judged = point(heard.clear, heard.clips, heard.others, rule)
    strangers = [clip for clip in heard.clips if not clip.voice.startswith("espeak-ng")]
    return Figures(
        clips=len(heard.clips),
        false_rejects=round(judged.in_noise, 4),
        other_synthesizer=round(missed(strangers, rule), 4) if strangers else None,
        clear=round(judged.false_rejects, 4),
        hours=round(judged.hours, 2),
        false_accepts=judged.false_accepts,
        near_misses=len(heard.near_misses),
        near_misses_woken=sum(bool(hits(clip.scores, rule)) for clip in heard.near_misses),
    )
