"""openWakeWord's models by pyopen-wakeword: one mel spectrogram and one embedding, shared by a small classifier a word.

pyopen-wakeword leaves 1280 samples and 72 mel frames unused at its start, which makes it 90 ms late for ever; we start
it with 480 samples and 68 mel frames, so that every frame of 80 ms is scored the moment it is there.
"""

import contextlib
import ctypes
import logging
import os
import subprocess
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict, Field

from daemon import paths
from daemon.ears.pcm import FRAME, WIDTH
from daemon.ears.wake import WordRule
from daemon.engines import base
from daemon.errors import EngineError
from daemon.wakewords import card as cards
from daemon.wakewords.classifier import Classifier

log = logging.getLogger(__name__)

BUILT_IN = ("hey_jarvis", "okay_nabu", "alexa", "hey_mycroft", "hey_rhasspy")
SPARE_SAMPLES, SPARE_MELS = 480, 68
SILENT_FRAMES = 11
"""Frames of silence that fill the embedding's window; after them every embedding of silence is the same."""

# A damaged .tflite file kills the process that opens it, so a process that may die opens it first.
TRIAL = """
import sys
import numpy as np
if sys.argv[1].endswith(".onnx"):
    sys.path[:] = sys.argv[2:]
    from daemon.wakewords.classifier import Classifier
    word = Classifier(sys.argv[1])
else:
    from pyopen_wakeword import OpenWakeWord
    word = OpenWakeWord.from_model(sys.argv[1])
scores = list(word.process_streaming(np.zeros((1, 1, word.input_windows, 96), np.float32)))
assert 0 < word.input_windows <= 80 and all(0.0 <= score <= 1.0 for score in scores) and scores
"""
TRIAL_SECONDS = 30
THRESHOLD, PATIENCE = 0.4, 1
"""Of a word without a card."""


class Word(BaseModel):
    """One wake word."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    # 0.4 is for words without a card. Measured with espeak-ng, six voices at 140 to 175 words a minute: "hey jarvis"
    # alone and with a pause after it reaches 0.4 always (144 of 144), and 57 of 72 times with a command right behind it
    # (0.5: 35, 0.3: 66). Fifteen minutes of other speech stayed below 0.38; "hey chavez" and "hey jervis" do wake it.
    threshold: float | None = Field(
        None,
        gt=0,
        lt=1,
        description="score, 0 to 1, from which the word counts as heard; null: what its model's card says",
    )
    patience: int | None = Field(
        None, ge=1, le=10, description="frames of 80 ms in a row that must reach the threshold; null: the card's, or 1"
    )
    path: Path | None = Field(
        None, description="an .onnx or .tflite model of your own; null: by the word's name in models/wake/, or built in"
    )


class Engine:
    """A wake word detector over one stream; 0.09 to 0.2 s from the end of the phrase to its score."""

    class Options(base.Options):
        """The words to listen for."""

        words: dict[str, Word] = Field(
            {"hey_jarvis": Word()}, min_length=1, description="wake words by name; built in: " + ", ".join(BUILT_IN)
        )

    requires: ClassVar[tuple[str, ...]] = ("python:pyopen_wakeword",)
    memory_mb: ClassVar[int] = 40

    def __init__(self, options: "Engine.Options", *, models: Path) -> None:
        """`models`/wake/ holds the models of words that are given neither here nor by path. Raises EngineError."""
        self._options = options
        self._models = models
        self.words = {name: _rule(name, word, models) for name, word in options.words.items()}
        self._features: Any = None
        self._classifiers: dict[str, Any] = {}
        self._snapshot: list[Any] = []

    @classmethod
    def missing(cls, options: "Engine.Options", *, models: Path) -> str | None:
        """Return "wake.no_pyopen" without the library, "wake.no_model" without the model of a word."""
        if find_spec("pyopen_wakeword") is None:
            return "wake.no_pyopen"
        found = [name in BUILT_IN or _file(name, word, models).is_file() for name, word in options.words.items()]
        return None if all(found) else "wake.no_model"

    def load(self) -> None:
        """Load the models and hear silence. Raises EngineError `wake.no_pyopen`, `.no_model`, `.damaged_model`."""
        try:
            from pyopen_wakeword import OpenWakeWordFeatures
        except ImportError as error:
            raise EngineError("wake.no_pyopen") from error
        self._features = OpenWakeWordFeatures.from_builtin()
        accelerate(self._features)
        self._classifiers = {name: self._classifier(name, word) for name, word in self._options.words.items()}
        self._warm_up()
        self._snapshot = [state.copy() for state in self._state()]

    def score(self, pcm: bytes) -> dict[str, float]:
        """Take one 80 ms frame (1280 samples) and return each word's score, 0 to 1."""
        if len(pcm) != FRAME * WIDTH:
            raise ValueError(f"a frame is {FRAME} samples, not {len(pcm) // WIDTH}")
        (embedding,) = self._features.process_streaming(pcm)
        return {name: next(iter(word.process_streaming(embedding))) for name, word in self._classifiers.items()}

    def reset(self) -> None:
        """Forget what was heard: back to the silence after loading."""
        for state, saved in zip(self._state(), self._snapshot, strict=True):
            state[:] = saved

    def _classifier(self, name: str, word: Word) -> Any:
        from pyopen_wakeword import Model, OpenWakeWord

        if word.path is None and name in BUILT_IN:
            return OpenWakeWord.from_builtin(Model(name))
        path = _file(name, word, self._models)
        if not path.is_file():
            raise EngineError("wake.no_model", word=name, path=path, known=", ".join((*BUILT_IN, *shipped())))
        if not _survives(path):
            raise EngineError("wake.damaged_model", word=name, path=path)
        return Classifier(path) if path.suffix == ".onnx" else OpenWakeWord.from_model(path)

    def _warm_up(self) -> None:
        import numpy as np

        # The library's buffers hold ten seconds and are shifted for each frame; the models look at this much.
        self._features.audio = np.zeros(FRAME + SPARE_SAMPLES, np.float32)
        self._features.new_audio_samples = SPARE_SAMPLES
        self._features.mels = np.zeros((SPARE_MELS + 8, 32), np.float32)
        self._features.new_mels = SPARE_MELS
        for _ in range(SILENT_FRAMES):
            (embedding,) = self._features.process_streaming(bytes(FRAME * WIDTH))
        for word in self._classifiers.values():
            word.embeddings = np.tile(embedding[0, 0], (word.input_windows, 1))
            word.new_embeddings = word.input_windows - 1

    def _state(self) -> list[Any]:
        return [
            self._features.audio,
            self._features.mels,
            *(word.embeddings for word in self._classifiers.values()),
        ]


