"""Turn a checkpoint into a CTranslate2 folder in int8: `python -m models.mini.recipe.export CHECKPOINT FOLDER`."""

import argparse
import json
import tempfile
from pathlib import Path

import numpy as np
import torch
from ctranslate2.converters import TransformersConverter
from tokenizers import Tokenizer
from transformers import GenerationConfig, WhisperForConditionalGeneration

from models.mini.recipe.batches import Batches
from models.mini.recipe.model import DECODER_LAYERS, HEADS, LANGUAGES, encode
from models.mini.recipe.train import Training

SPARE = "ÿ"
"""Byte-level BPE's name of a byte that no UTF-8 text has."""
FEATURES = {
    "feature_extractor_type": "WhisperFeatureExtractor", "feature_size": 80, "hop_length": 160, "n_fft": 400,
    "chunk_length": 30, "n_samples": 480_000, "nb_max_frames": 3000, "sampling_rate": 16_000,
    "padding_side": "right", "padding_value": 0.0, "return_attention_mask": False,
}  # fmt: skip
PAIRS = {
    "unk_token": "<|endoftext|>",
    "bos_token": "<|endoftext|>",
    "eos_token": "<|endoftext|>",
    "pad_token": "<|endoftext|>",
}


def export(model: WhisperForConditionalGeneration, tokens: Tokenizer, folder: Path, heads: list[list[int]]) -> None:
    """Write the CTranslate2 folder; `heads`: the decoder's (layer, head) pairs that follow the sound."""
    name, config = tokens.token_to_id, model.config
    model.generation_config = GenerationConfig(
        bos_token_id=config.bos_token_id, eos_token_id=config.eos_token_id, pad_token_id=config.pad_token_id,
        decoder_start_token_id=config.decoder_start_token_id,
        suppress_tokens=[], begin_suppress_tokens=[config.eos_token_id],
        is_multilingual=True, lang_to_id={f"<|{code}|>": name(f"<|{code}|>") for code in LANGUAGES},
        no_timestamps_token_id=name("<|notimestamps|>"), alignment_heads=heads, max_length=448,
    )  # fmt: skip
    with tempfile.TemporaryDirectory() as scratch:
        model.save_pretrained(scratch)
        tokens.save(f"{scratch}/tokenizer.json")
        Path(scratch, "tokenizer_config.json").write_text(
            json.dumps({"tokenizer_class": "PreTrainedTokenizerFast", **PAIRS})
        )
        Path(scratch, "preprocessor_config.json").write_text(json.dumps(FEATURES))
        converter = TransformersConverter(scratch, copy_files=["tokenizer.json", "preprocessor_config.json"])
        converter.convert(str(folder), quantization="int8", force=True)
    path = folder / "vocabulary.json"
    words = json.loads(path.read_text("utf-8"))
    words[words.index(SPARE)] = (
        ""  # CTranslate2 takes a Whisper for multilingual when its vocabulary holds the empty token
    )
    path.write_text(json.dumps(words, ensure_ascii=False), "utf-8")


def following(training: Training, batches: list) -> list[list[int]]:
    """Return the decoder's heads whose attention goes through the sound with the text: the alignment heads."""
    scores = np.zeros((DECODER_LAYERS, HEADS))
    with torch.no_grad():
        for batch in batches:
            encoded = encode(training.model, batch.mel)
            out = training.model.model.decoder(
                input_ids=batch.tokens, encoder_hidden_states=encoded, output_attentions=True, use_cache=False
            )
            for layer, attention in enumerate(out.cross_attentions):  # [batch, heads, tokens, positions]
                place = attention.argmax(-1).float()
                for row, text in enumerate(batch.texts):
                    if len(text) < 4:
                        continue
                    steps = place[row, :, 4 : 3 + len(text)].diff(dim=-1)
                    scores[layer] += ((steps >= 0) & (steps < 40)).float().mean(-1).numpy()
    best = sorted(
        ((scores[layer, head], layer, head) for layer in range(DECODER_LAYERS) for head in range(HEADS)), reverse=True
    )
    return [[layer, head] for _, layer, head in best[:3]]


def main() -> None:
    """Export."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--corpus", type=Path, help="to choose the alignment heads by")
    wishes = parser.parse_args()
    training = Training(Tokenizer.from_file(str(wishes.checkpoint / "tokenizer.json")))
    training.load(wishes.checkpoint)
    heads = [[DECODER_LAYERS - 1, head] for head in range(HEADS)]
    if wishes.corpus:
        source = iter(Batches(wishes.corpus, training.tokens, seed=1, long=0.0))
        heads = following(training, [next(source) for _ in range(3)])
    export(training.model, training.tokens, wishes.folder, heads)
    size = sum(file.stat().st_size for file in wishes.folder.iterdir()) / 1e6
    print(f"{training.steps} steps, alignment heads {heads}, {size:.1f} MB")


if __name__ == "__main__":
    main()
