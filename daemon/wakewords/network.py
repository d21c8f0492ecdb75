"""The classifier that is trained: some small networks over 12 embeddings (0.96 s), their logits averaged.

Trained in numpy, since torch is no part of an installation: about an hour. Each layer looks at some neighbouring
frames at once, and does so at all places alike, so that a phrase is known however fast it is said; one that looks at
all frames is an ordinary dense layer. A member of either kind errs in other places, so together they err less.

Positive windows are those that end shortly after the phrase. Every few hundred steps negatives are scored; those that
come nearest to waking fill a third of the next batches.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from daemon.wakewords.features import SIZE, WINDOW, Embeddings

Array = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Shape:
    """What a member looks like: the frames that each layer looks at, and the numbers that it gives."""

    spans: tuple[int, ...]
    sizes: tuple[int, ...]
    dropout: float


SHAPES = 2 * (
    Shape((3, 3, 8, 1), (64, 64, 64, 1), 0.25),
    Shape((12, 1, 1), (256, 64, 1), 0.15),
    Shape((5, 5, 4, 1), (64, 64, 64, 1), 0.2),
)
"""Each twice: two that began by chance elsewhere err differently too."""
BATCH = 512
POSITIVES, HARD = 0.3, 0.35
"""Shares of a batch; the rest are any negatives."""
ROUND = 750
"""Steps between two looks for hard negatives."""
LOOKED_AT, HARDEST = 400_000, 10_000
"""How many negatives are scored then, and how many of them are the hard ones."""
RATE, DECAY = 1e-3, 0.03
WARM_UP = 200
AT_ONCE = 4096
SMALLEST = 1e-3


@dataclass(frozen=True, slots=True)
class Windows:
    """Places in a long row of embeddings; each stands for the embedding there and those before it."""

    embeddings: NDArray[np.float16]
    ends: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.ends)

    def at(self, chosen: NDArray[np.int64] | slice) -> Array:
        """Return the windows at some places: (places, 12, 96)."""
        seen: Array = self.embeddings[self.ends[chosen][:, None] + np.arange(1 - WINDOW, 1)].astype(np.float32)
        return seen


@dataclass(frozen=True, slots=True)
class Layer:
    """Looks at `span` frames in a row, at every place: `weights` is (span * numbers in, numbers out)."""

    weights: Array
    biases: Array
    span: int

    def __call__(self, value: Array) -> Array:
        """Return (places, frames - span + 1, numbers out)."""
        return unfolded(value, self.span) @ self.weights + self.biases


@dataclass(frozen=True, slots=True)
class Network:
    """Members, layer by layer; the first takes embeddings as they are."""

    members: tuple[tuple[Layer, ...], ...]

    def scores(self, windows: Array) -> Array:
        """Return a score, 0 to 1, for each window of (places, 12, 96)."""
        logits = [_logits(member, windows) for member in self.members]
        return _sigmoid(np.mean(logits, axis=0))

    def all_scores(self, windows: Windows) -> Array:
        """Return the scores of all windows, some thousand at a time."""
        pieces = [self.scores(windows.at(slice(at, at + AT_ONCE))) for at in range(0, len(windows), AT_ONCE)]
        return np.concatenate(pieces) if pieces else np.zeros(0, np.float32)


def unfolded(value: Array, span: int) -> Array:
    """Return, at each place, its frame and the following `span` - 1 side by side."""
    if span == 1:
        return value
    count = value.shape[1] - span + 1
    return np.concatenate([value[:, at : at + count] for at in range(span)], axis=2)


def train(
    positives: Windows,
    negatives: Windows,
    *,
    steps: int,
    seed: int,
    shapes: Sequence[Shape] = SHAPES,
    step: Callable[[float], None] = lambda _: None,
) -> Network:
    """Return a classifier with a member of each shape; `step` hears of the progress, 0 to 1."""
    members: tuple[tuple[Layer, ...], ...] = ()
    for at, shape in enumerate(shapes):
        source = np.random.default_rng([seed, at])
        members += _member(
            positives,
            negatives,
            shape,
            steps,
            source,
            lambda share, at=at: step((at + share) / len(shapes)),  # type: ignore[misc]
        ).members
    return Network(members)


def _member(
    positives: Windows, negatives: Windows, shape: Shape, steps: int, source: Generator, step: Callable[[float], None]
) -> Network:
    sample = negatives.at(source.integers(len(negatives), size=4000)).reshape(-1, SIZE)
    mean, spread = sample.mean(0), sample.std(0) + SMALLEST
    learner = _Learner(shape, source)
    hardest = source.integers(len(negatives), size=HARDEST)
    counts = [int(BATCH * POSITIVES), int(BATCH * HARD)]
    wanted = np.zeros(BATCH, np.float32)
    wanted[: counts[0]] = 1
    for at in range(steps):
        if at and at % ROUND == 0:
            hardest = _hardest(learner.network(mean, spread), negatives, source)
        batch = np.concatenate((
            positives.at(source.integers(len(positives), size=counts[0])),
            negatives.at(hardest[source.integers(len(hardest), size=counts[1])]),
            negatives.at(source.integers(len(negatives), size=BATCH - sum(counts))),
        ))  # fmt: skip
        rate = RATE * min((at + 1) / WARM_UP, 1 - at / steps + 0.02)
        learner.learn((batch - mean) / spread, wanted, rate)
        step((at + 1) / steps)
    return learner.network(mean, spread)


def _hardest(network: Network, negatives: Windows, source: Generator) -> NDArray[np.int64]:
    looked_at = source.permutation(len(negatives))[:LOOKED_AT]
    looked_at.sort()
    scores = network.all_scores(Windows(negatives.embeddings, negatives.ends[looked_at]))
    found: NDArray[np.int64] = looked_at[np.argsort(scores)[-HARDEST:]]
    return found


class _Learner:
    """The weights while they are learnt, with Adam's moments."""

    def __init__(self, shape: Shape, source: Generator) -> None:
        self._source = source
        self._shape = shape
        sizes = pairwise((SIZE, *shape.sizes))
        rows = [(span * before, after) for span, (before, after) in zip(shape.spans, sizes, strict=True)]
        weights = [source.normal(0, np.sqrt(2 / row), (row, column)).astype(np.float32) for row, column in rows]
        self._values = [*weights, *(np.zeros(column, np.float32) for _, column in rows)]
        self._first = [np.zeros_like(value) for value in self._values]
        self._second = [np.zeros_like(value) for value in self._values]
        self._layers, self._count = len(rows), 0

    def learn(self, batch: Array, wanted: Array, rate: float) -> None:
        """Take one step of Adam with weight decay down the logistic loss."""
        weights, biases = self._values[: self._layers], self._values[self._layers :]
        dropout = self._shape.dropout
        mask = self._kept(batch.shape, dropout / 2)
        inputs, masks, value = [], [], batch * mask
        for at, (weight, bias, span) in enumerate(zip(weights, biases, self._shape.spans, strict=True)):
            inputs.append(unfolded(value, span))
            value = inputs[-1] @ weight + bias
            if at < self._layers - 1:
                masks.append((value > 0) * self._kept(value.shape, dropout))
                value = value * masks[-1]
        slope: Array = ((_sigmoid(value[:, 0, 0]) - wanted) / np.float32(len(batch)))[:, None, None]
        slopes: list[Any] = [None] * len(self._values)
        for at in reversed(range(self._layers)):
            flat = slope.reshape(-1, slope.shape[2])
            slopes[at] = inputs[at].reshape(len(flat), -1).T @ flat
            slopes[self._layers + at] = flat.sum(0)
            if at:
                slope = folded(slope @ weights[at].T, self._shape.spans[at]) * masks[at - 1]
        self._descend(slopes, rate)

    def _descend(self, slopes: list[Any], rate: float) -> None:
        self._count += 1
        for at, slope in enumerate(slopes):
            self._first[at] += 0.1 * (slope - self._first[at])
            self._second[at] += 0.001 * (slope * slope - self._second[at])
            first = self._first[at] / (1 - 0.9**self._count)
            second = self._second[at] / (1 - 0.999**self._count)
            fading = DECAY if at < self._layers else 0.0
            self._values[at] -= np.float32(rate) * (first / (np.sqrt(second) + 1e-8) + fading * self._values[at])

    def network(self, mean: Array, spread: Array) -> Network:
        """Return the member so far; what was done to its inputs becomes a part of the first layer."""
        weights, biases = self._values[: self._layers], self._values[self._layers :]
        span = self._shape.spans[0]
        first = (weights[0] / np.tile(spread, span)[:, None]).astype(np.float32)
        moved = (biases[0] - np.tile(mean, span) @ first).astype(np.float32)
        rest = zip(weights[1:], biases[1:], self._shape.spans[1:], strict=True)
        layers = (Layer(first, moved, span), *(Layer(one.copy(), bias.copy(), wide) for one, bias, wide in rest))
        return Network((layers,))

    def _kept(self, shape: tuple[int, ...], dropout: float) -> Array:
        return ((self._source.random(shape, np.float32) >= dropout) / (1 - dropout)).astype(np.float32)


