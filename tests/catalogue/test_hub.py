"""A model from the hub is checked by what the hub's tools noted."""

import hashlib
from pathlib import Path

import pytest
import typer

from daemon.catalogue import hub
from daemon.cli.models import verify
from tests.diffusion.test_weights import pipeline

WEIGHTS = "unet/diffusion_pytorch_model.safetensors"


def noted(folder: Path) -> Path:
    """Write what `hf download --local-dir` would have left; return the file of weights."""
    for name, stated in (
        (WEIGHTS, hashlib.sha256((folder / WEIGHTS).read_bytes()).hexdigest()),
        ("model_index.json", "d" * 40),
    ):
        note = folder / hub.NOTES / f"{name}.metadata"
        note.parent.mkdir(parents=True, exist_ok=True)
        note.write_text(f"{'c' * 40}\n{stated}\n1700000000.0\n")
    return folder / WEIGHTS


def flip(path: Path, at: int = -3) -> None:
    data = bytearray(path.read_bytes())
    data[at] ^= 1
    path.write_bytes(data)


def test_a_flipped_bit_among_the_numbers_is_found(tmp_path):
    folder = pipeline(tmp_path / "sd")
    weights = noted(folder)
    assert (list(hub.published(folder)), hub.changed(folder)) == ([WEIGHTS], [])
    flip(weights)
    assert hub.changed(folder) == [WEIGHTS]
    weights.unlink()
    assert hub.changed(folder) == [WEIGHTS]


def test_in_the_hub_cache_too(tmp_path):
    folder = pipeline(tmp_path / "snapshots" / "abc")
    weights = folder / WEIGHTS
    blob = tmp_path / "blobs" / hashlib.sha256(weights.read_bytes()).hexdigest()
    blob.parent.mkdir()
    weights.rename(blob)
    weights.symlink_to(blob)
    assert hub.changed(folder) == []
    flip(blob)
    assert hub.changed(folder) == [WEIGHTS]


@pytest.mark.parametrize("names", [None, ["sd"]])
def test_the_command_tells_it(tmp_path, capsys, names):
    (tmp_path / "config.yaml").write_text(f"state: {tmp_path}\n")
    folder = pipeline(tmp_path / "models" / "sd")

    def run() -> tuple[int, str]:
        with pytest.raises(typer.Exit) as caught:
            verify(names, config=tmp_path / "config.yaml")
        return caught.value.exit_code, capsys.readouterr().out

    status, told = run()
    assert (status, "sd" in told) == (0, True)
    weights = noted(folder)
    assert run()[0] == 0
    flip(weights)
    status, told = run()
    assert (status, str(weights) in told) == (1, True)
