"""Training in numpy, since torch is no part of an installation: each member in a process of its own.

Positive windows are those that end shortly after the phrase. Every few hundred steps negatives are scored; those that
come nearest to waking fill a third of the next batches.
"""

import os
from collections.abc import Callable, Sequence
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from itertools import pairwise
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from daemon.wakewords.features import SIZE
from daemon.wakewords.network import Array, Layer, Network, Windows, sigmoid, unfolded
from daemon.wakewords.workers import begin, context


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
SMALLEST = 1e-3
TOLD = 20
"""Steps between two words on the progress."""


@dataclass(frozen=True, slots=True)
class _Job:
    """A member to train."""

    embeddings: str
    """A file of them, which all processes map: it would not fit into memory once for each."""
    positives: NDArray[np.int64]
    negatives: NDArray[np.int64]
    shape: Shape
    steps: int
    seed: tuple[int, int]

    def work(self, parent: Connection) -> None:
        """Train it; send the progress, 0 to 1, and at the end the member."""
        begin()
        embeddings = np.memmap(self.embeddings, np.float16, "r").reshape(-1, SIZE)
        positives, negatives = Windows(embeddings, self.positives), Windows(embeddings, self.negatives)
        source = np.random.default_rng(self.seed)
        parent.send(member(positives, negatives, self.shape, self.steps, source, parent.send))


def train(
    embeddings: NDArray[np.float16],
    positives: NDArray[np.int64],
    negatives: NDArray[np.int64],
    *,
    steps: int,
    seed: int,
    scratch: Path,
    shapes: Sequence[Shape] = SHAPES,
    step: Callable[[float], None] = lambda _: None,
) -> Network:
    """Return a classifier with a member of each shape, trained side by side on all cores.

    `positives` and `negatives` are places in the row of embeddings, which lies in the folder `scratch` meanwhile, in a
    file without a name. `step` hears of the progress, 0 to 1. Raises OSError; BrokenProcessPool where a process dies.
    """
    scratch.mkdir(parents=True, exist_ok=True)
    with TemporaryFile(dir=scratch) as file:
        embeddings.tofile(file)
        file.flush()
        path = f"/proc/{os.getpid()}/fd/{file.fileno()}"
        jobs = [_Job(path, positives, negatives, shape, steps, (seed, at)) for at, shape in enumerate(shapes)]
        return Network(tuple(one for network in _trained(jobs, step) for one in network.members))


def _trained(jobs: Sequence[_Job], step: Callable[[float], None]) -> list[Network]:
    """Work through the jobs, as many at once as there are cores."""
    shares, found = [0.0] * len(jobs), dict[int, Network]()
    waiting, running = list(enumerate(jobs)), dict[Connection, tuple[int, BaseProcess]]()
    try:
        while waiting or running:
            while waiting and len(running) < len(os.sched_getaffinity(0)):
                at, job = waiting.pop(0)
                ours, process = _started(job)
                running[ours] = at, process
            wait(list(running))
            for ours in [one for one in running if one.poll()]:
                at, process = running[ours]
                try:
                    got = ours.recv()
                except EOFError:
                    raise BrokenProcessPool from None
                if isinstance(got, Network):
                    found[at] = got
                    del running[ours]
                    process.join()
                shares[at] = got if isinstance(got, float) else 1.0
                step(sum(shares) / len(jobs))
    finally:
        for _, process in running.values():
            process.terminate()
            process.join()
    return [found[at] for at in range(len(jobs))]


def _started(job: _Job) -> tuple[Connection, BaseProcess]:
    spawn = context()
    ours, theirs = spawn.Pipe(duplex=False)
    process = spawn.Process(target=job.work, args=(theirs,), daemon=True)
    process.start()
    theirs.close()  # so that a death is the end of what we read
    return ours, process


def member(
    positives: Windows,
    negatives: Windows,
    shape: Shape,
    steps: int,
    source: Generator,
    step: Callable[[float], None] = lambda _: None,
) -> Network:
    """Return a network of one member; `step` hears of the progress, 0 to 1."""
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
        if at % TOLD == 0:
            step(at / steps)
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
        slope: Array = ((sigmoid(value[:, 0, 0]) - wanted) / np.float32(len(batch)))[:, None, None]
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
