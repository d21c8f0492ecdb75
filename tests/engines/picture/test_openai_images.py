"""Pictures from a server: what is asked, what is taken, and every way in which it may go wrong."""

import asyncio
import base64
import io
import json
import logging
import socket
import time
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from daemon.bus import Bus
from daemon.engines.picture import openai_images as module
from daemon.engines.picture.openai_images import Engine, allowance, picture
from daemon.engines.picture.openai_images.allowance import Allowance
from daemon.errors import Cancelled, EngineError
from daemon.events import ArtifactReady
from daemon.gallery import imprint
from daemon.workers.choice import choose
from daemon.workers.maker import Maker
from tests.parts import session
from tests.remote.api import Answer, Api, api, refused, told

KEY = "sk-secret-4711"
REQUEST = {"prompt": "a red fox in the snow", "language": "en", "seed": 5}


def painted(kind: str = "PNG", mode: str = "RGB", size: tuple[int, int] = (48, 32)) -> bytes:
    from PIL import Image

    file = io.BytesIO()
    Image.new(mode, size, "red").save(file, kind)
    return file.getvalue()


def made(data: bytes | None = None, **more: Any) -> Answer:
    return told({"created": 1, "data": [{"b64_json": base64.b64encode(data or painted()).decode(), **more}]})


def linked(address: str) -> Answer:
    return told({"created": 1, "data": [{"url": address}]})


def engine_of(server: Api, folder: Path, **options: Any) -> Engine:
    key = folder / "key"
    key.write_text(f"{KEY}\n")
    key.chmod(0o600)
    (folder / "models").mkdir(exist_ok=True)
    given = {"base_url": server.address(), "key_file": key, "model": "gpt-image-1-mini", "timeout": 20, **options}
    engine = Engine(Engine.Options(**given), models=folder / "models")
    engine.load()
    return engine


def make(engine: Engine, folder: Path, **more: Any) -> Any:
    return engine.make({**REQUEST, **more}, folder / "out.png", lambda _share: None)


def error_of(server: Api, folder: Path, **options: Any) -> EngineError:
    """Return the error, after looking that it is a sentence, leaves nothing and does not tell the key."""
    (folder / "out.png").unlink(missing_ok=True)
    with pytest.raises(EngineError) as caught:
        make(engine_of(server, folder, **options), folder)
    assert not (folder / "out.png").exists()
    english, russian = caught.value.text("en"), caught.value.text("ru")
    assert english != russian
    assert KEY not in english + russian + repr(caught.value)
    return caught.value


def counted(folder: Path) -> int:
    path = folder / allowance.FILE
    return sum(json.loads(path.read_text())["made"].values()) if path.exists() else 0


# what is asked


def test_a_gpt_model_is_asked_in_its_own_terms(tmp_path):
    with api(made(revised_prompt="a fox,\nvery red")) as server:
        result = make(engine_of(server, tmp_path, quality="low"), tmp_path)
    (asked,) = server.asked
    assert (asked.method, asked.path) == ("POST", "/v1/images/generations")
    assert asked.headers["Authorization"] == f"Bearer {KEY}"
    assert asked.json == {
        "model": "gpt-image-1-mini", "prompt": "a red fox in the snow", "n": 1, "size": "1024x1024",
        "quality": "low", "output_format": "png",
    }  # fmt: skip
    assert result.mime == "image/png"
    assert result.meta["revised_prompt"] == "a fox, very red"
    assert (result.meta["seed"], result.meta["ignored"]) == (None, ["seed"])


def test_another_model_is_asked_for_base64(tmp_path):
    with api(made()) as server:
        make(engine_of(server, tmp_path, model="flux.1-schnell", key_file=None), tmp_path, width=640, height=384)
    (asked,) = server.asked
    assert asked.json["response_format"] == "b64_json"
    assert asked.json["size"] == "640x384"
    assert not {"output_format", "quality", "style"} & asked.json.keys()
    assert "Authorization" not in asked.headers


