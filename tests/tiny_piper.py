"""A tiny valid Piper voice: every phoneme is 50 ms of a tone of its own pitch, longer with `length_scale`.

Needs the onnx package to build it; piper runs it like any other voice.
"""

import json
from pathlib import Path

import numpy as np

RATE, HOP, SYMBOLS = 16_000, 800, 256
SILENT = (0, 1, 2, 3)
"""Padding, beginning, end and the space between words."""


def make_voice(path: Path, espeak_voice: str = "en-us") -> Path:
    """Write `path` (.onnx) and its .json; return `path`."""
    import onnx
    from onnx import TensorProto, helper, numpy_helper
    from piper.phoneme_ids import DEFAULT_PHONEME_ID_MAP

    def constant(name, value):
        return numpy_helper.from_array(np.asarray(value), name)

    inputs = [
        helper.make_tensor_value_info("input", TensorProto.INT64, ["batch", "phonemes"]),
        helper.make_tensor_value_info("input_lengths", TensorProto.INT64, ["batch"]),
        helper.make_tensor_value_info("scales", TensorProto.FLOAT, [3]),
    ]
    constants = [
        constant("tones", _tones()),
        constant("first", np.array([1], np.int64)),
        constant("second", np.array([2], np.int64)),
        constant("axis", np.array([0], np.int64)),
        constant("hop", np.array([HOP], np.float32)),
        constant("last", np.array(HOP - 1, np.int64)),
        constant("zero", np.float32(0)),
        constant("one", np.float32(1)),
        constant("shape", np.array([1, 1, 1, -1], np.int64)),
    ]
    nodes = [
        helper.make_node("Gather", ["tones", "input"], ["bursts"], axis=0),
        helper.make_node("Slice", ["scales", "first", "second", "axis"], ["length"]),
        helper.make_node("Mul", ["hop", "length"], ["exact"]),
        helper.make_node("Floor", ["exact"], ["count"]),
        helper.make_node("Squeeze", ["count", "axis"], ["count0"]),
        helper.make_node("Range", ["zero", "count0", "one"], ["steps"]),
        helper.make_node("Div", ["steps", "length"], ["places"]),
        helper.make_node("Cast", ["places"], ["indexes"], to=TensorProto.INT64),
        helper.make_node("Min", ["indexes", "last"], ["within"]),
        helper.make_node("Gather", ["bursts", "within"], ["stretched"], axis=2),
        helper.make_node("Reshape", ["stretched", "shape"], ["output"]),
    ]
    output = [helper.make_tensor_value_info("output", TensorProto.FLOAT, [1, 1, 1, "time"])]
    graph = helper.make_graph(nodes, "tiny", inputs, output, constants)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 15)], ir_version=8)
    onnx.checker.check_model(model)
    path.parent.mkdir(parents=True, exist_ok=True)
    onnx.save(model, path)
    config = {
        "audio": {"sample_rate": RATE, "quality": "x_low"},
        "espeak": {"voice": espeak_voice},
        "phoneme_type": "espeak",
        "inference": {"noise_scale": 0.667, "length_scale": 1.0, "noise_w": 0.8},
        "phoneme_id_map": {phoneme: list(ids) for phoneme, ids in DEFAULT_PHONEME_ID_MAP.items()},
        "num_symbols": SYMBOLS,
        "num_speakers": 1,
        "speaker_id_map": {},
    }
    path.with_name(path.name + ".json").write_text(json.dumps(config), "utf-8")
    return path


def _tones():
    time = np.arange(HOP) / RATE
    tones = np.zeros((SYMBOLS, HOP), np.float32)
    for symbol in set(range(SYMBOLS)) - set(SILENT):
        tones[symbol] = 0.5 * np.hanning(HOP) * np.sin(2 * np.pi * (150 + 25 * symbol) * time)
    return tones
