from dataclasses import replace
from pathlib import Path

import numpy as np
import onnx
import pytest

from daemon.wakewords.classifier import Classifier
from daemon.wakewords.network import SHAPES, Network, Shape, Windows, _Learner, row, train
from daemon.wakewords.onnx import encoded

pytestmark = pytest.mark.slow


def windows(count: int, seed: int, shift: float) -> Windows:
    source = np.random.default_rng(seed)
    values = source.normal(3, 10, (count + 11, 96)).astype(np.float16)
    values[:, :4] += shift
    return Windows(values, np.arange(11, count + 11))


@pytest.fixture(scope="module")
def network() -> Network:
    return train(windows(300, 1, 12), windows(2000, 2, 0), steps=200, seed=1, shapes=SHAPES[:3])


def test_it_learns_to_tell_what_differs(network: Network) -> None:
    assert network.all_scores(windows(200, 3, 12)).mean() > 0.9
    assert network.all_scores(windows(200, 4, 0)).mean() < 0.1


def test_the_same_seed_learns_the_same() -> None:
    made = [
        train(windows(300, 1, 12), windows(2000, 2, 0), steps=10, seed=seed, shapes=SHAPES[:3]) for seed in (1, 1, 2)
    ]
    one, again, other = ([layer.weights for member in each.members for layer in member] for each in made)
    assert all(np.array_equal(*pair) for pair in zip(one, again, strict=True))
    assert not any(np.array_equal(*pair) for pair in zip(one, other, strict=True))


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


def test_the_file_is_sound_onnx_and_scores_the_same(network: Network, tmp_path: Path) -> None:
    path = tmp_path / "x.onnx"
    path.write_bytes(encoded(network))
    onnx.checker.check_model(onnx.load(path), full_check=True)
    assert path.stat().st_size < 2_000_000
    classifier, sound = Classifier(path), windows(40, 5, 6)
    theirs = [score for one in sound.embeddings for score in classifier.process_streaming(one.astype(np.float32))]
    assert theirs[11:] == pytest.approx(network.all_scores(sound).tolist(), abs=1e-4)


def test_takes_in_a_row_begin_in_silence() -> None:
    silence = np.full(96, 7, np.float32)
    whole, starts = row([np.zeros((3, 96), np.float16), np.ones((2, 96), np.float16)], silence)
    assert starts == [11, 25]
    (first,) = Windows(whole, np.array([starts[1]])).at(slice(None))
    assert first[:11].tolist() == np.full((11, 96), 7).tolist()
    assert first[11].tolist() == [1] * 96