@pytest.mark.parametrize(
    ("model", "field", "complaint"),
    [
        ("dall-e-9", "response_format", refused(400, "Unknown parameter: 'response_format'.", param="response_format")),
        ("x", "response_format", told({"detail": [{"loc": ["body", "response_format"], "msg": "extra"}]}, 422)),
        ("gpt-image-1-mini", "output_format", told({"error": "output_format is not supported"}, 400)),
    ],
)
def test_what_the_server_does_not_know_is_left_out_once(tmp_path, model, field, complaint):
    with api(complaint, made()) as server:
        make(engine_of(server, tmp_path, model=model), tmp_path)
    assert [field in asked.json for asked in server.asked] == [True, False]
    with api(complaint) as server:
        assert error_of(server, tmp_path, model=model).code == "images_api.refused"
    assert len(server.asked) == 2


def test_tokens_that_were_paid_are_told(tmp_path):
    body = {"data": [{"b64_json": base64.b64encode(painted()).decode()}], "usage": {
        "total_tokens": 1100, "input_tokens": 12, "output_tokens": 1088, "input_tokens_details": {"text_tokens": 12},
    }}  # fmt: skip
    with api(told(body)) as server:
        result = make(engine_of(server, tmp_path), tmp_path)
    assert result.meta["usage"] == {"total_tokens": 1100, "input_tokens": 12, "output_tokens": 1088}
    assert (result.meta["model"], result.meta["host"]) == ("gpt-image-1-mini", "127.0.0.1")


def test_a_picture_is_changed_by_a_form(tmp_path):
    source = tmp_path / "source.jpg"
    source.write_bytes(painted("JPEG", size=(3000, 20)))
    with api(refused(400, "Invalid 'image'", param="image"), made()) as server:
        make(engine_of(server, tmp_path), tmp_path, image=str(source), prompt='a "blue" fox\r\n--x')
    assert [asked.path for asked in server.asked] == ["/v1/images/edits"] * 2
    fields = [form_of(asked.headers["Content-Type"], asked.body) for asked in server.asked]
    assert [sorted(one) for one in fields] == [
        ["image", "model", "n", "output_format", "prompt", "size"],
        ["image[]", "model", "n", "output_format", "prompt", "size"],
    ]
    assert fields[0]["prompt"].decode() == 'a "blue" fox --x'
    assert fields[0]["n"] == b"1"
    assert size_of(fields[0]["image"]) == (2048, 14)


def form_of(kind: str, body: bytes) -> dict[str, bytes]:
    """Return the fields of a form, as the standard library's parser reads it."""
    from email.parser import BytesParser

    read = BytesParser().parsebytes(b"Content-Type: " + kind.encode() + b"\r\n\r\n" + body)
    return {str(part.get_param("name", header="content-disposition")): part.get_payload(decode=True)
            for part in read.get_payload()}  # fmt: skip


def size_of(data: bytes) -> tuple[int, int]:
    from PIL import Image

    with Image.open(io.BytesIO(data)) as image:
        return image.size


def test_a_picture_to_start_from_that_is_none(tmp_path):
    with api(made()) as server:
        engine = engine_of(server, tmp_path)
        (tmp_path / "no.png").write_bytes(b"\x89PNG\r\n\x1a\nnothing")
        for name in ("no.png", "absent.png"):
            with pytest.raises(EngineError) as caught:
                make(engine, tmp_path, image=str(tmp_path / name))
            assert caught.value.code == "images_api.start"
    assert server.asked == []
    assert counted(tmp_path) == 0


# what is taken


