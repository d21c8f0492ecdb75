from pathlib import Path

import numpy as np
import onnx
import pytest

from daemon.wakewords.classifier import Classifier
from daemon.wakewords.network import Network, Windows, row
from daemon.wakewords.onnx import encoded
from daemon.wakewords.training import SHAPES, member
from tests.wakewords.windows import windows

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def network() -> Network:
    phrase, other = windows(300, 1, 12), windows(2000, 2, 0)
    made = [member(phrase, other, shape, 200, np.random.default_rng([1, at])) for at, shape in enumerate(SHAPES[:3])]
    return Network(tuple(one for network in made for one in network.members))


def test_it_learns_to_tell_what_differs(network: Network) -> None:
    assert network.all_scores(windows(200, 3, 12)).mean() > 0.9
    assert network.all_scores(windows(200, 4, 0)).mean() < 0.1


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
