"""Keys are read, and not told."""

from pathlib import Path

import pytest

from daemon.errors import EngineError
from daemon.remote import key


def test_a_key_is_read_and_shown_to_the_server_only(tmp_path):
    path = tmp_path / "key"
    path.write_text("  sk-abc-123\n")
    assert key.read(path) == "sk-abc-123"
    assert key.headers("sk-abc-123") == {"Authorization": "Bearer sk-abc-123"}
    assert key.without("the key sk-abc-123\nis \x1b[31mwrong", "sk-abc-123") == "the key … is [31mwrong"
    assert len(key.without("x" * 1000, "")) == 201


def test_no_file_is_no_key():
    assert key.read(None) == ""
    assert key.headers("") == {}


@pytest.mark.parametrize("content", [b"", b" \n", b"two\nlines", b"a\x00b", "ключ".encode(), b"x" * 5000])
def test_what_is_no_key_is_told(tmp_path, content):
    path = tmp_path / "key"
    path.write_bytes(content)
    with pytest.raises(EngineError) as caught:
        key.read(path)
    assert caught.value.code == "remote.key"
    assert caught.value.values == {"path": path}


def test_a_missing_file_is_told(tmp_path):
    for path in (tmp_path / "absent", tmp_path, Path("~nobody-of-that-name/key")):
        with pytest.raises(EngineError) as caught:
            key.read(path)
        assert caught.value.code == "remote.key_file"
