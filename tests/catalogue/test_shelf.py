"""Models pulled, verified, removed; and the command line over it."""

import hashlib
import json
import os
import shutil
from pathlib import Path

import pytest

from daemon.catalogue import ownership
from daemon.catalogue.entries import Model, read
from daemon.catalogue.fetch import Fetcher
from daemon.catalogue.shelf import RECORDS, Shelf, installed
from daemon.errors import EngineError
from tests.catalogue.server import server

FILES = {"config.json": b"{}", "model.bin": bytes(range(256)) * 500}


@pytest.fixture
def files():
    with server() as made:
        for name, data in FILES.items():
            made.files[f"/{name}"] = data
        yield made


@pytest.fixture
def shelf(tmp_path):
    return Shelf(tmp_path / "models")


def model(files, **changes):
    about = {"kind": "stt", "engine": "faster_whisper", "size": 1, "licence": "MIT", "place": "small"}
    return Model(**{**about, "source": files.address(), "files": tuple(FILES), **changes})


def pull(shelf, wanted):
    steps = []
    shelf.pull(wanted, Fetcher(lambda _: True, again=lambda *_: None, wait=lambda _: None), steps.append)
    return steps


def test_a_model_is_there_when_all_of_it_is(files, shelf, tmp_path):
    wanted = model(files)
    assert shelf.found(wanted) == "absent"
    files.faults["/model.bin"] = ["status 403"]
    with pytest.raises(EngineError):
        pull(shelf, wanted)
    assert shelf.found(wanted) == "partly"
    assert not (tmp_path / "models" / "small").exists()
    steps = pull(shelf, wanted)
    assert shelf.found(wanted) == "here"
    assert {step.file for step in steps} == {"model.bin"}, "what had come was not got again"
    assert (tmp_path / "models" / "small" / "model.bin").read_bytes() == FILES["model.bin"]
    assert not any((tmp_path / "models" / ".downloads").iterdir())
    assert installed(tmp_path / "models", "*/model.bin") == ["small/model.bin"]
    assert shelf.verify(wanted) == {}


def test_what_root_pulls_belongs_to_the_owner_of_the_folder(files, shelf, tmp_path, monkeypatch):
    given = {}
    monkeypatch.setattr(ownership, "ROOT", os.geteuid())

    def fchown(file, *owner):
        given[str(Path(f"/proc/self/fd/{file}").readlink())] = owner

    monkeypatch.setattr(os, "fchown", fchown)
    wanted = model(files)
    files.faults["/model.bin"] = ["status 403"]
    with pytest.raises(EngineError):
        pull(shelf, wanted)
    models = tmp_path / "models"
    assert {str(models), str(models / RECORDS), str(models / ".downloads")} <= set(given), "also after a failure"
    (models / "theirs").symlink_to("/etc/hostname")
    given.clear()
    pull(shelf, wanted)
    place = models / "small"
    assert {str(place), str(models / RECORDS), *(str(place / name) for name in FILES)} <= set(given)
    owner = (tmp_path.stat().st_uid, tmp_path.stat().st_gid)
    assert set(given.values()) == {owner}
    assert not any("host" in path for path in given)


def test_a_model_of_folders_appears_whole_and_goes_whole(files, shelf, tmp_path):
    names = ("unet/config.json", "unet/diffusion.safetensors", "vae/config.json", "model_index.json")
    files.files |= {f"/{name}": f"{{}} {name}".encode() for name in names}
    wanted = model(files, place="sd").model_copy(update={"files": names})
    files.faults["/unet/diffusion.safetensors"] = ["cut"]
    files.faults["/vae/config.json"] = ["status 403"]
    with pytest.raises(EngineError):
        pull(shelf, wanted)
    assert (shelf.found(wanted), shelf.pipelines()) == ("partly", [])
    pull(shelf, wanted)
    folder = tmp_path / "models" / "sd"
    assert {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()} == set(names)
    assert (shelf.found(wanted), shelf.recorded(wanted), shelf.pipelines()) == ("here", True, [folder])
    (folder / "unet" / "config.json").write_bytes(b"other")
    assert shelf.verify(wanted) == {"unet/config.json": "changed"}
    assert shelf.remove(wanted)
    assert not folder.exists()


@pytest.mark.slow
def test_a_pulled_pipeline_draws(kombain, files, tiny, tmp_path, monkeypatch):
    """From `kombain models pull` to a PNG: the real pipeline, tiny, in the layout of the catalogue's own entry."""
    pytest.importorskip("torch")
    from PIL import Image

    from daemon.cli.draw import make_once

    source = tiny("checked")
    ours = read().models["stable-diffusion-v1-5"]
    names = [str(path.relative_to(source)) for path in sorted(source.rglob("*")) if path.is_file()]
    names.sort(key="model_index.json".__eq__)
    assert {name.split("/")[0] for name in names} == {name.split("/")[0] for name in ours.files}
    files.files |= {f"/{name}": (source / name).read_bytes() for name in names}
    files.faults["/unet/diffusion_pytorch_model.safetensors"] = ["cut"]
    about = ours.model_copy(update={"source": files.address(), "files": tuple(names), "size": 1}).model_dump(
        mode="json"
    )
    (tmp_path / "catalogue.yaml").write_text(json.dumps({"hosts": [], "models": {"sd": about}}))
    status, out, _ = kombain("pull", "sd")
    assert (status, "picture: {engine: diffusers, diffusers: {model: stable-diffusion-v1-5}}" in out) == (0, True)
    assert kombain("verify")[:2] == (0, "sd: all files are as they were published.\n")
    options = "{model: stable-diffusion-v1-5, safety: false, steps: 2}"
    (tmp_path / "config.yaml").write_text(f"state: {tmp_path}\npicture: {{engine: diffusers, diffusers: {options}}}\n")
    make_once("picture", {"prompt": "a fox", "seed": 1}, tmp_path / "a.png", config=tmp_path / "config.yaml")
    with Image.open(tmp_path / "a.png") as image:
        image.load()
        assert image.info["Model"] == "stable-diffusion-v1-5"


