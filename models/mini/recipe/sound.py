"""What happens to clean speech on its way to the model: a room, noise, gain, clipping, silence around it; then log-mel.

All of it is drawn anew each time a clip is used.
"""

import numpy as np
import torch

RATE, HOP, FFT = 16_000, 160, 400
QUIETEST = 1e-10


def worn(clip: np.ndarray, draw: np.random.Generator) -> np.ndarray:
    """Return speech (floats) as a microphone might have it, its length unchanged."""
    if draw.random() < 0.25:
        clip = reverberant(clip, draw)
    if draw.random() < 0.08:
        clip = dull(clip, draw)
    if draw.random() < 0.05:
        peak = np.abs(clip).max(initial=1e-4)
        clip = np.clip(clip, -peak * 0.4, peak * 0.4)
    return clip


def reverberant(clip: np.ndarray, draw: np.random.Generator) -> np.ndarray:
    """Put the speech into a room: its response is exponentially decaying noise."""
    length = int(draw.uniform(0.05, 0.35) * RATE)
    response = draw.standard_normal(length).astype(np.float32) * np.exp(
        -6.9 * np.arange(length, dtype=np.float32) / length
    )
    response *= draw.uniform(0.1, 0.5) / np.sqrt((response**2).sum())
    response[0] += 1
    size = 1 << (len(clip) + length).bit_length()
    return np.fft.irfft(np.fft.rfft(clip, size) * np.fft.rfft(response, size), size)[: len(clip)].astype(np.float32)


def dull(clip: np.ndarray, draw: np.random.Generator) -> np.ndarray:
    """Take the high frequencies away, as a telephone or a cheap microphone does."""
    spectrum = np.fft.rfft(clip)
    spectrum[int(len(spectrum) * draw.uniform(0.35, 0.7)) :] *= 0.1
    return np.fft.irfft(spectrum, len(clip)).astype(np.float32)


def noise(length: int, draw: np.random.Generator) -> np.ndarray:
    """Return noise of some colour, from white to brown, at times with a hum; its power is 1."""
    spectrum = np.fft.rfft(draw.standard_normal(length).astype(np.float32))
    spectrum *= (np.arange(len(spectrum)) + length * 30 / RATE) ** -draw.uniform(0, 1)
    if draw.random() < 0.2:
        hum = int(draw.choice([50, 100, 120, 440, 1000]) * length / RATE)
        spectrum[hum : hum + 1] += np.abs(spectrum).sum() * draw.uniform(0, 0.05)
    sound = np.fft.irfft(spectrum, length).astype(np.float32)
    return sound / max(1e-9, float(np.sqrt((sound**2).mean())))


def level(decibels: float) -> float:
    """Return the amplitude of a level relative to full scale."""
    return float(10 ** (decibels / 20))


class LogMel:
    """Whisper's features, as faster-whisper computes them, for a batch of equal windows."""

    def __init__(self) -> None:
        from faster_whisper.feature_extractor import FeatureExtractor

        self._filters = torch.from_numpy(np.asarray(FeatureExtractor(feature_size=80).mel_filters, np.float32))
        self._window = torch.hann_window(FFT)

    def __call__(self, sounds: np.ndarray) -> torch.Tensor:
        """Return [batch, 80, frames] of sounds [batch, samples]."""
        spectra = torch.stft(torch.from_numpy(sounds), FFT, HOP, window=self._window, return_complex=True)[..., :-1]
        mel = (self._filters @ spectra.abs() ** 2).clamp(min=QUIETEST).log10()
        return (torch.maximum(mel, mel.amax((1, 2), keepdim=True) - 8.0) + 4.0) / 4.0