@pytest.mark.parametrize(
    ("kind", "mode"), [("PNG", "RGB"), ("PNG", "RGBA"), ("PNG", "P"), ("PNG", "L"), ("JPEG", "RGB"), ("WEBP", "RGBA")]
)
def test_whatever_comes_becomes_a_png(tmp_path, kind, mode):
    from PIL import Image

    with api(made(painted(kind, mode))) as server:
        result = make(engine_of(server, tmp_path), tmp_path)
    with Image.open(tmp_path / "out.png") as image:
        image.load()
        assert (image.format, image.size) == ("PNG", (48, 32))
        assert image.convert("RGB").getpixel((9, 9))[0] > 70
        assert image.info["Description"] == "a red fox in the snow"
        assert "gpt-image-1-mini at 127.0.0.1" in image.info["Software"]
        assert KEY.encode() not in (tmp_path / "out.png").read_bytes()
    assert (result.meta["width"], result.meta["height"]) == (48, 32)


def test_a_data_address_is_base64_too(tmp_path):
    encoded = base64.b64encode(painted()).decode()
    with api(told({"data": [{"b64_json": f"data:image/png;base64,{encoded}"}]})) as server:
        assert make(engine_of(server, tmp_path), tmp_path).meta["width"] == 48


@pytest.mark.parametrize("relative", [True, False])
def test_a_picture_on_the_server_itself_is_fetched(tmp_path, relative):
    with api() as server:
        address = "/generated-images/a.png?x=1" if relative else server.address("/generated-images/a.png?x=1")
        server.answers = [linked(address), Answer(body=painted("WEBP"), kind="image/webp")]
        assert make(engine_of(server, tmp_path), tmp_path).meta["width"] == 48
    asked = server.asked[1]
    assert (asked.method, asked.path) == ("GET", "/generated-images/a.png?x=1")
    assert asked.headers["Authorization"] == f"Bearer {KEY}"


@pytest.mark.parametrize(
    "address",
    [
        "http://169.254.169.254/latest/meta-data/", "http://localhost:1/x.png", "https://cdn.example/x.png",
        "file:///etc/passwd", "//cdn.example/x.png", "http://[", "gopher://x/",
    ],
)  # fmt: skip
def test_no_other_host_is_asked(tmp_path, address):
    with api(linked(address)) as server:
        assert error_of(server, tmp_path).code in {"images_api.elsewhere", "remote.address"}
    assert len(server.asked) == 1


def test_a_listed_host_is_asked_by_https_without_the_key(tmp_path, monkeypatch):
    seen = []
    real = module.exchange

    def watched(asked, **more):
        seen.append(asked)
        return real(asked, **more) if asked.method == "POST" else module.Reply(200, "image/png", painted(), near=False)

    monkeypatch.setattr(module, "exchange", watched)
    with api(linked("https://cdn.example/x.png")) as server:
        assert make(engine_of(server, tmp_path, image_hosts=["cdn.example"]), tmp_path).meta["width"] == 48
        assert (seen[1].headers, seen[1].reach) == ({}, "any")
    with api(linked("http://cdn.example/x.png")) as server:
        assert error_of(server, tmp_path, image_hosts=["cdn.example"]).code == "images_api.elsewhere"


def test_a_far_server_may_not_lead_into_the_house(tmp_path, monkeypatch):
    """The listed name of a public server's store leads to this machine: nothing is asked there."""
    answer = linked("https://cdn.example/x.png")
    real = module.exchange

    def far(asked, **more):
        if asked.method == "POST":
            return module.Reply(200, "application/json", answer.body, near=False)
        return real(asked, **more)

    def lookup(_host, port, **_named):
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]

    monkeypatch.setattr(module, "exchange", far)
    monkeypatch.setattr(socket, "getaddrinfo", lookup)
    with api(answer) as server:
        assert error_of(server, tmp_path, image_hosts=["cdn.example"]).code == "remote.near"