def test_two_at_once_do_not_write_into_one_file(files, shelf, tmp_path):
    wanted, refused = model(files), []

    def again(*_):
        with pytest.raises(EngineError) as error:
            pull(Shelf(tmp_path / "models"), wanted)
        refused.append(error.value.code)

    shelf.pull(wanted, Fetcher(lambda _: True, again=again, wait=lambda _: None), again)
    assert set(refused) == {"models.busy"}
    assert shelf.found(wanted) == "here"


def test_what_the_publisher_states_is_held_against_it(files, shelf):
    wanted = model(files, sha256={"model.bin": hashlib.sha256(b"other").hexdigest()})
    with pytest.raises(EngineError) as caught:
        pull(shelf, wanted)
    assert caught.value.code == "models.wrong_hash"
    assert shelf.found(wanted) == "partly"
    files.headers["/model.bin"] = {"X-Linked-ETag": f'"{"0" * 64}"'}
    with pytest.raises(EngineError) as caught:
        pull(shelf, model(files))
    assert caught.value.code == "models.wrong_hash"


def test_the_first_download_s_checksum_holds_from_then_on(files, shelf):
    wanted = model(files)
    pull(shelf, wanted)
    assert shelf.remove(wanted)
    files.faults["/model.bin"] = ["flip"]
    with pytest.raises(EngineError) as caught:
        pull(shelf, wanted)
    assert caught.value.code == "models.wrong_hash"
    assert shelf.found(wanted) == "partly"
    pull(shelf, wanted)
    assert shelf.verify(wanted) == {}


def test_a_flipped_byte_and_a_lost_file_are_found(files, shelf, tmp_path):
    wanted = model(files)
    pull(shelf, wanted)
    path = tmp_path / "models" / "small" / "model.bin"
    data = bytearray(path.read_bytes())
    data[77] ^= 1
    path.write_bytes(data)
    (tmp_path / "models" / "small" / "config.json").unlink()
    assert shelf.verify(wanted) == {"model.bin": "changed", "config.json": "missing"}
    (tmp_path / "models" / RECORDS).write_text("[")
    path.with_name("config.json").write_bytes(b"{}")
    assert shelf.verify(wanted) == {"model.bin": "unknown", "config.json": "unknown"}


def test_removing_leaves_what_is_not_its_own(files, shelf, tmp_path):
    wanted = model(files)
    pull(shelf, wanted)
    other = tmp_path / "models" / "small" / "other"
    other.write_text("mine")
    assert shelf.remove(wanted)
    assert other.read_text() == "mine"
    assert not shelf.remove(wanted)


def test_a_disk_that_is_too_small_is_told_before_starting(files, shelf, monkeypatch):
    monkeypatch.setattr(shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(10**9, 10**9, 10**6))
    with pytest.raises(EngineError) as caught:
        pull(shelf, model(files))
    assert caught.value.code == "models.disk_full"
    assert files.asked == []


@pytest.fixture
def kombain(files, tmp_path, monkeypatch, capsys):
    """The command line with a catalogue of one model, in this process; returns status, output and errors."""
    from daemon.__main__ import main

    about = model(files).model_dump(mode="json", exclude={"sha256"})
    (tmp_path / "catalogue.yaml").write_text(json.dumps({"hosts": [], "models": {"small": about}}))
    (tmp_path / "config.yaml").write_text(f"state: {tmp_path}\n")
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path / "run"))
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    monkeypatch.setattr("daemon.__main__._sigterm_as_interrupt", list)

    def run(*arguments):
        own = ["--catalogue", str(tmp_path / "catalogue.yaml"), "--config", str(tmp_path / "config.yaml")]
        monkeypatch.setattr("sys.argv", ["kombain", "models", *arguments, *own])
        with pytest.raises(SystemExit) as ended:
            main()
        told = capsys.readouterr()
        return ended.value.code or 0, told.out, told.err

    return run


def test_the_commands(kombain, tmp_path, monkeypatch):
    status, out, _ = kombain("list", "--json")
    assert (status, json.loads(out)[0]["found"]) == (0, "absent")
    assert kombain("verify")[:2] == (0, "No model of the catalogue is here.\n")
    status, out, err = kombain("pull", "small")
    assert status == 0
    assert "small is here" in out
    assert "model.bin: 100 %" in err
    assert kombain("verify", "small")[:2] == (0, "small: all files are as they were published.\n")
    (tmp_path / "models" / "small" / "model.bin").write_bytes(b"x")
    status, out, _ = kombain("verify")
    assert (status, "pull it again" in out) == (1, True)
    assert "yes" in kombain("list")[1]
    assert kombain("remove", "small")[0] == 0
    status, out, _ = kombain("remove", "small")
    assert (status, out) == (1, "small is not here.\n")
    events = [json.loads(line) for line in kombain("pull", "small", "--json")[1].splitlines()]
    assert (events[-1]["done"], events[-1]["total"]) == (len(FILES["model.bin"]),) * 2


def test_a_wrong_name_is_one_sentence_before_anything_is_got(kombain, files):
    status, out, err = kombain("pull", "small", "smal")
    assert (status, out, len(err.strip().splitlines())) == (2, "", 1)
    assert files.asked == []


def test_a_folder_that_can_not_be_written(kombain, tmp_path):
    (tmp_path / "models").write_text("a file")
    status, _, err = kombain("pull", "small")
    assert status == 1
    assert "can't be written" in err
