"""Makes VideoCrafter small: `python tiny.py FOLDER t2v|i2v`, in VideoCrafter's environment, beside its `lvdm`.

Every config of the checkout whose name has the word is shrunk where it lies, and gets random weights as a checkpoint
at FOLDER/t2v.ckpt or FOLDER/i2v.ckpt. Kombain's runner then imports this module for `Text`.
"""

import json
import sys
import tempfile
from pathlib import Path

import open_clip
import torch
from lvdm.modules.encoders.condition import FrozenOpenCLIPEmbedder

UNET = {
    "model_channels": 32,
    "channel_mult": [1, 2],
    "num_res_blocks": 1,
    "attention_resolutions": [1, 2],
    "num_head_channels": 8,
    "temporal_length": 4,
    "use_checkpoint": False,
}
DECODER = {"ch": 32, "ch_mult": [1, 1, 1, 1], "num_res_blocks": 1}
TOWERS = {
    "tiny-t2v": {"width": 64, "heads": 4, "eye": 64},
    "tiny-i2v": {"width": 1024, "heads": 16, "eye": 1280},  # both widths stand in upstream's code
}


class Text(FrozenOpenCLIPEmbedder):
    """Upstream's text encoder; importing this module makes the tiny towers known to open_clip."""


def make_known() -> None:
    with tempfile.TemporaryDirectory() as folder:
        for name, tower in TOWERS.items():
            text = {"context_length": 77, "vocab_size": 49408, "width": tower["width"], "heads": tower["heads"]}
            eye = {"image_size": 224, "patch_size": 14, "layers": 2, "width": tower["eye"], "head_width": 32}
            whole = {"embed_dim": tower["width"], "vision_cfg": eye, "text_cfg": {**text, "layers": 3}}
            Path(folder, f"{name}.json").write_text(json.dumps(whole))
        open_clip.add_model_config(Path(folder))


make_known()


def shrink(path: Path, name: str) -> None:
    from omegaconf import OmegaConf

    config = OmegaConf.load(path)
    params = config.model.params
    params.unet_config.params.update(UNET)
    params.unet_config.params.context_dim = TOWERS[name]["width"]
    params.first_stage_config.params.ddconfig.update(DECODER)
    params.cond_stage_config.target = "tiny.Text"
    params.cond_stage_config.params.arch = name
    if "cond_img_config" in params:
        params.cond_img_config.params.update({"arch": name, "version": None})
    OmegaConf.save(config, path)


def weights(path: Path) -> dict:
    """Return random weights for a config; what upstream sets to zero is random too, else nothing would have effect."""
    from omegaconf import OmegaConf
    from utils.utils import instantiate_from_config

    torch.manual_seed(1)
    model = instantiate_from_config(OmegaConf.load(path).model)
    for parameter in model.parameters():
        if not parameter.any():
            torch.nn.init.normal_(parameter, std=0.02)
    print(f"{path.name}: {sum(one.numel() for one in model.parameters()) / 1e6:.1f} M parameters")
    return model.state_dict()


def main() -> None:
    folder, kind = Path(sys.argv[1]), sys.argv[2]
    for path in sorted(Path("configs").glob(f"*{kind}*.yaml")):
        shrink(path, f"tiny-{kind}")
        torch.save({"state_dict": weights(path)}, folder / f"{path.stem}.ckpt")


if __name__ == "__main__":
    main()
