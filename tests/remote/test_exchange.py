"""One exchange, and all that a server may do to it."""

import socket
import subprocess
import time
from pathlib import Path

import pytest

from daemon.errors import Cancelled, EngineError
from daemon.remote import exchange as module
from daemon.remote.exchange import Asked, Reply, exchange
from daemon.remote.place import Place, place
from tests.remote.api import Answer, Api, api


def ask(server: Api, *, seconds: float = 10, most: int = 1000, host: str = "127.0.0.1", **more) -> Reply:
    asked = Asked("POST", place(server.address(host=host)), "/x", {"A": "b"}, b"body", **more)
    return exchange(asked, most=most, deadline=time.monotonic() + seconds, watch=lambda: None)


def code_of(server: Api, **more) -> str:
    with pytest.raises(EngineError) as caught:
        ask(server, **more)
    assert caught.value.text("ru") != caught.value.text("en")
    return caught.value.code


def test_it_asks_and_returns_the_answer():
    with api(Answer(418, b"tea", "text/plain; charset=utf-8")) as server:
        assert ask(server) == Reply(418, "text/plain", b"tea", near=True)
    (asked,) = server.asked
    assert (asked.method, asked.path, asked.body, asked.headers["A"]) == ("POST", "/v1/x", b"body", "b")
    assert asked.headers["Host"] == f"127.0.0.1:{server.port}"


def test_a_redirect_is_an_answer_like_any_other():
    with api(Answer(302, headers={"Location": "/elsewhere"})) as server:
        assert ask(server).status == 302
    assert len(server.asked) == 1


@pytest.mark.parametrize("fault", ["cut", "close"])
def test_an_answer_that_is_cut_short(fault):
    with api(Answer(body=b"12345678", fault=fault)) as server:
        assert code_of(server) == "remote.cut"


def test_an_answer_cut_in_a_chunk():
    body = b"8\r\n1234"
    with api(Answer(body=body, headers={"Transfer-Encoding": "chunked"})) as server:
        assert code_of(server) == "remote.cut"


def test_an_answer_that_is_too_large():
    with api(Answer(body=b"x" * 1001)) as server:
        assert code_of(server) == "remote.too_large"
        server.answers = [Answer(body=b"x" * 1000)]
        assert len(ask(server).body) == 1000


@pytest.mark.parametrize("fault", ["hang", "drip"])
def test_the_deadline_counts_for_the_whole(fault, monkeypatch):
    monkeypatch.setattr(module, "LOOK_S", 0.02)
    with api(Answer(body=b"x" * 500, fault=fault)) as server:
        began = time.monotonic()
        assert code_of(server, seconds=0.2) == "remote.slow"
        assert time.monotonic() - began < 2


def test_who_watches_may_end_it_within_a_second():
    def watch() -> None:
        if server.reached.is_set():
            raise Cancelled

    with api(Answer(fault="hang")) as server:
        began = time.monotonic()
        with pytest.raises(Cancelled):
            exchange(Asked("GET", place(server.address()), "/"), most=9, deadline=began + 60, watch=watch)
        assert time.monotonic() - began < 1


def test_nobody_there():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        server = Api()
        server.port = free.getsockname()[1]
        assert code_of(server) == "remote.unreachable"


@pytest.mark.parametrize("host", ["no-such-host.invalid", "x" * 70 + ".example"])
def test_a_name_that_leads_nowhere(host):
    asked = Asked("GET", Place(True, host, 443, ""), "/")
    with pytest.raises(EngineError) as caught:
        exchange(asked, most=9, deadline=time.monotonic() + 20, watch=lambda: None)
    assert caught.value.code == "remote.unreachable"


def test_a_name_that_leads_into_the_house_is_not_followed_there():
    with api(Answer()) as server:
        assert code_of(server, host="localhost", reach="public") == "remote.near"
    assert server.asked == []


def test_what_is_not_encrypted_does_not_leave_the_house(monkeypatch):
    far = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("93.184.216.34", 80))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_args, **_named: far)
    server = Api()
    server.port = 80
    assert code_of(server, reach="near") == "remote.far"


def test_what_does_not_speak_http():
    with socket.create_server(("127.0.0.1", 0)) as listening:
        server = Api()
        server.port = listening.getsockname()[1]
        asked = Asked("GET", place(server.address()), "/")

        def watch() -> None:
            if talking := accepted(listening):
                talking.sendall(b"SSH-2.0-OpenSSH_9.2\r\n")
                talking.close()

        with pytest.raises(EngineError) as caught:
            exchange(asked, most=9, deadline=time.monotonic() + 10, watch=watch)
        assert caught.value.code == "remote.cut"


def accepted(listening: socket.socket) -> socket.socket | None:
    listening.settimeout(0.01)
    try:
        return listening.accept()[0]
    except TimeoutError:
        return None


@pytest.fixture(scope="module")
def certificate(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("tls") / "own.pem"
    line = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=localhost"
    names = ["-addext", "subjectAltName=DNS:localhost", "-keyout", str(path), "-out", str(path.with_suffix(".crt"))]
    subprocess.run([*line.split(), *names], check=True, capture_output=True)
    path.write_text(path.read_text() + path.with_suffix(".crt").read_text())
    return path


def test_tls_with_an_authority_of_its_own(certificate):
    with api(Answer(body=b"safe"), certificate=certificate) as server:
        assert ask(server, host="localhost", ca=certificate.with_suffix(".crt")).body == b"safe"
        assert server.asked[0].headers["Host"] == f"localhost:{server.port}"


def test_tls_that_can_not_be_trusted(certificate):
    with api(Answer(), certificate=certificate) as server:
        assert code_of(server, host="localhost") == "remote.tls"
        assert code_of(server, host="127.0.0.1", ca=certificate.with_suffix(".crt")) == "remote.tls"
        assert code_of(server, host="localhost", ca=certificate.parent / "absent") == "remote.ca"
        server.scheme = "http"
        assert code_of(server) == "remote.cut"
    with api(Answer()) as plain:
        plain.scheme = "https"
        assert code_of(plain) == "remote.tls"
    assert server.asked == plain.asked == []
