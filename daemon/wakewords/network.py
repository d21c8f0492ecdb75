"""A small classifier over twelve embeddings, trained in plain numpy: two hidden layers, dropout, Adam, hard negatives.

Every few hundred steps all negatives are scored; those that come nearest to waking fill a third of the next batches.
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
HIDDEN = (64, 32)
BATCH = 512
POSITIVES, HARD = 0.3, 0.35
"""Shares of a batch; the rest are any negatives."""
ROUND = 250
"""Steps between two looks for hard negatives."""
HARDEST = 3000
RATE, DECAY = 1e-3, 0.03
DROPOUT = 0.25
AT_ONCE = 8192
SMALLEST = 1e-3


@dataclass(frozen=True, slots=True)
class Windows:
    """Places in a long row of embeddings; each stands for the embedding there and those before it."""

    embeddings: NDArray[np.float16]
    ends: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.ends)

    def at(self, chosen: NDArray[np.int64] | slice) -> Array:
        """Return the windows at some places, one a row."""
        rows = self.ends[chosen][:, None] + np.arange(1 - WINDOW, 1)
        seen: Array = self.embeddings[rows].reshape(len(rows), WINDOW * SIZE).astype(np.float32)
        return seen


@dataclass(frozen=True, slots=True)
class Network:
    """Weights and biases, layer by layer; the first takes embeddings as they are."""

    weights: tuple[Array, ...]
    biases: tuple[Array, ...]

    def scores(self, windows: Array) -> Array:
        """Return a score, 0 to 1, for each window."""
        value = windows.reshape(len(windows), WINDOW * SIZE)
        for at, (weight, bias) in enumerate(zip(self.weights, self.biases, strict=True)):
            value = value @ weight + bias
            if at < len(self.weights) - 1:
                value = np.maximum(value, 0)
        return _sigmoid(value[:, 0])

    def all_scores(self, windows: Windows) -> Array:
        """Return the scores of all windows, some thousand at a time."""
        pieces = [self.scores(windows.at(slice(at, at + AT_ONCE))) for at in range(0, len(windows), AT_ONCE)]
        return np.concatenate(pieces) if pieces else np.zeros(0, np.float32)


def train(
    positives: Windows, negatives: Windows, *, steps: int, seed: int, step: Callable[[float], None] = lambda _: None
) -> Network:
    """Return a classifier; `step` hears of the progress, 0 to 1."""
    source = np.random.default_rng(seed)
    sample = negatives.at(source.integers(len(negatives), size=4000)).reshape(-1, SIZE)
    mean, spread = np.tile(sample.mean(0), WINDOW), np.tile(sample.std(0) + SMALLEST, WINDOW)
    learner = _Learner((WINDOW * SIZE, *HIDDEN, 1), source)
    hardest = source.integers(len(negatives), size=HARDEST)
    for at in range(steps):
        if at and at % ROUND == 0:
            hardest = np.argsort(learner.network(mean, spread).all_scores(negatives))[-HARDEST:]
        counts = [int(BATCH * POSITIVES), int(BATCH * HARD)]
        batch = np.concatenate((
            positives.at(source.integers(len(positives), size=counts[0])),
            negatives.at(hardest[source.integers(len(hardest), size=counts[1])]),
            negatives.at(source.integers(len(negatives), size=BATCH - sum(counts))),
        ))  # fmt: skip
        wanted = np.zeros(BATCH, np.float32)
        wanted[: counts[0]] = 1
        learner.learn((batch - mean) / spread, wanted, RATE * (1 - at / steps) + RATE / 50)
        step((at + 1) / steps)
    return learner.network(mean, spread)


class _Learner:
    """The weights while they are learnt, with Adam's moments."""

    def __init__(self, sizes: Sequence[int], source: Generator) -> None:
        self._source = source
        shapes = list(pairwise(sizes))
        weights = [source.normal(0, np.sqrt(2 / rows), (rows, columns)).astype(np.float32) for rows, columns in shapes]
        self._values = [*weights, *(np.zeros(columns, np.float32) for _, columns in shapes)]
        self._first = [np.zeros_like(value) for value in self._values]
        self._second = [np.zeros_like(value) for value in self._values]
        self._layers, self._count = len(shapes), 0

    def learn(self, batch: Array, wanted: Array, rate: float) -> None:
        """Take one step of Adam with weight decay down the logistic loss."""
        weights, biases = self._values[: self._layers], self._values[self._layers :]
        inputs, masks, value = [], [], batch * self._dropped(batch.shape, DROPOUT / 2)
        for at, (weight, bias) in enumerate(zip(weights, biases, strict=True)):
            inputs.append(value)
            value = value @ weight + bias
            if at < self._layers - 1:
                masks.append((value > 0) * self._dropped(value.shape, DROPOUT))
                value = value * masks[-1]
        slope: Array = ((_sigmoid(value[:, 0]) - wanted) / np.float32(len(batch)))[:, None]
        slopes: list[Any] = [None] * len(self._values)
        for at in reversed(range(self._layers)):
            slopes[at], slopes[self._layers + at] = inputs[at].T @ slope, slope.sum(0)
            if at:
                slope = ((slope @ weights[at].T) * masks[at - 1]).astype(np.float32)
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
        """Return the network so far; what was done to its inputs becomes a part of the first layer."""
        weights, biases = self._values[: self._layers], self._values[self._layers :]
        first = weights[0] / spread[:, None]
        return Network(
            (first.astype(np.float32), *(weight.copy() for weight in weights[1:])),
            ((biases[0] - mean @ first).astype(np.float32), *(bias.copy() for bias in biases[1:])),
        )

    def _dropped(self, shape: tuple[int, ...], share: float) -> Array:
        return ((self._source.random(shape, np.float32) >= share) / (1 - share)).astype(np.float32)


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