# what goes wrong


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (refused(401, f"Incorrect API key provided: {KEY}", "invalid_api_key"), "images_api.bad_key"),
        (refused(403, f"{KEY} must be verified"), "images_api.forbidden"),
        (refused(400, "Your request was rejected by our safety system.", "moderation_blocked"), "images_api.unsafe"),
        (refused(400, "Your request was rejected as a result of our safety system."), "images_api.unsafe"),
        (refused(404, "The model `x` does not exist", "model_not_found"), "images_api.no_model_there"),
        (refused(400, "gone", "model_not_found"), "images_api.no_model_there"),
        (Answer(404, b"<html>404</html>", "text/html"), "images_api.not_there"),
        (refused(429, "Rate limit reached", "rate_limit_exceeded"), "images_api.too_many"),
        (refused(429, "You exceeded your current quota", "insufficient_quota"), "images_api.no_money"),
        (refused(400, "Billing hard limit", "billing_hard_limit_reached"), "images_api.no_money"),
        (refused(400, f"Invalid size '3x4' {KEY}", param="size"), "images_api.refused"),
        (Answer(302, headers={"Location": "http://127.0.0.1:1/"}), "images_api.refused"),
        (Answer(200, b"<html>Log in</html>", "text/html"), "images_api.garbage"),
        (told({"data": []}), "images_api.garbage"),
        (told({"data": [{}]}), "images_api.garbage"),
        (told({"data": [{"b64_json": "%%%"}]}), "images_api.garbage"),
        (told({"data": [{"b64_json": 5}]}), "images_api.garbage"),
        (told({"data": [{"url": 5}]}), "images_api.garbage"),
        (told(["x"]), "images_api.garbage"),
        (Answer(200, b"[" * 100_000), "images_api.garbage"),
        (Answer(200, b"\xff\xfe"), "images_api.garbage"),
        (made(b"no picture at all"), "images_api.no_picture"),
        (made(painted()[:60]), "images_api.no_picture"),
        (made(painted("GIF")), "images_api.no_picture"),
        (Answer(200, b"x", fault="close"), "remote.cut"),
        (Answer(200, b'{"data": [1234]}', fault="cut"), "remote.cut"),
    ],
)
def test_what_a_server_may_answer_instead(tmp_path, answer, code):
    with api(answer) as server:
        assert error_of(server, tmp_path).code == code


def test_an_unknown_model_of_openai_is_told_with_those_it_has():
    options = Engine.Options(model="dall-e-3", key_file=Path("/absent"))
    reply = module.Reply(400, "application/json", refused(400, "x", "model_not_found").body, near=False)
    error = module.answering.refusal(reply, module.answering.complaint(reply, ""), options)
    assert error.code == "images_api.no_model"
    assert "gpt-image-2" in str(error)


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (Answer(404, b"", "image/png"), "images_api.no_picture"),
        (Answer(302, headers={"Location": "http://169.254.169.254/"}), "images_api.no_picture"),
        (Answer(200, painted(), "text/html"), "images_api.no_picture"),
        (Answer(200, b"<svg/>", "image/svg+xml"), "images_api.no_picture"),
    ],
)
def test_what_an_address_may_hold_instead(tmp_path, answer, code):
    with api(linked("/x.png"), answer) as server:
        assert error_of(server, tmp_path).code == code
    assert len(server.asked) == 2


def test_a_server_that_fails_is_asked_again(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "FIRST_S", 0.01)
    with api(Answer(503, b"busy", "text/plain"), refused(500, "oops"), made()) as server:
        make(engine_of(server, tmp_path), tmp_path)
    assert len(server.asked) == 3
    assert counted(tmp_path) == 1
    with api(Answer(502, b"<html>")) as server:
        error = error_of(server, tmp_path)
    assert (error.code, error.values["why"], len(server.asked)) == ("images_api.server", "HTTP 502", module.TRIES)
    assert counted(tmp_path) == 1


def test_there_is_no_further_try_where_the_time_does_not_suffice(tmp_path):
    with api(Answer(503)) as server:
        assert error_of(server, tmp_path, timeout=1).code == "images_api.server"
    assert len(server.asked) == 1


def test_an_answer_larger_than_any_picture(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "MOST", 100)
    with api(made()) as server:
        assert error_of(server, tmp_path).code == "remote.too_large"


def test_a_picture_of_too_many_points(tmp_path, monkeypatch):
    monkeypatch.setattr(picture, "MOST_PIXELS", 1000)
    with api(made()) as server:
        assert error_of(server, tmp_path).code == "images_api.no_picture"


