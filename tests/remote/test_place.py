"""Where servers are."""

import pytest

from daemon.errors import EngineError
from daemon.remote.place import Place, near, permitted, place


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("https://api.openai.com/v1", Place(True, "api.openai.com", 443, "/v1")),
        ("http://127.0.0.1:8080/v1/", Place(False, "127.0.0.1", 8080, "/v1")),
        ("http://[::1]:8080", Place(False, "::1", 8080, "")),
        ("https://x.example/a/b.png?sig=1%2F2", Place(True, "x.example", 443, "/a/b.png?sig=1%2F2")),
    ],
)
def test_an_address_is_read(address, expected):
    assert place(address) == expected


@pytest.mark.parametrize(
    "address",
    ["", "file:///etc/passwd", "ftp://x/y", "http://", "https://user:pass@x/", "http://x:99999/", "http://[x"],
)
def test_what_is_no_address_is_refused(address):
    with pytest.raises(EngineError) as caught:
        place(address)
    assert caught.value.code == "remote.address"


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        *[(one, True) for one in ("127.0.0.1", "10.1.2.3", "192.168.0.1", "169.254.169.254", "100.64.0.1", "0.0.0.0")],
        *[(one, True) for one in ("::1", "fe80::1%eth0", "fd00::1", "::ffff:10.0.0.1", "::ffff:127.0.0.1")],
        *[(one, False) for one in ("8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8")],
    ],
)
def test_what_is_near(address, expected):
    assert near(address) is expected
    assert permitted(address, "near") is expected
    assert permitted(address, "public") is not expected
    assert permitted(address, "any")


def test_only_what_is_encrypted_may_be_far():
    assert place("http://x.example").reach == "near"
    assert place("https://x.example").reach == "any"
