"""The model: Whisper's architecture and vocabulary, small; its encoder takes any window up to 30 s.

Radford et al.: Robust Speech Recognition via Large-Scale Weak Supervision, 2022; special tokens as in
OpenAI's multilingual models.
"""

import torch
from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers, trainers
from torch import nn
from transformers import WhisperConfig, WhisperForConditionalGeneration

WORD_PIECES = 384
WIDTH, ENCODER_LAYERS, DECODER_LAYERS, HEADS = 192, 4, 2, 3
POSITIONS, LONGEST_TEXT = 1500, 448
_LANGUAGES = """
    en zh de es ru ko fr ja pt tr pl ca nl ar sv it id hi fi vi he uk el ms cs ro da hu ta no th ur hr bg lt la
    mi ml cy sk te fa lv bn sr az sl kn et mk br eu is hy ne mn bs kk sq sw gl mr pa si km sn yo so af oc ka be
    tg sd gu am yi lo uz fo ht ps tk nn mt sa lb my bo tl mg as tt haw ln ha ba jw su yue
"""
LANGUAGES = _LANGUAGES.split()
SPECIAL = [
    "<|endoftext|>", "<|startoftranscript|>", *(f"<|{code}|>" for code in LANGUAGES), "<|translate|>", "<|transcribe|>",
    "<|startoflm|>", "<|startofprev|>", "<|nospeech|>", "<|notimestamps|>",
]  # fmt: skip
TIMES = [f"<|{number * 0.02:.2f}|>" for number in range(POSITIONS + 1)]


def tokenizer(texts: list[str]) -> Tokenizer:
    """Train a byte-level BPE on `texts` and add Whisper's own tokens."""
    made = Tokenizer(models.BPE())
    made.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    made.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=WORD_PIECES - 1, special_tokens=[], initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet())
    )
    made.train_from_iterator([" " + text for text in texts], trainer)
    made.add_special_tokens([AddedToken(token, special=True, normalized=False) for token in SPECIAL])
    made.add_tokens([AddedToken(token, special=False, normalized=False) for token in TIMES])
    return made


def build(tokens: Tokenizer) -> WhisperForConditionalGeneration:
    """Return the model with random weights."""
    end = tokens.token_to_id("<|endoftext|>")
    return WhisperForConditionalGeneration(
        WhisperConfig(
            vocab_size=tokens.get_vocab_size(),
            num_mel_bins=80,
            d_model=WIDTH,
            encoder_layers=ENCODER_LAYERS,
            decoder_layers=DECODER_LAYERS,
            encoder_attention_heads=HEADS,
            decoder_attention_heads=HEADS,
            encoder_ffn_dim=4 * WIDTH,
            decoder_ffn_dim=4 * WIDTH,
            max_source_positions=POSITIONS,
            max_target_positions=LONGEST_TEXT,
            dropout=0.0,
            bos_token_id=end,
            eos_token_id=end,
            pad_token_id=end,
            decoder_start_token_id=tokens.token_to_id("<|startoftranscript|>"),
            suppress_tokens=[],
            begin_suppress_tokens=[],
            attn_implementation="eager",  # a fused backward pass of such small heads is much slower on a CPU
        )
    )


def encode(model: WhisperForConditionalGeneration, mel: torch.Tensor) -> torch.Tensor:
    """Return the output [batch, frames / 2, width] for windows [batch, 80, frames] of any even length up to 3000.

    transformers' own encoder insists on 3000.
    """
    encoder = model.model.encoder
    hidden = nn.functional.gelu(encoder.conv2(nn.functional.gelu(encoder.conv1(mel)))).transpose(1, 2)
    hidden = hidden + encoder.embed_positions.weight[: hidden.shape[1]]
    for layer in encoder.layers:
        out = layer(hidden, None)
        hidden = out[0] if isinstance(out, tuple) else out
    return encoder.layer_norm(hidden)


def decode(model: WhisperForConditionalGeneration, tokens: torch.Tensor, encoded: torch.Tensor) -> torch.Tensor:
    """Return the logits after each of `tokens` [batch, length]."""
    return model.proj_out(
        model.model.decoder(input_ids=tokens, encoder_hidden_states=encoded, use_cache=False).last_hidden_state
    )
