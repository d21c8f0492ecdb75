"""Files from a faulty server."""

import errno
import hashlib
import shutil
import socket
import urllib.error
import urllib.request

import numpy as np
import pytest

from daemon.catalogue import fetch
from daemon.catalogue.entries import Catalogue, Model, read
from daemon.catalogue.fetch import Fetcher, Progress
from daemon.errors import ConfigError, EngineError
from tests.catalogue.server import server

DATA = np.random.default_rng(0).bytes(300_000)


@pytest.fixture
def files():
    with server() as made:
        made.files["/model.bin"] = DATA
        yield made


class Getting:
    """A fetcher with what it reported."""

    def __init__(self, stall=20.0, allowed=lambda address: address.startswith("http://127.0.0.1")):
        self.waits, self.progress = [], []
        self._fetcher = Fetcher(allowed, again=lambda *_: None, wait=self.waits.append, stall=stall)

    def __call__(self, files, folder, path="/model.bin"):
        return self._fetcher.fetch(files.address(path), folder / "model.bin", self.progress.append)


def test_a_file_comes_whole_with_its_progress(files, tmp_path):
    get = Getting()
    found = get(files, tmp_path)
    assert found.part == tmp_path / "model.bin.part"
    assert found.part.read_bytes() == DATA
    assert (found.sha256, found.size, found.stated) == (hashlib.sha256(DATA).hexdigest(), len(DATA), None)
    assert (get.progress[0], get.progress[-1]) == (Progress(0, len(DATA)), Progress(len(DATA), len(DATA)))
    assert get.waits == []


@pytest.mark.parametrize("fault", ["cut", "stall"])
def test_what_was_cut_goes_on_where_it_stopped(files, tmp_path, fault):
    files.faults["/model.bin"] = [fault]
    get = Getting(stall=0.2)
    assert get(files, tmp_path).part.read_bytes() == DATA
    assert files.asked == [("/model.bin", None), ("/model.bin", f"bytes={len(DATA) // 2}-")]
    assert get.waits == [1.0]


def test_another_process_goes_on_too(files, tmp_path):
    files.faults["/model.bin"] = ["cut", *["close"] * 9]
    with pytest.raises(EngineError) as caught:
        Getting()(files, tmp_path)
    assert caught.value.code == "models.unreachable"
    assert (tmp_path / "model.bin.part").stat().st_size == len(DATA) // 2
    files.faults.clear()
    assert Getting()(files, tmp_path).part.read_bytes() == DATA
    assert files.asked[-1][1] == f"bytes={len(DATA) // 2}-"


def test_a_file_that_changed_meanwhile_begins_anew(files, tmp_path):
    files.faults["/model.bin"] = ["cut", *["close"] * 9]
    with pytest.raises(EngineError):
        Getting()(files, tmp_path)
    files.files["/model.bin"] = DATA[::-1]
    files.faults.clear()
    assert Getting()(files, tmp_path).part.read_bytes() == DATA[::-1]


def test_a_whole_part_is_not_got_again(files, tmp_path):
    Getting()(files, tmp_path)
    assert Getting()(files, tmp_path).part.read_bytes() == DATA


def test_a_busy_server_is_given_the_time_that_it_asks_for(files, tmp_path):
    files.faults["/model.bin"] = ["status 429", "status 503", "status 500"]
    get = Getting()
    assert get(files, tmp_path).part.read_bytes() == DATA
    assert get.waits == [7.0, 7.0, 7.0]


def test_a_server_that_never_gives_is_left_after_some_tries(files, tmp_path):
    files.faults["/model.bin"] = ["status 503"] * 99
    get = Getting()
    with pytest.raises(EngineError, match="503"):
        get(files, tmp_path)
    assert len(files.asked) == fetch.TRIES


def test_as_long_as_something_comes_it_goes_on(files, tmp_path):
    files.faults["/model.bin"] = ["cut"] * 12
    assert Getting()(files, tmp_path).part.read_bytes() == DATA


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        ("html", "models.web_page"),
        ("status 403", "models.refused"),
        ("redirect http://example.invalid/model.bin", "models.host"),
        ("redirect file:///etc/passwd", "models.host"),
        ("redirect ftp://127.0.0.1/model.bin", "models.host"),
    ],
)
def test_what_is_no_file_is_refused_and_nothing_of_it_kept(files, tmp_path, fault, code):
    files.faults["/model.bin"] = [fault]
    with pytest.raises(EngineError) as caught:
        Getting()(files, tmp_path)
    assert caught.value.code == code
    assert list(tmp_path.iterdir()) == []


