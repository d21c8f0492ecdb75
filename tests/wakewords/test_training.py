import os
import signal
from concurrent.futures.process import BrokenProcessPool
from dataclasses import replace
from multiprocessing import active_children
from pathlib import Path

import numpy as np
import pytest

from daemon.wakewords.network import Network
from daemon.wakewords.training import SHAPES, Shape, _Learner, member, train
from tests.wakewords.windows import windows

pytestmark = pytest.mark.slow
PHRASE, OTHER = windows(300, 1, 12), windows(2000, 2, 0)
WHOLE = np.concatenate((PHRASE.embeddings, OTHER.embeddings))
PLACES = PHRASE.ends, OTHER.ends + len(PHRASE.embeddings)


def weights(network: Network) -> list[np.ndarray]:
    return [layer.weights for one in network.members for layer in one]


def test_members_trained_side_by_side_learn_as_each_does_alone(tmp_path: Path) -> None:
    heard: list[float] = []
    made = train(WHOLE, *PLACES, steps=41, seed=1, shapes=SHAPES[:3], scratch=tmp_path / "new", step=heard.append)
    alone = [member(PHRASE, OTHER, SHAPES[at], 41, np.random.default_rng([1, at])) for at in range(3)]
    assert len(made.members) == 3
    for one, other in zip(weights(made), (each for network in alone for each in weights(network)), strict=True):
        np.testing.assert_allclose(one, other, atol=1e-5)
    assert heard == sorted(heard)
    assert heard[-1] == 1
    assert list((tmp_path / "new").iterdir()) == []
    assert not active_children()


@pytest.mark.parametrize("shape", SHAPES[:3])
def test_a_seed_learns_the_same_again_and_another_one_else(shape: Shape) -> None:
    one, again, other = (
        weights(member(PHRASE, OTHER, shape, 10, np.random.default_rng([seed, 0]))) for seed in (1, 1, 2)
    )
    assert all(np.array_equal(*pair) for pair in zip(one, again, strict=True))
    assert not any(np.array_equal(*pair) for pair in zip(one, other, strict=True))


def test_a_process_that_dies_ends_it_and_the_others_too(tmp_path: Path) -> None:
    def kill(_: float) -> None:
        os.kill(active_children()[0].pid or 0, signal.SIGKILL)

    with pytest.raises(BrokenProcessPool):
        train(WHOLE, *PLACES, steps=100_000, seed=1, shapes=SHAPES[:3], scratch=tmp_path, step=kill)
    assert not active_children()


def test_an_interruption_ends_all_processes(tmp_path: Path) -> None:
    def interrupt(_: float) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        train(WHOLE, *PLACES, steps=100_000, seed=1, shapes=SHAPES[:3], scratch=tmp_path, step=interrupt)
    assert not active_children()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("shape", SHAPES[:3])
def test_the_slopes_are_those_of_the_loss(shape: Shape) -> None:
    """Each weight's slope is what a small change of that weight does to the loss."""
    source = np.random.default_rng(0)
    learner = _Learner(replace(shape, dropout=0.0), source)
    batch, wanted = source.normal(0, 1, (8, 12, 96)).astype(np.float32), (np.arange(8) % 2).astype(np.float32)
    found: list[np.ndarray] = []
    learner._descend = lambda slopes, _rate: found.extend(slopes)  # type: ignore[method-assign]
    learner.learn(batch, wanted, 0.0)

    def loss() -> float:
        scores = learner.network(np.zeros(96, np.float32), np.ones(96, np.float32)).scores(batch).astype(float)
        return float(-np.mean(wanted * np.log(scores) + (1 - wanted) * np.log(1 - scores)))

    for values, slopes in zip(learner._values, found, strict=True):
        at = np.unravel_index(int(np.argmax(np.abs(slopes))), slopes.shape)
        kept = values[at]
        near = []
        for change in (0.01, -0.01):
            values[at] = kept + change
            near.append(loss())
        values[at] = kept
        assert slopes[at] == pytest.approx((near[0] - near[1]) / 0.02, rel=0.05, abs=1e-4)
