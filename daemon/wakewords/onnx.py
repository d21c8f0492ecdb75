"""A trained network as an ONNX file, written by hand: a handful of protobuf fields, no package needed.

So one kind of file serves all: ours, run by onnxruntime, and classifiers that openWakeWord's own training makes; ours
work in openWakeWord too. Input [1, 12, 96], output [1, 1]. Field numbers: onnx.proto of ONNX 1.16, opset 13.
"""

import numpy as np
from numpy.typing import NDArray

from daemon.wakewords.features import SIZE, WINDOW
from daemon.wakewords.network import Layer, Network

FLOAT, INT64 = 1, 7
IR_VERSION, OPSET = 8, 13
MORE = 128
"""A byte of a number has seven bits of it; the eighth says that more follow."""


def encoded(network: Network) -> bytes:
    """Return the file's content: each layer a convolution over the frames, the members' logits averaged."""
    nodes = [_node("Reshape", ["embeddings", "image"], "x")]
    constants = [_tensor("image", np.array([1, 1, WINDOW, SIZE], np.int64)), _tensor("one", np.array([1, 1], np.int64))]
    logits = []
    for number, member in enumerate(network.members):
        known = "x"
        for at, layer in enumerate(member):
            name = f"{number}.{at}"
            constants += [_tensor(f"w{name}", _kernel(layer, first=at == 0)), _tensor(f"b{name}", layer.biases)]
            nodes.append(_node("Conv", [known, f"w{name}", f"b{name}"], f"y{name}"))
            known = f"y{name}"
            if at < len(member) - 1:
                nodes.append(_node("Relu", [known], f"x{name}"))
                known = f"x{name}"
        logits.append(known)
    nodes += [
        _node("Mean", logits, "mean"),
        _node("Sigmoid", ["mean"], "scored"),
        _node("Reshape", ["scored", "one"], "score"),
    ]
    graph = b"".join(_field(1, node) for node in nodes) + _field(2, b"wake word")
    graph += b"".join(_field(5, constant) for constant in constants)
    graph += _field(11, _value("embeddings", (1, WINDOW, SIZE))) + _field(12, _value("score", (1, 1)))
    return _number(1, IR_VERSION) + _field(2, b"kombain") + _field(7, graph) + _field(8, _number(2, OPSET))


def _kernel(layer: Layer, *, first: bool) -> NDArray[np.float32]:
    """Return the weights as a kernel over frames: (out, in, frames, 1); the first takes an embedding as a row of 96."""
    out = layer.weights.shape[1]
    cube = layer.weights.reshape(layer.span, -1, out).transpose(2, 0, 1)
    return cube[:, None] if first else cube.transpose(0, 2, 1)[..., None]


def _node(kind: str, inputs: list[str], output: str) -> bytes:
    return b"".join(_field(1, name.encode()) for name in inputs) + _field(2, output.encode()) + _field(4, kind.encode())


def _tensor(name: str, values: NDArray[np.float32] | NDArray[np.int64]) -> bytes:
    kind = FLOAT if values.dtype == np.float32 else INT64
    sizes = b"".join(_number(1, size) for size in values.shape)
    return sizes + _number(2, kind) + _field(8, name.encode()) + _field(9, np.ascontiguousarray(values).tobytes())


def _value(name: str, shape: tuple[int, ...]) -> bytes:
    sizes = b"".join(_field(1, _number(1, size)) for size in shape)
    return _field(1, name.encode()) + _field(2, _field(1, _number(1, FLOAT) + _field(2, sizes)))


def _number(field: int, value: int) -> bytes:
    return _varint(field << 3) + _varint(value)


def _field(field: int, content: bytes) -> bytes:
    return _varint(field << 3 | 2) + _varint(len(content)) + content


def _varint(value: int) -> bytes:
    if value < MORE:
        return bytes([value])
    return bytes([value % MORE + MORE]) + _varint(value // MORE)
