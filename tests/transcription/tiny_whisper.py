"""A multilingual Whisper of 1 MB that always says the same text: plumbing for tests, written without torch.

Its layers pass nothing on, so the logits depend on the position alone: language, task, script, end of text.
"""

import json
from pathlib import Path

import numpy as np

LANGUAGES = ("en", "zh", "de", "es", "ru", "ko", "fr")
WIDTH, MELS, POSITIONS, LENGTH = 64, 80, 1500, 448


def build(folder: Path, text: str, language: str = "en") -> Path:
    """Write the model into `folder` and return it; it detects `language` and says `text`."""
    from ctranslate2.specs import WhisperSpec

    tokenizer = _tokenizer(text)
    ids = tokenizer.get_vocab(with_added_tokens=True)
    size = len(ids)
    say = [ids[f"<|{language}|>"], ids["<|transcribe|>"], ids["<|notimestamps|>"], *tokenizer.encode(" " + text).ids]
    say += [ids["<|endoftext|>"]] * (LENGTH - len(say))
    random = np.random.default_rng(0)
    tokens = random.normal(size=(size, WIDTH)).astype(np.float32)
    tokens *= 6 / np.linalg.norm(tokens, axis=1, keepdims=True)
    spec = WhisperSpec(1, 1, 1, 1)
    _fill(spec.encoder, spec.decoder)
    spec.encoder.position_encodings.encodings = np.zeros((POSITIONS, WIDTH), np.float32)
    spec.decoder.embeddings.weight = tokens
    spec.decoder.projection.weight = tokens.copy()
    spec.decoder.position_encodings.encodings = tokens[say] * 50
    spec.config.suppress_ids = []
    spec.config.suppress_ids_begin = [ids["<|endoftext|>"]]
    spec.config.lang_ids = [ids[f"<|{name}|>"] for name in LANGUAGES]
    spec.config.alignment_heads = [(0, 0)]
    spec.register_vocabulary(sorted(ids, key=ids.__getitem__))
    spec.validate()
    folder.mkdir(parents=True, exist_ok=True)
    spec.save(str(folder))
    tokenizer.save(str(folder / "tokenizer.json"))
    features = {"feature_size": MELS, "sampling_rate": 16000, "hop_length": 160, "chunk_length": 30, "n_fft": 400}
    (folder / "preprocessor_config.json").write_text(json.dumps(features))
    return folder


def _tokenizer(text: str):
    from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers

    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    vocabulary = [*alphabet, ""]  # CTranslate2 takes a model for multilingual when "" is in its vocabulary
    tokenizer = Tokenizer(models.BPE({token: index for index, token in enumerate(vocabulary)}, []))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    names = ["endoftext", "startoftranscript", *LANGUAGES, "translate", "transcribe", "startoflm", "startofprev"]
    names += ["nospeech", "notimestamps"]
    tokenizer.add_special_tokens([AddedToken(f"<|{name}|>", special=True) for name in names])
    return tokenizer


def _fill(encoder, decoder) -> None:
    """Zero everything that a layer would pass on; the norms leave things as they are."""
    encoder.conv1.weight, encoder.conv1.bias = _zeros(WIDTH, MELS, 3), _zeros(WIDTH)
    encoder.conv2.weight, encoder.conv2.bias = _zeros(WIDTH, WIDTH, 3), _zeros(WIDTH)
    for stack in (encoder, decoder):
        _norm(stack.layer_norm)
        layer = stack.layer[0]
        _attention(layer.self_attention, joint=True)
        if stack is decoder:
            _attention(layer.attention, joint=False)
        _norm(layer.ffn.layer_norm)
        _linear(layer.ffn.linear_0, 4 * WIDTH, WIDTH)
        _linear(layer.ffn.linear_1, WIDTH, 4 * WIDTH)


def _attention(attention, *, joint: bool) -> None:
    _norm(attention.layer_norm)
    sizes = (3 * WIDTH, WIDTH) if joint else (WIDTH, 2 * WIDTH, WIDTH)
    for linear, size in zip(attention.linear, sizes, strict=True):
        _linear(linear, size, WIDTH)


def _linear(linear, out: int, into: int) -> None:
    linear.weight, linear.bias = _zeros(out, into), _zeros(out)


def _norm(norm) -> None:
    norm.gamma, norm.beta = np.ones(WIDTH, np.float32), _zeros(WIDTH)


def _zeros(*shape: int):
    return np.zeros(shape, np.float32)
