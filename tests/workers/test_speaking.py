"""The real tts child over the fake voice, espeak-ng and a tiny Piper voice."""

import asyncio
from contextlib import aclosing, asynccontextmanager

import pytest

from daemon import messages
from daemon.bus import Bus
from daemon.errors import EngineError
from daemon.types import Pcm
from daemon.workers.speaking import CACHE_BYTES, SERVICE, Rendered, Service, Speaking
from daemon.workers.worker import Worker
from tests.tiny_piper import make_voice


@asynccontextmanager
async def speaking(models, **section):
    worker = Worker("tts", SERVICE, {"tts": section, "models": str(models)}, bus=Bus())
    task = asyncio.create_task(worker.run())
    try:
        yield Speaking(worker)
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def said(one, text, language="en"):
    return [piece async for piece in one.speak(text, language)]


@pytest.mark.slow
async def test_text_comes_back_as_sound_made_speakable(tmp_path):
    async with speaking(tmp_path, engine="fake") as one:
        pieces = await said(one, "**5** cats 😀")
        assert pieces == await said(one, "five cats")
        assert len(pieces) == 2
        assert pieces[0].rate == 16_000
        assert await said(one, "😀") == []


@pytest.mark.slow
async def test_leaving_early_stops_it_and_the_next_text_is_served(tmp_path):
    async with speaking(tmp_path, engine="fake") as one:
        async with aclosing(one.speak("one two three four five " * 100, "en")) as sound:
            async for _ in sound:
                break
        assert len(await said(one, "still here")) == 2


@pytest.mark.slow
async def test_a_language_without_a_voice_is_an_error_and_not_the_end(tmp_path):
    async with speaking(tmp_path, engine="fake", fake={"languages": ["en"]}) as one:
        voices = await one.voices()
        assert voices["en"].engine == "fake"
        assert voices["ru"].engine is None
        with pytest.raises(EngineError, match="ru"):
            await said(one, "привет", "ru")
        assert await said(one, "hello")


@pytest.mark.slow
async def test_auto_takes_piper_where_there_is_a_voice_and_espeak_elsewhere_and_says_why(tmp_path):
    make_voice(tmp_path / "piper" / "en_US-tiny.onnx")
    async with speaking(tmp_path, engine="auto") as one:
        voices = await one.voices()
        assert {language: voice.engine for language, voice in voices.items()} == {"en": "piper", "ru": "espeak"}
        for language in messages.LANGUAGES:
            for voice in voices.values():
                assert messages.text(voice.why, language, **voice.values)
        assert (await said(one, "hello"))[0].rate == 16_000
        assert (await said(one, "привет", "ru"))[0].rate == 22_050


@pytest.mark.slow
def test_auto_without_any_voice_of_piper_says_how_to_get_one(tmp_path):
    voices = Service({"tts": {"engine": "auto"}, "models": str(tmp_path)}).load()["voices"]
    assert voices["en"]["engine"] == "espeak"
    assert voices["en"]["why"] == "errors.engine.no_piper_voice"


@pytest.mark.slow
def test_a_damaged_voice_is_passed_over_and_named(tmp_path):
    make_voice(tmp_path / "piper" / "en_US-tiny.onnx").write_bytes(b"x")
    voices = Service({"tts": {"engine": "auto"}, "models": str(tmp_path)}).load()["voices"]
    assert voices["en"]["engine"] == "espeak"
    assert "en_US-tiny" in messages.text(voices["en"]["why"], "en", **voices["en"]["values"])


def test_without_any_engine_the_child_refuses(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    for engine in ("auto", "espeak"):
        with pytest.raises(EngineError, match="espeak-ng"):
            Service({"tts": {"engine": engine}, "models": str(tmp_path)}).load()


def test_what_was_said_lately_is_kept_and_what_was_cut_short_is_not():
    kept, made = Rendered(), []

    def fresh(text, size=10):
        for _ in range(3):
            made.append(text)
            yield Pcm(bytes(size), 16_000)

    key = ("en", "ok")
    cut = kept.pieces(key, fresh("ok"))
    next(cut)
    cut.close()
    assert len(list(kept.pieces(key, fresh("ok")))) == 3
    made.clear()
    assert len(list(kept.pieces(key, fresh("ok")))) == 3
    assert made == []
    list(kept.pieces(("en", "long"), fresh("long", 1 << 20)))
    made.clear()
    list(kept.pieces(("en", "long"), fresh("long", 1 << 20)))
    assert len(made) == 3, "too long to keep"
    for number in range(CACHE_BYTES // (3 * 300_000) + 2):
        list(kept.pieces(("en", str(number)), fresh("x", 300_000)))
    made.clear()
    list(kept.pieces(key, fresh("ok")))
    assert made == ["ok"] * 3, "the oldest is forgotten"
