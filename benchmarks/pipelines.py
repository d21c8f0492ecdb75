"""Stable Diffusion with random weights, to measure with: a small one, and the real dimensions of 1.5 and XL."""

from pathlib import Path
from typing import Any

from tests.tiny_pipelines import NOISE, tokenizer

DOWN = ("CrossAttnDownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D", "DownBlock2D")
UP = ("UpBlock2D", "CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "CrossAttnUpBlock2D")
UNETS: dict[str, dict[str, Any]] = {
    "small": {
        "block_out_channels": (64, 128, 128, 128),
        "layers_per_block": 1,
        "cross_attention_dim": 128,
        "down_block_types": DOWN,
        "up_block_types": UP,
        "sample_size": 32,
    },
    "sd15": {
        "block_out_channels": (320, 640, 1280, 1280),
        "cross_attention_dim": 768,
        "down_block_types": DOWN,
        "up_block_types": UP,
        "sample_size": 64,
    },
    "sdxl": {
        "block_out_channels": (320, 640, 1280),
        "cross_attention_dim": 2048,
        "attention_head_dim": (5, 10, 20),
        "down_block_types": ("DownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D"),
        "up_block_types": ("CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "UpBlock2D"),
        "transformer_layers_per_block": (1, 2, 10),
        "use_linear_projection": True,
        "addition_embed_type": "text_time",
        "addition_time_embed_dim": 256,
        "projection_class_embeddings_input_dim": 6 * 256 + 1280,
        "sample_size": 128,
    },
}
READERS = {"small": (128, 2, 4), "sd15": (768, 12, 12), "large": (1280, 32, 20)}
"""Width, layers and heads of what reads the prompt."""
VAES = {"small": (32, 32, 64, 64), "real": (128, 256, 512, 512)}


def build(shape: str, folder: Path) -> Path:
    """Write the pipeline "small", "sd15" or "sdxl" to `folder`; return `folder`."""
    import torch
    from diffusers import AutoencoderKL, DDIMScheduler, StableDiffusionPipeline, UNet2DConditionModel

    torch.manual_seed(0)
    words = tokenizer(folder / "tokenizer")
    widths = VAES["small" if shape == "small" else "real"]
    blocks = {"down_block_types": ["DownEncoderBlock2D"] * 4, "up_block_types": ["UpDecoderBlock2D"] * 4}
    vae = AutoencoderKL(block_out_channels=widths, layers_per_block=2, latent_channels=4, **blocks)
    parts: dict[str, Any] = {
        "unet": UNet2DConditionModel(**UNETS[shape]),
        "scheduler": DDIMScheduler(**NOISE, clip_sample=False, set_alpha_to_one=False),
        "vae": vae,
        "tokenizer": words,
        "text_encoder": _reader("CLIPTextModel", "sd15" if shape != "small" else "small", len(words)),
    }
    if shape == "sdxl":
        pipe = _xl(parts, len(words))
    else:
        parts |= {"safety_checker": None, "feature_extractor": None, "requires_safety_checker": False}
        pipe = StableDiffusionPipeline(**parts)
    pipe.save_pretrained(folder, safe_serialization=True)
    return folder


def _xl(parts: dict[str, Any], words: int) -> Any:
    from diffusers import StableDiffusionXLPipeline

    second = _reader("CLIPTextModelWithProjection", "large", words, projection_dim=1280)
    return StableDiffusionXLPipeline(**parts, tokenizer_2=parts["tokenizer"], text_encoder_2=second)


def _reader(kind: str, size: str, words: int, **more: Any) -> Any:
    import transformers

    width, layers, heads = READERS[size]
    shape = {"hidden_size": width, "intermediate_size": 4 * width, "num_hidden_layers": layers}
    marks = {"bos_token_id": words - 2, "eos_token_id": words - 1, "pad_token_id": words - 1, "vocab_size": words}
    config = transformers.CLIPTextConfig(**shape, num_attention_heads=heads, **marks, **more)
    return getattr(transformers, kind)(config)
