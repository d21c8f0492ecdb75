"""The wake word engine's features of a whole recording at once: the streaming engine's numbers, sooner.

The embedding is a convolution over time, so one run over many mel frames gives the embeddings of all its windows;
the mel spectrogram is cut off 80 dB below the loudest of its own frame and is therefore made frame by frame.
"""

import ctypes
from typing import Any

import numpy as np
from numpy.typing import NDArray

from daemon.ears.pcm import FRAME
from daemon.engines.wake.openwakeword import SPARE_MELS, SPARE_SAMPLES, accelerate
from daemon.errors import EngineError

Embeddings = NDArray[np.float32]
WINDOW, SIZE = 12, 96
"""Embeddings that a classifier of ours looks at, and numbers in each."""
MELS, STEP, BANDS = 76, 8, 32
AT_ONCE = 100
"""Embeddings of one run."""


class Features:
    """One recording after another; not for threads."""

    def __init__(self) -> None:
        try:
            from pyopen_wakeword import OpenWakeWordFeatures
        except ImportError as error:
            raise EngineError("wake.no_pyopen") from error
        self._library = OpenWakeWordFeatures.from_builtin()
        lib = self._library.lib
        shape = (ctypes.c_int32 * 4)(1, MELS + STEP * (AT_ONCE - 1), BANDS, 1)
        lib.TfLiteInterpreterResizeInputTensor(
            self._library.emb_interpreter, ctypes.c_int32(0), shape, ctypes.c_int32(4)
        )
        lib.TfLiteInterpreterAllocateTensors(self._library.emb_interpreter)
        accelerate(self._library)
        silence = self._mels(np.zeros(FRAME + SPARE_SAMPLES, np.float32))
        self._silent_mels = np.tile(silence[:1], (SPARE_MELS, 1))
        self.silence: Embeddings = self._embeddings(np.tile(silence[:1], (MELS, 1)))[0]
        """The embedding of silence: what came before the first frame."""

    def __call__(self, pcm: NDArray[np.int16]) -> Embeddings:
        """Return an embedding for each whole frame of 80 ms."""
        count = len(pcm) // FRAME
        if not count:
            return np.zeros((0, SIZE), np.float32)
        sound = np.concatenate((np.zeros(SPARE_SAMPLES, np.float32), pcm[: count * FRAME].astype(np.float32)))
        mels = [self._mels(sound[at : at + FRAME + SPARE_SAMPLES]) for at in range(0, count * FRAME, FRAME)]
        return self._embeddings(np.concatenate((self._silent_mels, *mels)))

    def _mels(self, sound: NDArray[np.float32]) -> NDArray[np.float32]:
        library = self._library
        made = _run(library.lib, library.mel_interpreter, library.mel_input_tensor, library.mel_output_tensor, sound)
        return (made.reshape(-1, BANDS) / 10 + 2).astype(np.float32)

    def _embeddings(self, mels: NDArray[np.float32]) -> Embeddings:
        library, found = self._library, []
        count = (len(mels) - MELS) // STEP + 1
        for at in range(0, count, AT_ONCE):
            piece = np.zeros((MELS + STEP * (AT_ONCE - 1), BANDS), np.float32)
            part = mels[at * STEP :][: len(piece)]
            piece[: len(part)] = part
            made = _run(
                library.lib, library.emb_interpreter, library.emb_input_tensor, library.emb_output_tensor, piece
            )
            found.append(made.reshape(-1, SIZE)[: count - at])
        return np.concatenate(found)


def _run(lib: Any, interpreter: Any, given: Any, result: Any, values: NDArray[np.float32]) -> NDArray[np.float32]:
    values = np.ascontiguousarray(values, np.float32)
    lib.TfLiteTensorCopyFromBuffer(given, values.ctypes.data_as(ctypes.c_void_p), ctypes.c_size_t(values.nbytes))
    lib.TfLiteInterpreterInvoke(interpreter)
    made = np.empty(lib.TfLiteTensorByteSize(result) // 4, np.float32)
    lib.TfLiteTensorCopyToBuffer(result, made.ctypes.data_as(ctypes.c_void_p), ctypes.c_size_t(made.nbytes))
    return made


def windows(embeddings: Embeddings, silence: Embeddings) -> Embeddings:
    """Return what a classifier sees at each frame: its embedding and those before it."""
    padded = np.concatenate((np.tile(silence, (WINDOW - 1, 1)), embeddings)).astype(np.float32)
    seen = np.lib.stride_tricks.sliding_window_view(padded, WINDOW, axis=0)
    return np.ascontiguousarray(seen.transpose(0, 2, 1))