def test_redirects_lead_on_but_not_for_ever(files, tmp_path):
    files.files["/other"] = DATA
    files.faults["/model.bin"] = ["redirect /other"]
    assert Getting()(files, tmp_path).part.read_bytes() == DATA
    files.faults["/model.bin"] = ["redirect /model.bin"] * 99
    (tmp_path / "model.bin.part").unlink()
    with pytest.raises(EngineError) as caught:
        Getting()(files, tmp_path)
    assert caught.value.code == "models.refused"


def test_the_server_s_own_checksum_is_passed_on(files, tmp_path):
    files.headers["/model.bin"] = {"X-Linked-ETag": f'"{"a" * 64}"'}
    assert Getting()(files, tmp_path).stated == "a" * 64


def test_a_full_disk_is_told_before_anything_is_written(files, tmp_path, monkeypatch):
    monkeypatch.setattr(shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(10**9, 10**9, fetch.SPARE))
    with pytest.raises(EngineError) as caught:
        Getting()(files, tmp_path)
    assert caught.value.code == "models.disk_full"
    assert not (tmp_path / "model.bin.part").exists()


def test_nobody_there(tmp_path, files):
    get = Getting()
    files.port = 9  # discard: nobody serves it
    with pytest.raises(EngineError) as caught:
        get(files, tmp_path)
    assert caught.value.code == "models.unreachable"
    assert get.waits == [1.0, 2.0, 4.0, 8.0]


@pytest.mark.parametrize("error", [socket.gaierror(-3, "no name server"), OSError(errno.ENETUNREACH, "no way")])
def test_who_is_offline_is_told_at_once_but_not_given_up_in_the_middle(files, tmp_path, monkeypatch, error):
    def offline(*_, **__):
        raise urllib.error.URLError(error)

    get = Getting()
    with monkeypatch.context() as patch:
        patch.setattr(urllib.request.OpenerDirector, "open", offline)
        with pytest.raises(EngineError) as caught:
            get(files, tmp_path)
    assert (caught.value.code, get.waits) == ("models.unreachable", [])
    files.faults["/model.bin"] = ["cut"]
    get = Getting()
    opened, there = urllib.request.OpenerDirector.open, iter([True, False, False, True])
    monkeypatch.setattr(
        urllib.request.OpenerDirector, "open", lambda *a, **k: opened(*a, **k) if next(there) else offline()
    )
    assert get(files, tmp_path).part.read_bytes() == DATA


def test_our_catalogue_is_whole():
    known = read()
    assert {"whisper-small", "piper-ru-irina", "piper-en-lessac"} <= set(known.models)
    for model in known.models.values():
        assert all(known.allowed(model.address(file)) for file in model.files)


@pytest.mark.parametrize(
    ("address", "allowed"),
    [
        ("https://huggingface.co/x", True),
        ("http://huggingface.co/x", False),
        ("https://huggingface.co.example.com/x", False),
        ("https://example.com/huggingface.co", False),
        ("https://user@example.com@huggingface.co/x", True),
        ("http://127.0.0.1:8000/x", True),
        ("file:///etc/passwd", False),
        ("huggingface.co/x", False),
    ],
)
def test_where_a_file_may_come_from(address, allowed):
    assert Catalogue(hosts=("huggingface.co",), models={}).allowed(address) is allowed


@pytest.mark.parametrize(
    "text",
    ["", "[]", "hosts: [a]", "{", "hosts: []\nmodels: {'../x': {}}", "hosts: []\nmodels: {x: {kind: stt}}", "\x00"],
)
def test_a_catalogue_that_is_none(tmp_path, text):
    path = tmp_path / "catalogue.yaml"
    path.write_text(text)
    with pytest.raises(ConfigError) as caught:
        read(path)
    assert caught.value.code == "models.catalogue"
    assert len(caught.value.text("ru").splitlines()) == 1


WRONG = ["../model.bin", "/etc/passwd", ".hidden", "a/../b", "a//b", "a/.b", "a/", "a/b/c/d", ""]


@pytest.mark.parametrize("name", WRONG)
def test_a_file_s_name_can_not_leave_its_folder(name):
    with pytest.raises(ValueError, match="files"):
        Model(kind="stt", engine="x", size=1, licence="x", source="https://x/", place="x", files=[name])