@pytest.mark.slow
def test_a_server_that_does_not_answer_in_time(tmp_path):
    with api(Answer(fault="hang")) as server:
        error = error_of(server, tmp_path, timeout=1)
    assert (error.code, error.values["seconds"]) == ("remote.slow", 1)
    assert counted(tmp_path) == 1


def test_nobody_there_and_plain_http_that_leaves_the_house(tmp_path, monkeypatch):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        server = Api()
        server.port = free.getsockname()[1]
        assert error_of(server, tmp_path).code == "remote.unreachable"
    far = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("93.184.216.34", 80))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_args, **_named: far)
    assert error_of(server, tmp_path, base_url="http://images.example/v1").code == "remote.far"
    assert counted(tmp_path) == 0


@pytest.mark.parametrize("after", ["asked", "again"])
def test_cancelling_while_it_waits_is_quick(tmp_path, after):
    answer = Answer(fault="hang") if after == "asked" else Answer(503)
    with api(answer) as server:
        engine = engine_of(server, tmp_path)
        out, wished = tmp_path / "out.png", []

        def step(_share: float) -> None:
            if server.reached.is_set():
                wished.append(time.monotonic())
                raise Cancelled

        with pytest.raises(Cancelled):
            engine.make(REQUEST, out, step)
        assert time.monotonic() - wished[0] < 1
    assert not out.exists()


# what it may cost


def test_the_days_count_holds_over_restarts(tmp_path):
    with api(made()) as server:
        make(engine_of(server, tmp_path, per_day=2), tmp_path)
        make(engine_of(server, tmp_path, per_day=2), tmp_path)
        (tmp_path / "out.png").unlink()
        error = error_of(server, tmp_path, per_day=2)
        assert (error.code, error.values) == ("images_api.enough", {"host": "127.0.0.1", "most": 2})
        assert len(server.asked) == 2
        make(engine_of(server, tmp_path, per_day=None), tmp_path)
    assert counted(tmp_path) == 3


def test_the_next_day_begins_anew(tmp_path):
    path = tmp_path / "count.json"
    Allowance(path, "a", 1, today=lambda: "2026-11-26").take()
    Allowance(path, "b", 1, today=lambda: "2026-11-26").take()
    with pytest.raises(EngineError):
        Allowance(path, "a", 1, today=lambda: "2026-11-26").take()
    Allowance(path, "a", 1, today=lambda: "2026-11-27").take()
    assert json.loads(path.read_text()) == {"day": "2026-11-27", "made": {"a": 1}}


def test_what_was_refused_is_not_counted_and_what_was_lost_is(tmp_path):
    with api(refused(401)) as server:
        error_of(server, tmp_path)
        assert counted(tmp_path) == 0
        server.answers = [Answer(fault="close")]
        error_of(server, tmp_path)
        assert counted(tmp_path) == 1


@pytest.mark.parametrize("content", ["", "[]", '{"day": 1}', '{"day": "x", "made": {"a": "b"}}', "\x00"])
def test_a_damaged_count_is_no_way_to_spend(tmp_path, content):
    (tmp_path / allowance.FILE).write_text(content)
    with api(made()) as server:
        assert error_of(server, tmp_path).code == "images_api.count"
    assert server.asked == []


def test_a_count_that_can_not_be_kept(tmp_path):
    with pytest.raises(EngineError) as caught:
        Allowance(tmp_path / "absent" / "count.json", "a", 1).take()
    assert caught.value.code == "images_api.count"


# what it is


def test_without_a_key_openai_is_not_asked(tmp_path):
    options = Engine.Options()
    assert Engine.missing(options, models=tmp_path) == "images_api.no_key"
    with pytest.raises(EngineError) as caught:
        Engine(options, models=tmp_path).load()
    assert caught.value.code == "images_api.no_key"
    local = Engine.Options(base_url="http://127.0.0.1:8080/v1")
    assert Engine.missing(local, models=tmp_path) is None


