"""Real video pipelines of diffusers with tiny random weights, as tests/tiny_pipelines.py builds those for pictures."""

from collections.abc import Callable
from pathlib import Path
from typing import Any


def build(name: str, folder: Path) -> Path:
    """Build the pipeline of that name ("svd", "wan", "wan_i2v") in `folder`; return `folder`."""
    import torch

    torch.manual_seed(0)
    KINDS[name](folder).save_pretrained(folder, safe_serialization=True)
    return folder


def _svd(_folder: Path) -> Any:
    """Makes 4 frames; needs sides of 16 n."""
    import diffusers
    from transformers import CLIPImageProcessor

    return diffusers.StableVideoDiffusionPipeline(
        unet=diffusers.UNetSpatioTemporalConditionModel(
            block_out_channels=(32, 64),
            layers_per_block=1,
            sample_size=32,
            down_block_types=("CrossAttnDownBlockSpatioTemporal", "DownBlockSpatioTemporal"),
            up_block_types=("UpBlockSpatioTemporal", "CrossAttnUpBlockSpatioTemporal"),
            cross_attention_dim=32,
            num_attention_heads=(2, 4),
            projection_class_embeddings_input_dim=96,
            addition_time_embed_dim=32,
            num_frames=4,
        ).eval(),
        scheduler=diffusers.EulerDiscreteScheduler(
            beta_start=0.00085,
            beta_end=0.012,
            beta_schedule="scaled_linear",
            prediction_type="v_prediction",
            sigma_max=700.0,
            sigma_min=0.002,
            timestep_spacing="leading",
            timestep_type="continuous",
            use_karras_sigmas=True,
        ),
        vae=diffusers.AutoencoderKLTemporalDecoder(
            block_out_channels=(32, 32, 32),
            down_block_types=("DownEncoderBlock2D",) * 3,
            layers_per_block=1,
            latent_channels=4,
        ).eval(),
        image_encoder=_eye(32),
        feature_extractor=CLIPImageProcessor(crop_size=224, size=224),
    )


def _eye(width: int, side: int = 224) -> Any:
    from transformers import CLIPVisionConfig, CLIPVisionModelWithProjection

    shape = {"hidden_size": width, "projection_dim": width, "intermediate_size": 37}
    return CLIPVisionModelWithProjection(
        CLIPVisionConfig(**shape, num_hidden_layers=2, num_attention_heads=2, image_size=side, patch_size=side // 7)
    ).eval()


def _reader(folder: Path) -> tuple[Any, Any]:
    """Return a tokenizer of single letters, and a T5 that reads what it gives."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers
    from transformers import PreTrainedTokenizerFast, T5Config, T5EncoderModel

    letters = ["<pad>", "</s>", "<unk>", *pre_tokenizers.ByteLevel.alphabet()]
    plain = Tokenizer(models.BPE(vocab={letter: number for number, letter in enumerate(letters)}, merges=[]))
    plain.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    plain.decoder = decoders.ByteLevel()
    words = PreTrainedTokenizerFast(
        tokenizer_object=plain, pad_token="<pad>", eos_token="</s>", unk_token="<unk>", model_max_length=512
    )
    shape = {"d_model": 32, "d_kv": 8, "d_ff": 37, "num_layers": 1, "num_heads": 4}
    return words, T5EncoderModel(T5Config(vocab_size=len(letters), **shape)).eval()


def _wan_parts(folder: Path, **more: Any) -> dict[str, Any]:
    import diffusers

    words, reader = _reader(folder)
    return {
        "tokenizer": words,
        "text_encoder": reader,
        "vae": diffusers.AutoencoderKLWan(
            base_dim=3, z_dim=16, dim_mult=[1, 1, 1, 1], num_res_blocks=1, temperal_downsample=[False, True, True]
        ).eval(),
        "scheduler": diffusers.FlowMatchEulerDiscreteScheduler(shift=3.0),
        "transformer": diffusers.WanTransformer3DModel(
            patch_size=(1, 2, 2),
            num_attention_heads=2,
            attention_head_dim=12,
            out_channels=16,
            text_dim=32,
            freq_dim=32,
            ffn_dim=32,
            num_layers=1,
            cross_attn_norm=True,
            qk_norm="rms_norm_across_heads",
            rope_max_seq_len=32,
            **more,
        ).eval(),
        "transformer_2": None,
    }


def _wan(folder: Path) -> Any:
    from diffusers import WanPipeline

    return WanPipeline(**_wan_parts(folder, in_channels=16))


def _wan_i2v(folder: Path) -> Any:
    from diffusers import WanImageToVideoPipeline
    from transformers import CLIPImageProcessor

    return WanImageToVideoPipeline(
        **_wan_parts(folder, in_channels=36, image_dim=4),
        image_encoder=_eye(4),
        image_processor=CLIPImageProcessor(crop_size=224, size=224),
    )


KINDS: dict[str, Callable[[Path], Any]] = {"svd": _svd, "wan": _wan, "wan_i2v": _wan_i2v}
