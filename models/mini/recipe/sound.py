"""What happens to clean speech on its way to the model: a room, a microphone, clipping, noise; then log-mel.

All of it is drawn anew each time a clip is used.
"""

import numpy as np
import torch

from daemon.wakewords.air import coloured, in_room

HOP, FFT = 160, 400
QUIETEST = 1e-10


def worn(clip: np.ndarray, draw: np.random.Generator) -> np.ndarray:
    """Return speech (floats) as a microphone might have it, its length unchanged."""
    if draw.random() < 0.25:
        clip = in_room(clip, draw)
    if draw.random() < 0.4:
        clip = coloured(clip, draw)
    if draw.random() < 0.05:
        peak = np.abs(clip).max(initial=1e-4)
        clip = np.clip(clip, -peak * 0.4, peak * 0.4)
    return clip.astype(np.float32)


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
        power = torch.view_as_real(spectra).square().sum(-1)
        mel = (self._filters @ power).clamp(min=QUIETEST).log10()
        return (torch.maximum(mel, mel.amax((1, 2), keepdim=True) - 8.0) + 4.0) / 4.0
