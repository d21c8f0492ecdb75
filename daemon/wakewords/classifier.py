"""A wake word's classifier in an ONNX file, ours or openWakeWord's, run by onnxruntime on shared embeddings."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

SIZE, MOST = 96, 80
"""Numbers of an embedding, and the most embeddings that a classifier may look at."""


class Classifier:
    """The part that pyopen-wakeword's own class has for .tflite files: embeddings in, scores out."""

    def __init__(self, path: Path | str) -> None:
        """Raise ValueError for a model of another kind, and whatever onnxruntime raises for a damaged one."""
        import numpy as np
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = 4  # what is wrong with a file is told by us
        self._session: Any = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
        given = self._session.get_inputs()
        shapes = [one.shape for one in given]
        if [shape[2:] for shape in shapes] != [[SIZE]]:
            raise ValueError(f"no classifier of embeddings: {shapes}")
        self._name = given[0].name
        self.input_windows = int(shapes[0][1])
        if not 0 < self.input_windows <= MOST:
            raise ValueError(f"looks at {self.input_windows} embeddings")
        self.new_embeddings = 0
        self.embeddings = np.zeros((self.input_windows, SIZE), np.float32)

    def process_streaming(self, embeddings: Any) -> Iterator[float]:
        """Take embeddings and yield a score for each."""
        for embedding in embeddings.reshape(-1, SIZE):
            self.embeddings[:-1] = self.embeddings[1:]
            self.embeddings[-1] = embedding
            (result, *_) = self._session.run(None, {self._name: self.embeddings[None]})
            yield float(result.item())
