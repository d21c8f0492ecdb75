from pathlib import Path

import numpy as np
import onnx
import pytest

from daemon.wakewords.classifier import Classifier
from daemon.wakewords.network import Network, Windows, row, train
from daemon.wakewords.onnx import encoded

pytestmark = pytest.mark.slow


def windows(count: int, seed: int, shift: float) -> Windows:
    source = np.random.default_rng(seed)
    values = source.normal(3, 10, (count + 11, 96)).astype(np.float16)
    values[:, :4] += shift
    return Windows(values, np.arange(11, count + 11))


@pytest.fixture(scope="module")
def network() -> Network:
    return train(windows(300, 1, 12), windows(2000, 2, 0), steps=120, seed=1)


def test_it_learns_to_tell_what_differs(network: Network) -> None:
    assert network.all_scores(windows(200, 3, 12)).mean() > 0.9
    assert network.all_scores(windows(200, 4, 0)).mean() < 0.1


def test_the_same_seed_learns_the_same(network: Network) -> None:
    again = train(windows(300, 1, 12), windows(2000, 2, 0), steps=120, seed=1)
    assert all(np.array_equal(one, other) for one, other in zip(network.weights, again.weights, strict=True))


def test_the_file_is_sound_onnx_and_scores_the_same(network: Network, tmp_path: Path) -> None:
    path = tmp_path / "x.onnx"
    path.write_bytes(encoded(network))
    onnx.checker.check_model(onnx.load(path), full_check=True)
    assert path.stat().st_size < 500_000
    classifier, sound = Classifier(path), windows(40, 5, 6)
    theirs = [score for one in sound.embeddings for score in classifier.process_streaming(one.astype(np.float32))]
    assert theirs[11:] == pytest.approx(network.all_scores(sound).tolist(), abs=1e-4)


def test_takes_in_a_row_begin_in_silence() -> None:
    silence = np.full(96, 7, np.float32)
    whole, starts = row([np.zeros((3, 96), np.float16), np.ones((2, 96), np.float16)], silence)
    assert starts == [11, 25]
    first = Windows(whole, np.array([starts[1]])).at(slice(None)).reshape(12, 96)
    assert first[:11].tolist() == np.full((11, 96), 7).tolist()
    assert first[11].tolist() == [1] * 96
