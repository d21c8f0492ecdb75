"""Real diffusers pipelines with tiny random weights: what they draw is noise, how they behave is how large ones do.

Each is built, saved and closed within a second or two. A folder is in diffusers' form, safetensors only.
"""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

SIDE = 64
"""Width and height that they make by default, in pixels."""
SHAPES = {
    "down_block_types": ("DownBlock2D", "CrossAttnDownBlock2D"),
    "up_block_types": ("CrossAttnUpBlock2D", "UpBlock2D"),
}
NOISE = {"beta_start": 0.00085, "beta_end": 0.012, "beta_schedule": "scaled_linear", "steps_offset": 1}


def build(name: str, folder: Path) -> Path:
    """Build the pipeline of that name ("sd", "sdxl", "sd3") in `folder`; return `folder`."""
    import torch

    torch.manual_seed(0)
    pipe = KINDS[name](folder)
    pipe.save_pretrained(folder, safe_serialization=True)
    index = folder / "model_index.json"
    absent = {part: [None, None] for part, thing in pipe.components.items() if thing is None}
    index.write_text(json.dumps(absent | json.loads(index.read_text())))  # what is None is not saved as such
    return folder


def tokenizer(folder: Path) -> Any:
    """Return a CLIP tokenizer made of nothing: an alphabet of bytes, no merges."""
    from tokenizers.pre_tokenizers import ByteLevel
    from transformers import CLIPTokenizer

    folder.mkdir(parents=True, exist_ok=True)
    letters = sorted(ByteLevel.alphabet())
    words = [*letters, *(letter + "</w>" for letter in letters), "<|startoftext|>", "<|endoftext|>"]
    (folder / "vocab.json").write_text(json.dumps({word: number for number, word in enumerate(words)}))
    (folder / "merges.txt").write_text("#version: 0.2\n")
    return CLIPTokenizer(str(folder / "vocab.json"), str(folder / "merges.txt"), model_max_length=77)


def reader(kind: str, words: int, **more: Any) -> Any:
    """Return a CLIP that reads prompts: "CLIPTextModel" or "CLIPTextModelWithProjection"."""
    import transformers

    shape = {"hidden_size": 32, "intermediate_size": 37, "num_attention_heads": 4, "num_hidden_layers": 2}
    marks = {"bos_token_id": words - 2, "eos_token_id": words - 1, "pad_token_id": words - 1, "vocab_size": words}
    return getattr(transformers, kind)(transformers.CLIPTextConfig(**shape, **marks, **more)).eval()


def autoencoder(latents: int = 4, **more: Any) -> Any:
    """Return a VAE that halves the sides."""
    from diffusers import AutoencoderKL

    blocks = {"down_block_types": ["DownEncoderBlock2D"] * 2, "up_block_types": ["UpDecoderBlock2D"] * 2}
    return AutoencoderKL(block_out_channels=[4, 8], latent_channels=latents, norm_num_groups=2, **blocks, **more).eval()


def unet(**more: Any) -> Any:
    """Return a UNet that works on 32x32."""
    from diffusers import UNet2DConditionModel

    return UNet2DConditionModel(
        block_out_channels=(4, 8), layers_per_block=1, sample_size=SIDE // 2, norm_num_groups=2, **SHAPES, **more
    ).eval()


def _sd(folder: Path) -> Any:
    from diffusers import DDIMScheduler, StableDiffusionPipeline

    return StableDiffusionPipeline(
        unet=unet(cross_attention_dim=32),
        scheduler=DDIMScheduler(**NOISE, clip_sample=False, set_alpha_to_one=False),
        **_unchecked(folder),
    )


def _unchecked(folder: Path) -> dict[str, Any]:
    """Return the parts around a UNet, without a safety checker."""
    words = tokenizer(folder / "tokenizer")
    parts = {"vae": autoencoder(), "text_encoder": reader("CLIPTextModel", len(words)), "tokenizer": words}
    return {**parts, "safety_checker": None, "feature_extractor": None, "requires_safety_checker": False}


def _checked(folder: Path) -> Any:
    """SD with a safety checker: of random weights, so that tests set its thresholds."""
    import torch
    from diffusers.pipelines.stable_diffusion.safety_checker import StableDiffusionSafetyChecker
    from transformers import CLIPConfig, CLIPImageProcessor

    vision = {"hidden_size": 8, "intermediate_size": 8, "num_attention_heads": 2, "num_hidden_layers": 1}
    shape = {"vision_config": {**vision, "image_size": 16, "patch_size": 8}, "projection_dim": 8}
    checker = StableDiffusionSafetyChecker(CLIPConfig(**shape)).eval()
    checker.concept_embeds_weights.data = torch.full_like(checker.concept_embeds_weights, -2.0)  # all is unsafe
    pipe = _sd(folder)
    pipe.register_modules(
        safety_checker=checker,
        feature_extractor=CLIPImageProcessor(crop_size=16, size={"shortest_edge": 16}),
    )
    pipe.register_to_config(requires_safety_checker=True)
    return pipe


def _lcm(folder: Path) -> Any:
    """One whose pipeline knows no negative prompt."""
    from diffusers import LatentConsistencyModelPipeline, LCMScheduler

    return LatentConsistencyModelPipeline(
        unet=unet(cross_attention_dim=32, time_cond_proj_dim=8),
        scheduler=LCMScheduler(**NOISE),
        **_unchecked(folder),
    )


