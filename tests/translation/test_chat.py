"""A server that translates: what it is asked, what is taken of its answer, and how it may fail."""

import asyncio
import time

import pytest

from daemon.errors import EngineError
from daemon.translation import chat
from daemon.translation.options import TranslateOptions
from daemon.translation.translator import Translator
from tests.remote.api import Answer, api, refused, told

KEY = "sk-secret-4711"


def said(text) -> Answer:
    return told({"choices": [{"message": {"role": "assistant", "content": text}}]})


def options(server, **more) -> TranslateOptions:
    return TranslateOptions(base_url=server.address(), timeout=10, **more)


def translate(server, prompt="кракозябра", **more) -> str:
    return chat.translate(prompt, options(server, **more), lambda: None)


def test_it_is_asked_the_same_each_time(tmp_path):
    (tmp_path / "key").write_text(KEY)
    with api(said("a monster")) as server:
        assert translate(server, model="qwen", key_file=tmp_path / "key") == "a monster"
    (asked,) = server.asked
    assert (asked.method, asked.path) == ("POST", "/v1/chat/completions")
    assert asked.headers["Authorization"] == f"Bearer {KEY}"
    assert (asked.json["model"], asked.json["temperature"], asked.json["stream"]) == ("qwen", 0, False)
    assert asked.json["max_tokens"] == chat.MOST_TOKENS
    assert [one["content"] for one in asked.json["messages"]] == [chat.SYSTEM, "кракозябра"]


def test_newer_models_are_asked_otherwise():
    complaints = [refused(400, "Unsupported parameter: 'max_tokens'"), refused(400, "'temperature' must be 1")]
    with api(*complaints, said("a monster")) as server:
        assert translate(server) == "a monster"
    assert "max_tokens" not in server.asked[2].json
    assert "temperature" not in server.asked[2].json
    assert server.asked[2].json["max_completion_tokens"] == chat.MOST_TOKENS


@pytest.mark.parametrize(
    "answer",
    [
        '"A monster in the forest."',
        "Translation: A monster in the forest",
        "<think>кракозябра is a monster</think>\n\nA monster in the forest\n\nI hope that helps!",
        "«A monster\x07 in the   forest»",
        "**A monster in the forest**",
    ],
)
def test_only_the_translation_is_taken(answer):
    assert chat.sanitised(answer, "кракозябра в лесу", "x") == "A monster in the forest"


@pytest.mark.parametrize("answer", ["", "кракозябра", "a кракозябра", "...", "<think>endless", "x" * 1000, "123"])
def test_what_is_no_translation_is_refused(answer):
    with pytest.raises(EngineError) as caught:
        chat.sanitised(answer, "кракозябра", "x")
    assert caught.value.code == "translate.garbage"


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (refused(401, KEY), "translate.refused"),
        (refused(500, "oops"), "translate.refused"),
        (Answer(200, b"<html>", "text/html"), "translate.garbage"),
        (told({"choices": []}), "translate.garbage"),
        (said(None), "translate.garbage"),
        (Answer(fault="close"), "remote.cut"),
    ],
)
def test_failures_are_sentences(tmp_path, answer, code):
    (tmp_path / "key").write_text(KEY)
    with api(answer) as server, pytest.raises(EngineError) as caught:
        translate(server, key_file=tmp_path / "key")
    assert caught.value.code == code
    assert KEY not in caught.value.text("en") + caught.value.text("ru")


async def test_the_tables_come_first_and_then_the_server():
    with api(said("a monster")) as server:
        translator = Translator(options(server), lambda _kind, _from_picture: ("en",))
        assert translator.wanted("picture", "лиса")
        assert not translator.wanted("picture", "a fox")
        assert await translator.english("рыжую лису") == "a red fox"
        assert server.asked == []
        assert await translator.english("кракозябру") == "a monster"
        translator.options = TranslateOptions()
        with pytest.raises(EngineError) as caught:
            await translator.english("кракозябру")
        assert caught.value.code == "translate.none"


async def test_cancelling_ends_it_within_a_second():
    with api(Answer(fault="hang")) as server:
        task = asyncio.create_task(
            Translator(options(server), lambda _kind, _from_picture: ("en",)).english("кракозябру")
        )
        await asyncio.to_thread(server.reached.wait, 5)
        began = time.monotonic()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert time.monotonic() - began < 1