def accelerate(features: Any) -> None:
    """Let XNNPACK run the embedding, nine tenths of the work: 1.2 instead of 7 ms, the same numbers to 3e-5.

    The TensorFlow Lite in pyopen-wakeword's wheel carries XNNPACK but does not use it by itself.
    """
    library = features.lib
    try:
        create, modify = library.TfLiteXNNPackDelegateCreate, library.TfLiteInterpreterModifyGraphWithDelegate
    except AttributeError:  # a build without it: slower, no worse
        return
    create.argtypes, create.restype = [ctypes.c_void_p], ctypes.c_void_p
    modify.argtypes, modify.restype = [ctypes.c_void_p, ctypes.c_void_p], ctypes.c_int
    interpreter = features.emb_interpreter
    with _silent_stderr():  # it reports its own birth there
        status = modify(interpreter, create(None))
    if status != 0:
        log.warning("XNNPACK does not take the wake word's embedding (%d); it runs without, six times slower", status)
    features.emb_input_tensor = library.TfLiteInterpreterGetInputTensor(interpreter, ctypes.c_int32(0))
    features.emb_output_tensor = library.TfLiteInterpreterGetOutputTensor(interpreter, ctypes.c_int32(0))


@contextlib.contextmanager
def _silent_stderr() -> Iterator[None]:
    sys.stderr.flush()
    kept = os.dup(2)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)


def shipped() -> list[str]:
    """Return the words whose models come with Kombain."""
    return sorted(path.stem for path in (paths.data("models") / "wake").glob("*.onnx"))


def _file(name: str, word: Word, models: Path) -> Path:
    """Return a word's model: by its path, else NAME.onnx or .tflite in the state folder, else the one that came."""
    if word.path is not None:
        return paths.expanded(word.path)
    came = paths.data("models") / "wake" / f"{name}.onnx"
    places = (models / "wake" / f"{name}.onnx", models / "wake" / f"{name}.tflite", came)
    return next((path for path in places if path.is_file()), places[0])


def _rule(name: str, word: Word, models: Path) -> WordRule:
    """Return when a word counts as heard: as the config says, else its card, else as it does for the built-in ones."""
    card = cards.read(_file(name, word, models)) if word.path is not None or name not in BUILT_IN else None
    threshold = word.threshold or (card.threshold if card else THRESHOLD)
    patience = word.patience or (card.patience if card else PATIENCE)
    return WordRule(threshold, patience, card.spellings if card else ())


def _survives(path: Path) -> bool:
    command = [sys.executable, "-I", "-c", TRIAL, str(path), *sys.path]
    try:
        result = subprocess.run(
            command, stdin=subprocess.DEVNULL, capture_output=True, timeout=TRIAL_SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        return False
    return result.returncode == 0
