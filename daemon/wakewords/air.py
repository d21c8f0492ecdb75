"""What lies between a mouth and a microphone: the room, the distance, noise, the microphone itself. Pure numpy.

Every function takes the source of its chances; the same source gives the same sound.
"""

from collections.abc import Callable

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from daemon.types import RATE

Sound = NDArray[np.float32]
FULL = 32767
ECHOING, COLOURED, NOISY = 0.5, 0.6, 0.75
"""Shares of the sounds that get an echo, another spectrum, noise."""
TUNE = (0.5, 0.56, 0.63, 0.67, 0.75, 0.84, 0.94, 1.0, 1.12, 1.26)
"""Ratios of pitch in a melody."""


def through(sound: Sound, source: Generator) -> NDArray[np.int16]:
    """Return the sound as a microphone gives it: sometimes with an echo, nearly always with noise, soft or loud."""
    if source.random() < ECHOING:
        sound = in_room(sound, source)
    if source.random() < COLOURED:
        sound = coloured(sound, source)
    peak = float(np.abs(sound).max(initial=1e-4))
    sound = sound / peak * 10 ** (source.uniform(-24, -1) / 20)
    if source.random() < NOISY:
        bed = noise(len(sound), source)
        loud = _level(sound[np.abs(sound) > 0.02 * np.abs(sound).max(initial=1e-4)])
        sound = sound + bed * loud * 10 ** (-source.uniform(0, 30) / 20)
    floor = source.normal(0, 10 ** source.uniform(-4.5, -3.3), len(sound))
    return ((sound + floor).clip(-1, 1) * FULL).astype("<i2")


def quiet(sound: Sound, source: Generator) -> NDArray[np.int16]:
    """Return the sound as a good microphone gives it in a quiet room."""
    peak = float(np.abs(sound).max(initial=1e-4))
    return ((sound / peak / 2 + source.normal(0, 5e-4, len(sound))).clip(-1, 1) * FULL).astype("<i2")


def in_room(sound: Sound, source: Generator) -> Sound:
    """Add the echo of a room: noise that dies away within 0.1 to 0.6 s."""
    seconds = source.uniform(0.1, 0.6)
    length = int(seconds * RATE)
    tail = source.normal(0, 1, length) * np.exp(-6.9 * np.arange(length) / length)
    tail[: int(source.uniform(0.002, 0.015) * RATE)] = 0
    tail *= 10 ** (-source.uniform(0, 15) / 20) / np.sqrt(float(tail @ tail) + 1e-9)
    tail[0] = 1
    return _filtered(sound, np.fft.rfft(tail, size := _size(len(sound) + length)), size)


def coloured(sound: Sound, source: Generator) -> Sound:
    """Bend the spectrum, as small speakers and microphones do: by up to 8 dB, and cut at either end."""
    size = _size(len(sound))
    pitch = np.fft.rfftfreq(size, 1 / RATE)
    corners = np.array([0, 150, 400, 1000, 2500, 5000, 8000.0])
    curve = 10 ** (np.interp(pitch, corners, source.uniform(-8, 8, len(corners))) / 20)
    low, high = source.uniform(20, 300), source.uniform(3200, 8000)
    curve /= np.sqrt(1 + (low / np.maximum(pitch, 1)) ** 4) * np.sqrt(1 + (pitch / high) ** 8)
    return _filtered(sound, curve, size)


def stretched(sound: Sound, factor: float) -> Sound:
    """Play the sound `factor` times as fast: shorter, and by a smaller mouth."""
    at = np.arange(0, len(sound) - 1, factor)
    played: Sound = np.interp(at, np.arange(len(sound)), sound).astype(np.float32)
    return played


def noise(length: int, source: Generator) -> Sound:
    """Return noise of one of many kinds, with a level of 1."""
    kinds: tuple[Callable[[int, Generator], Sound], ...] = (_hiss, _hiss, _hiss, _hum, _music, _clatter, _crowd)
    sound = kinds[source.integers(len(kinds))](length, source)
    return (sound / (_level(sound) + 1e-9)).astype(np.float32)


def _hiss(length: int, source: Generator) -> Sound:
    """Return white, pink or brown noise, or something between."""
    size = _size(length)
    pitch = np.fft.rfftfreq(size, 1 / RATE)
    shape = np.maximum(pitch, 20) ** -source.uniform(0, 1)
    return _filtered(source.normal(0, 1, length).astype(np.float32), shape, size)


def _hum(length: int, source: Generator) -> Sound:
    """Return a fan or a machine: a tone with overtones, and hiss."""
    at = np.arange(length) / RATE * source.uniform(40, 240)
    tones = [np.sin(2 * np.pi * at * number + source.uniform(0, 6)) / number for number in range(1, 9)]
    made: Sound = (np.sum(tones, axis=0) + 0.5 * _hiss(length, source) / 3).astype(np.float32)
    return made


def _music(length: int, source: Generator) -> Sound:
    """Return two voices of notes with overtones."""
    whole = np.zeros(length)
    for _ in range(2):
        at, base = 0, source.uniform(150, 600)
        while at < length:
            count = int(source.uniform(0.1, 0.7) * RATE)
            clock = np.arange(min(count, length - at)) / RATE
            pitch = base * source.choice(TUNE)
            note = sum(np.sin(2 * np.pi * pitch * number * clock) / number**1.3 for number in range(1, 7))
            whole[at : at + len(clock)] += note * np.exp(-clock * source.uniform(1, 6))
            at += count
    return whole.astype(np.float32)


def _clatter(length: int, source: Generator) -> Sound:
    """Return knocks and clicks over a little hiss."""
    whole = (0.02 * _hiss(length, source) / 3).astype(np.float32)
    for start in source.integers(0, max(length, 1), max(int(length / RATE * source.uniform(0.5, 5)), 1)):
        count = min(int(source.uniform(0.01, 0.2) * RATE), length - start)
        whole[start : start + count] += source.normal(0, 1, count) * np.exp(-5 * np.arange(count) / max(count, 1))
    return whole


def _crowd(length: int, source: Generator) -> Sound:
    """Return a murmur: hiss in the colours of vowels that swells a few times a second."""
    whole = np.zeros(length, np.float32)
    size = _size(length)
    pitch = np.fft.rfftfreq(size, 1 / RATE)
    for _ in range(3):
        shape = sum(
            np.exp(-(((pitch - centre) / 150) ** 2)) for centre in source.uniform((250, 800, 2000), (800, 2000, 3200))
        )
        swell = np.interp(
            np.arange(length) / 2000, np.arange(length // 2000 + 2), source.random(length // 2000 + 2) ** 2
        )
        whole += _filtered(source.normal(0, 1, length).astype(np.float32), np.asarray(shape), size) * swell
    return whole


def _filtered(sound: Sound, spectrum: NDArray[np.complexfloating] | NDArray[np.floating], size: int) -> Sound:
    return np.fft.irfft(np.fft.rfft(sound, size) * spectrum, size)[: len(sound)].astype(np.float32)


def _size(length: int) -> int:
    """Return a length that is quick to transform: a power of two, or one and a half of one."""
    power = 1 << max(length - 1, 1).bit_length()
    return power * 3 // 4 if power * 3 // 4 >= length else power


def _level(sound: Sound) -> float:
    return float(np.sqrt(np.mean(np.square(sound)))) if len(sound) else 0.0
