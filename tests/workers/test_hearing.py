"""Both ends of the speech-to-text worker over a real child process."""

import asyncio
from contextlib import asynccontextmanager

import numpy as np
import pytest

from daemon.bus import Bus
from daemon.errors import EngineError
from daemon.types import RATE
from daemon.workers.child import Call
from daemon.workers.hearing import SERVICE, Hearing, Service
from daemon.workers.wire import Frame
from daemon.workers.worker import Worker

TEXTS = ["draw a picture of a red fox in the snow", "stop"]


@asynccontextmanager
async def hearing(tmp_path, section):
    worker = Worker("stt", SERVICE, {"stt": section, "models": str(tmp_path)}, bus=Bus())
    task = asyncio.create_task(worker.run())
    try:
        yield Hearing(worker)
    finally:
        task.cancel()
        await asyncio.wait([task])


def fake(**options) -> dict:
    return {"engine": "fake", "fake": {"texts": TEXTS, **options}}


def voice(seconds: float) -> bytes:
    return np.random.default_rng(0).normal(0, 3000, round(seconds * RATE)).astype("<i2").tobytes()


@pytest.mark.slow
async def test_an_utterance_goes_through_the_child_and_comes_back_as_text(tmp_path):
    async with hearing(tmp_path, fake()) as ears:
        told = await ears.ready()
        assert (told.choice.engine, told.choice.why, told.languages) == ("fake", "stt.named", ("en", "ru"))
        assert not told.stand_in
        partials = asyncio.Queue()
        async with ears.session("turn-1", "en", 0.0, partials.put_nowait) as session:
            for _ in range(4):
                await session.feed(voice(0.56))
                partial = await partials.get()
            await session.pause()
            final = await session.finish()
        assert (partial.turn, partial.final) == ("turn-1", False)
        assert (partial.text, partial.guess) == ("draw a picture", "of")
        assert (final.turn, final.text, final.language, final.final) == ("turn-1", TEXTS[0], "en", True)
        async with ears.session("turn-2") as session:
            await session.feed(voice(0.5))
            assert (await session.finish()).text == "stop"


@pytest.mark.slow
async def test_a_session_left_early_gives_way_to_the_next_one(tmp_path):
    async with hearing(tmp_path, fake()) as ears:
        partials = asyncio.Queue()
        async with ears.session("turn-1", on_partial=partials.put_nowait) as session:
            await session.feed(voice(1))
            await partials.get()
        async with asyncio.timeout(5):
            async with ears.session("turn-2") as session:
                await session.feed(voice(1))
                assert (await session.finish()).text == "stop"


@pytest.mark.slow
async def test_what_the_engine_refuses_is_raised_here(tmp_path):
    async with hearing(tmp_path, fake(languages=["en"])) as ears:
        with pytest.raises(EngineError) as caught:
            async with ears.session("turn-1", "ru") as session:
                await session.finish()
        assert caught.value.code == "stt.language"


@pytest.mark.slow
async def test_a_model_that_is_not_here_is_a_status_in_a_sentence(tmp_path):
    section = {"engine": "faster_whisper", "faster_whisper": {"model": str(tmp_path / "nothing")}}
    async with hearing(tmp_path, section) as ears:
        with pytest.raises(EngineError) as caught:
            await ears.ready()
        assert caught.value.code == "stt.no_model"


class Tape(Call):
    """A call whose frames are all there already, and whose answers are kept."""

    def __init__(self, *frames: Frame) -> None:
        super().__init__(None, 1, {"op": "transcribe", "turn": "t", "language": None, "lead": 0.0})
        self.answers: list[dict] = []
        for frame in frames:
            self.put(frame)

    def send(self, head, body=b""):
        self.answers.append(head)


def test_audio_that_has_piled_up_is_decoded_once_and_nothing_behind_it_is_lost(tmp_path):
    service = Service({"stt": fake(), "models": str(tmp_path)})
    service.load()
    audio = [Frame({"type": "audio"}, voice(0.08)) for _ in range(50)]
    tape = Tape(*audio, Frame({"type": "pause"}), *audio[:5], Frame({"type": "finish"}))
    service.run(tape)
    kinds = [answer["type"] for answer in tape.answers]
    assert kinds == ["partial", "final"]
    assert tape.answers[0]["guess"] == " ".join(TEXTS[0].split()[:8])
    assert tape.answers[-1]["text"] == TEXTS[0]


@pytest.mark.slow
async def test_what_was_said_can_be_had_in_english(tmp_path):
    async with hearing(tmp_path, fake(texts=["рисуй лису", "стоп"], translations=["draw a fox", "stop"])) as ears:
        async with ears.session("turn-1", "ru", keep=True) as session:
            await session.feed(voice(0.5))
            assert (await session.finish()).text == "рисуй лису"
            assert await session.translation() == "draw a fox"
        async with asyncio.timeout(5):
            async with ears.session("turn-2", "ru", keep=True) as session:
                await session.feed(voice(0.5))
                assert (await session.finish()).text == "стоп"
            async with ears.session("turn-3", "ru") as session:
                await session.feed(voice(0.5))
                assert (await session.finish()).text == "рисуй лису"


@pytest.mark.slow
async def test_a_model_that_can_not_translate_says_so(tmp_path):
    async with hearing(tmp_path, fake()) as ears, ears.session("turn-1", keep=True) as session:
        await session.feed(voice(0.5))
        await session.finish()
        assert await session.translation() is None