def folded(slope: Array, span: int) -> Array:
    """Return the sum of what came of each frame: the transpose of `unfolded`."""
    if span == 1:
        return slope
    count, size = slope.shape[1], slope.shape[2] // span
    whole = np.zeros((len(slope), count + span - 1, size), np.float32)
    for at in range(span):
        whole[:, at : at + count] += slope[:, :, at * size : (at + 1) * size]
    return whole


def _logits(member: Sequence[Layer], value: Array) -> Array:
    for layer in member[:-1]:
        value = np.maximum(layer(value), 0)
    return member[-1](value)[:, 0, 0]


def _sigmoid(value: Array) -> Array:
    return (1 / (1 + np.exp(-np.clip(value, -60, 60)))).astype(np.float32)


def row(
    takes: Sequence[Embeddings | NDArray[np.float16]], silence: Embeddings
) -> tuple[NDArray[np.float16], list[int]]:
    """Return the takes as one row of embeddings, silence before each, and where in it each take's first frame is."""
    before = np.tile(silence, (WINDOW - 1, 1)).astype(np.float16)
    pieces: list[NDArray[np.float16]] = []
    starts, at = [], 0
    for take in takes:
        starts.append(at + len(before))
        pieces += [before, take.astype(np.float16)]
        at += len(before) + len(take)
    return np.concatenate(pieces), starts
