"""A trained network as an ONNX file, written by hand: a handful of protobuf fields, no package needed.

So one kind of file serves all: ours, run by onnxruntime, and classifiers that openWakeWord's own training makes; ours
work in openWakeWord too. Input [1, 12, 96], output [1, 1]. Field numbers: onnx.proto of ONNX 1.16, opset 13.
"""

import numpy as np
from numpy.typing import NDArray

from daemon.wakewords.features import SIZE, WINDOW
from daemon.wakewords.network import Network

FLOAT, INT64 = 1, 7
IR_VERSION, OPSET = 8, 13
MORE = 128
"""A byte of a number has seven bits of it; the eighth says that more follow."""


def encoded(network: Network) -> bytes:
    """Return the file's content."""
    nodes = [_node("Reshape", ["embeddings", "flat"], "x0")]
    constants = [_tensor("flat", np.array([1, WINDOW * SIZE], np.int64))]
    last = len(network.weights) - 1
    for at, (weight, bias) in enumerate(zip(network.weights, network.biases, strict=True)):
        constants += [_tensor(f"w{at}", weight), _tensor(f"b{at}", bias)]
        nodes.append(_node("Gemm", [f"x{at}", f"w{at}", f"b{at}"], f"y{at}"))
        nodes.append(_node("Sigmoid", [f"y{at}"], "score") if at == last else _node("Relu", [f"y{at}"], f"x{at + 1}"))
    graph = b"".join(_field(1, node) for node in nodes) + _field(2, b"wake word")
    graph += b"".join(_field(5, constant) for constant in constants)
    graph += _field(11, _value("embeddings", (1, WINDOW, SIZE))) + _field(12, _value("score", (1, 1)))
    return _number(1, IR_VERSION) + _field(2, b"kombain") + _field(7, graph) + _field(8, _number(2, OPSET))


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