@pytest.mark.parametrize(
    "wrong", [{"base_url": "ftp://x"}, {"base_url": "https://user:pass@x/v1"}, {"size": "big"}, {"per_day": 0}]
)
def test_wrong_options_are_refused(wrong):
    with pytest.raises(ValidationError):
        Engine.Options(**wrong)


def test_nothing_of_the_key_is_logged(tmp_path, caplog):
    caplog.set_level(logging.DEBUG)
    with api(made()) as server:
        engine = engine_of(server, tmp_path)
        make(engine, tmp_path)
        asked = engine._options, server.address()
    assert KEY not in caplog.text + repr(asked)


@pytest.mark.parametrize("calls", [1, 2, 4])
def test_it_keeps_the_contract_of_generators(tmp_path, calls):
    with api(made()) as server:
        engine = engine_of(server, tmp_path)
        out, steps = tmp_path / "out.png", []
        engine.make(REQUEST, out, steps.append)
        assert len(steps) >= 5
        assert steps == sorted(steps)
        assert (steps[0], steps[-1]) == (0.0, 1.0)
        out.unlink()

        def step(_share: float) -> None:
            nonlocal calls
            calls -= 1
            if not calls:
                raise Cancelled

        with pytest.raises(Cancelled):
            engine.make(REQUEST, out, step)
        assert not out.exists()
        with pytest.raises(EngineError) as caught:
            make(engine, tmp_path, prompt=" \x00 ")
        assert caught.value.code == "scene.empty_prompt"
        before = counted(tmp_path)
        with pytest.raises(FileNotFoundError):
            engine.make(REQUEST, tmp_path / "absent" / "out.png", lambda _share: None)
        assert counted(tmp_path) == before
        assert engine.estimate(REQUEST) > 0


@pytest.mark.slow
async def test_from_a_typed_request_to_a_png(tmp_path):
    """Through the grammar, the queue, the child process and a server: the file, its card, and what is said."""
    from PIL import Image

    with api(made(painted("WEBP"), revised_prompt="A fox.")) as server:
        key = tmp_path / "key"
        key.write_text(KEY)
        options = {"base_url": server.address(), "key_file": str(key), "model": "gpt-image-1-mini"}
        section = {"engine": "openai_images", "openai_images": options}
        (tmp_path / "models").mkdir()
        maker = Maker("picture", section, tmp_path / "models", bus=Bus())
        assert (maker.host, maker.sketch) == ("127.0.0.1", False)
        async with session(tmp_path, maker=maker) as house:
            running = asyncio.create_task(maker.worker.run())
            house.session.typed("draw a red fox in the snow", "en", "t1")
            async with asyncio.timeout(30):
                while not (ready := [event for event in house.events if isinstance(event, ArtifactReady)]):  # noqa: ASYNC110 - a child process works
                    await asyncio.sleep(0.01)
                await house.session.quiet()
            running.cancel()
            await asyncio.wait([running])
    path = Path(ready[0].path)
    with Image.open(path) as image:
        assert (image.format, image.size) == ("PNG", (48, 32))
    card = imprint.read(path)
    assert card is not None
    assert (card["prompt"], card["seed"], card["model"]) == ("a red fox in the snow", None, "gpt-image-1-mini")
    assert card["revised_prompt"] == "A fox."
    assert KEY not in json.dumps(card) + image.info["Software"]
    assert any("a red fox in the snow" in said for said in house.mouth.heard)
    assert server.asked[0].json["prompt"] == "a red fox in the snow"


def test_auto_never_asks_elsewhere(tmp_path):
    section = {"engine": "auto", "openai_images": {"base_url": "http://127.0.0.1:8080/v1"}}
    choice = choose("picture", section, tmp_path)
    assert choice.name != "openai_images"
    assert "openai_images" not in choice.passed_over
    assert choose("picture", {**section, "engine": "openai_images"}, tmp_path).name == "openai_images"
