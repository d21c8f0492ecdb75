from pathlib import Path

import numpy as np
import pytest

from daemon.engines.wake.openwakeword import Engine
from daemon.wakewords import air
from daemon.wakewords.features import Features

FRAME = 1280


@pytest.mark.slow
def test_many_frames_at_once_have_the_numbers_of_the_engine() -> None:
    source = np.random.default_rng(1)
    pcm = air.through(np.concatenate([air.noise(FRAME * 70, source) * 0.1, np.zeros(FRAME * 45, np.float32)]), source)
    wake = Engine(Engine.Options(), models=Path())
    wake.load()
    streamed = [wake._features.process_streaming(pcm[at : at + FRAME].tobytes()) for at in range(0, len(pcm), FRAME)]
    theirs = np.concatenate([np.reshape(list(one), (1, 96)) for one in streamed])
    assert len(theirs) == 115
    assert np.abs(Features()(pcm) - theirs).max() < 1e-4


@pytest.mark.slow
def test_the_same_source_gives_the_same_sound() -> None:
    speech = np.sin(np.arange(20_000) / 20).astype(np.float32)
    one, other, third = (air.through(speech, np.random.default_rng(seed)) for seed in (5, 5, 6))
    assert np.array_equal(one, other)
    assert not np.array_equal(one, third)
    assert one.dtype == np.int16


@pytest.mark.slow
def test_noise_of_every_kind_has_a_level_of_one() -> None:
    for seed in range(20):
        sound = air.noise(16_000, np.random.default_rng(seed))
        assert len(sound) == 16_000
        assert float(np.sqrt(np.mean(sound**2))) == pytest.approx(1, abs=0.01)
