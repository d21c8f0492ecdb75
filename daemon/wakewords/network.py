"""The classifier that is trained: some small networks over 12 embeddings (0.96 s), their logits averaged.

Each layer looks at some neighbouring frames at once, and does so at all places alike, so that a phrase is known however
fast it is said; one that looks at all frames is an ordinary dense layer. A member of either kind errs in other places,
so together they err less.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from daemon.wakewords.features import WINDOW, Embeddings

Array = NDArray[np.float32]
AT_ONCE = 4096


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
        return sigmoid(np.mean(logits, axis=0))

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


def sigmoid(value: Array) -> Array:
    """Return scores for logits."""
    return (1 / (1 + np.exp(-np.clip(value, -60, 60)))).astype(np.float32)


def _logits(member: Sequence[Layer], value: Array) -> Array:
    for layer in member[:-1]:
        value = np.maximum(layer(value), 0)
    return member[-1](value)[:, 0, 0]
