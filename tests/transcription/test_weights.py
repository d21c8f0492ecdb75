import logging
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from daemon.errors import EngineError
from daemon.messages import LANGUAGES
from daemon.transcription import weights
from tests.transcription.hub import hub
from tests.transcription.tiny_whisper import build

DOWNLOAD = """
import logging, sys, time
from pathlib import Path
from daemon.errors import EngineError
from daemon.transcription import weights
logging.basicConfig(level=logging.INFO, format="%(name)s %(message)s", stream=sys.stdout)
from huggingface_hub import HfApi, snapshot_download
began = time.monotonic()
try:
    print("found", weights.download(sys.argv[1], Path(sys.argv[2])))
except EngineError as error:
    print(error.code, error.values["why"])
print("seconds", time.monotonic() - began)
"""


@pytest.fixture(autouse=True)
def no_hub_cache(tmp_path, monkeypatch):
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path / "cache"))


def download(model: str, models: Path, address: str) -> str:
    """Download in a process of its own: the hub's address is read when its client is imported."""
    environment = {**os.environ, "HF_ENDPOINT": address, "HF_HOME": str(models / "home"), "HF_HUB_DISABLE_XET": "1"}
    command = [sys.executable, "-c", DOWNLOAD, model, str(models)]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=True, timeout=60).stdout


def test_our_names_are_faster_whispers_names():
    from faster_whisper.utils import _MODELS

    assert _MODELS == weights.REPOSITORIES


def test_a_model_is_found_by_folder_by_name_and_in_the_hub_cache(tmp_path):
    models = tmp_path / "models"
    assert weights.find("small", models) is None
    for folder in (models / "small", models / "faster-whisper-tiny", models / "owner--name", tmp_path / "else"):
        folder.mkdir(parents=True)
        (folder / "model.bin").touch()
    assert weights.find("small", models) == models / "small"
    assert weights.find("tiny", models) == models / "faster-whisper-tiny"
    assert weights.find("owner/name", models) == models / "owner--name"
    assert weights.find(str(tmp_path / "else"), models) == tmp_path / "else"
    assert weights.find(str(tmp_path / "nothing"), models) is None
    cached = tmp_path / "cache" / "models--Systran--faster-whisper-base"
    snapshot = cached / "snapshots" / "c0ffee"
    snapshot.mkdir(parents=True)
    (snapshot / "model.bin").touch()
    (cached / "refs").mkdir()
    (cached / "refs" / "main").write_text("c0ffee")
    assert weights.find("base", models) == snapshot


@pytest.mark.parametrize("name", ["config.json", "model.bin", "tokenizer.json", "vocabulary.json"])
def test_a_missing_file_is_named(tmp_path, name):
    folder = build(tmp_path / "model", "stop")
    weights.check(folder)
    (folder / name).unlink()
    with pytest.raises(EngineError) as caught:
        weights.check(folder)
    assert caught.value.code == "stt.incomplete"
    assert all(
        name in caught.value.text(language) and str(folder) in caught.value.text(language) for language in LANGUAGES
    )


def test_a_name_that_nobody_knows_is_told_with_the_known_ones(tmp_path):
    with pytest.raises(EngineError) as caught:
        weights.download("smal", tmp_path)
    assert caught.value.code == "stt.unknown_model"
    assert "small" in str(caught.value)


@pytest.mark.slow
def test_a_model_is_downloaded_whole_and_its_progress_told(tmp_path):
    served = build(tmp_path / "served", "stop it")
    (served / "README.md").write_text("not needed")
    with hub("Systran/faster-whisper-tiny", served) as address:
        said = download("tiny", tmp_path / "models", address)
    folder = tmp_path / "models" / "tiny"
    assert f"found {folder}" in said
    assert "tiny: 100 % of 1 MB" in said
    weights.check(folder)
    assert weights.find("tiny", tmp_path / "models") == folder
    assert (folder / "model.bin").read_bytes() == (served / "model.bin").read_bytes()
    assert not (folder / "README.md").exists()


@pytest.mark.slow
def test_a_hub_that_does_not_answer_is_given_up_in_three_seconds(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        said = download("tiny", tmp_path, f"http://127.0.0.1:{deaf.getsockname()[1]}")
    assert said.startswith("stt.hub")
    assert float(said.rpartition(" ")[2]) < 1.5 * weights.PROBE_S


@pytest.mark.slow
def test_no_network_is_told_at_once(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as gone:
        port = gone.getsockname()[1]
    assert download("tiny", tmp_path, f"http://127.0.0.1:{port}").startswith("stt.hub")


def test_the_log_tells_every_ten_per_cent(caplog):
    caplog.set_level(logging.INFO)
    bar = weights._progress("tiny")(total=100 << 20, unit="B")
    for _ in range(100):
        bar.update(1 << 20)
        bar.refresh()
    bar.close()
    told = [record.getMessage() for record in caplog.records]
    assert told == [f"tiny: {share} % of 100 MB" for share in range(10, 101, 10)]