def _sdxl(folder: Path) -> Any:
    from diffusers import EulerDiscreteScheduler, StableDiffusionXLPipeline

    words = tokenizer(folder / "tokenizer")
    return StableDiffusionXLPipeline(
        unet=unet(
            cross_attention_dim=64,
            attention_head_dim=(2, 4),
            use_linear_projection=True,
            addition_embed_type="text_time",
            addition_time_embed_dim=8,
            transformer_layers_per_block=(1, 2),
            projection_class_embeddings_input_dim=6 * 8 + 32,
        ),
        scheduler=EulerDiscreteScheduler(**NOISE, timestep_spacing="leading"),
        vae=autoencoder(),
        text_encoder=reader("CLIPTextModel", len(words), projection_dim=32),
        text_encoder_2=reader("CLIPTextModelWithProjection", len(words), projection_dim=32),
        tokenizer=words,
        tokenizer_2=words,
    )


def _sd3(folder: Path) -> Any:
    from diffusers import FlowMatchEulerDiscreteScheduler, SD3Transformer2DModel, StableDiffusion3Pipeline

    words = tokenizer(folder / "tokenizer")
    transformer = SD3Transformer2DModel(
        sample_size=SIDE // 2,
        patch_size=1,
        in_channels=4,
        out_channels=4,
        num_layers=1,
        attention_head_dim=8,
        num_attention_heads=4,
        caption_projection_dim=32,
        joint_attention_dim=32,
        pooled_projection_dim=64,
    )
    return StableDiffusion3Pipeline(
        transformer=transformer.eval(),
        scheduler=FlowMatchEulerDiscreteScheduler(),
        vae=autoencoder(use_quant_conv=False, use_post_quant_conv=False, shift_factor=0.0609, scaling_factor=1.5035),
        text_encoder=reader("CLIPTextModelWithProjection", len(words), projection_dim=32),
        text_encoder_2=reader("CLIPTextModelWithProjection", len(words), projection_dim=32),
        text_encoder_3=None,
        tokenizer=words,
        tokenizer_2=words,
        tokenizer_3=None,
    )


KINDS: dict[str, Callable[[Path], Any]] = {"sd": _sd, "lcm": _lcm, "checked": _checked, "sdxl": _sdxl, "sd3": _sd3}

RESNET = {
    "norm1": "in_layers.0",
    "conv1": "in_layers.2",
    "time_emb_proj": "emb_layers.1",
    "norm2": "out_layers.0",
    "conv2": "out_layers.3",
    "conv_shortcut": "skip_connection",
}
LDM_UNET = {
    "time_embedding.linear_1": "time_embed.0",
    "time_embedding.linear_2": "time_embed.2",
    "conv_in": "input_blocks.0.0",
    "conv_norm_out": "out.0",
    "conv_out": "out.2",
    "down_blocks.0.resnets.0": "input_blocks.1.0",
    "down_blocks.0.downsamplers.0.conv": "input_blocks.2.0.op",
    "down_blocks.1.resnets.0": "input_blocks.3.0",
    "down_blocks.1.attentions.0": "input_blocks.3.1",
    "mid_block.resnets.0": "middle_block.0",
    "mid_block.attentions.0": "middle_block.1",
    "mid_block.resnets.1": "middle_block.2",
    "up_blocks.0.resnets.0": "output_blocks.0.0",
    "up_blocks.0.attentions.0": "output_blocks.0.1",
    "up_blocks.0.resnets.1": "output_blocks.1.0",
    "up_blocks.0.attentions.1": "output_blocks.1.1",
    "up_blocks.0.upsamplers.0.conv": "output_blocks.1.2.conv",
    "up_blocks.1.resnets.0": "output_blocks.2.0",
    "up_blocks.1.resnets.1": "output_blocks.3.0",
}
LDM_VAE = {
    "conv_norm_out": "norm_out",
    "conv_shortcut": "nin_shortcut",
    "mid_block.resnets.0": "mid.block_1",
    "mid_block.resnets.1": "mid.block_2",
    "mid_block.attentions.0": "mid.attn_1",
    "group_norm": "norm",
    "to_q": "q",
    "to_k": "k",
    "to_v": "v",
    "to_out.0": "proj_out",
    "down_blocks": "down",
    "up_blocks.0": "up.1",
    "up_blocks.1": "up.0",
    ".resnets.": ".block.",
    "downsamplers.0": "downsample",
    "upsamplers.0": "upsample",
}
"""How the first Stable Diffusion called what diffusers calls otherwise: the names in single files."""


def single(folder: Path, path: Path) -> Path:
    """Write the weights of the pipeline "sd" in `folder` as one file with the original names; return `path`."""
    from safetensors.torch import load_file, save_file

    file = "diffusion_pytorch_model.safetensors"
    whole = {}
    for name, tensor in load_file(folder / "unet" / file).items():
        start = next(start for start in LDM_UNET if name.startswith(f"{start}."))
        rest = name.removeprefix(start)
        if ".resnets." in start or "mid_block.resnets" in start:
            part = rest.split(".")[1]
            rest = rest.replace(part, RESNET[part], 1)
        whole[f"model.diffusion_model.{LDM_UNET[start]}{rest}"] = tensor
    for name, tensor in load_file(folder / "vae" / file).items():
        for ours, theirs in LDM_VAE.items():
            name = name.replace(ours, theirs)  # noqa: PLW2901 - from one name to the other
        linear = ".attn_1." in name and tensor.dim() == 2
        whole[f"first_stage_model.{name}"] = tensor[:, :, None, None] if linear else tensor
    for name, tensor in load_file(folder / "text_encoder" / "model.safetensors").items():
        whole["cond_stage_model.transformer.text_model." + name.removeprefix("text_model.")] = tensor
    save_file({name: tensor.contiguous() for name, tensor in whole.items()}, path)
    return path


def configs(folder: Path, to: Path) -> Path:
    """Copy what describes a pipeline, without its weights; return `to`."""
    import shutil

    return Path(shutil.copytree(folder, to, ignore=shutil.ignore_patterns("*.safetensors")))
