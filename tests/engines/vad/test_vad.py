from pathlib import Path

import numpy as np
import pytest

from daemon.engines.load import find, names
from daemon.engines.vad.webrtc import Engine

HOP = 320


def webrtc(**options: float) -> Engine:
    engine = Engine(Engine.Options(**options), models=Path())
    engine.load()
    return engine


def noise(level_db: float, hops: int, seed: int = 1) -> bytes:
    scale = 32768 * 10 ** (level_db / 20)
    sound = np.random.default_rng(seed).normal(0, scale, hops * HOP).clip(-32768, 32767).astype("<i2")
    return sound.tobytes()


def vowel(hops: int) -> bytes:
    """A buzz of 130 Hz with formants, as loud as speech."""
    t = np.arange(hops * HOP) / 16000
    formants = {700: 1.0, 1200: 0.6, 2600: 0.3}
    sound = sum(
        np.sin(2 * np.pi * 130 * n * t) * max(gain / (1 + ((130 * n - f) / 90) ** 2) for f, gain in formants.items())
        for n in range(1, 28)
    )
    return (sound / np.abs(sound).max() * 9000).astype("<i2").tobytes()


@pytest.mark.parametrize("name", [*names("vad"), "fake"])
def test_every_engine_tells_a_voice_from_silence(name: str) -> None:
    kind = find("vad", name)
    assert kind.missing(kind.Options(), models=Path()) is None
    engine = kind(kind.Options(), models=Path())
    engine.load()
    assert engine.voiced(bytes(50 * HOP * 2)) == [False] * 50
    assert sum(engine.voiced(vowel(25))) >= 20
    assert not any(engine.voiced(bytes(50 * HOP * 2))[10:])


def test_a_quiet_room_is_no_voice() -> None:
    engine = webrtc()
    assert sum(engine.voiced(noise(-60, 500))) < 5


def test_the_end_of_a_voice_is_told_within_60_ms_and_not_when_webrtc_forgets_it() -> None:
    engine = webrtc()
    engine.voiced(noise(-60, 100))
    assert all(engine.voiced(vowel(30))[3:])
    assert not any(engine.voiced(noise(-60, 50, seed=2))[3:])


def test_a_click_is_voice_for_less_than_60_ms() -> None:
    engine = webrtc()
    engine.voiced(noise(-60, 100))
    click = (np.random.default_rng(3).normal(0, 9000, HOP).clip(-32768, 32767).astype("<i2")).tobytes()
    assert sum(engine.voiced(click + noise(-60, 20, seed=4))) * 20 < 60


def test_a_voice_in_a_noisy_room_is_still_one() -> None:
    engine = webrtc()
    engine.voiced(noise(-40, 200))
    mixed = np.frombuffer(vowel(40), "<i2").astype(int) + np.frombuffer(noise(-40, 40, seed=5), "<i2")
    assert sum(engine.voiced(mixed.clip(-32768, 32767).astype("<i2").tobytes())) >= 32
