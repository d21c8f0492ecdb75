"""The real speaker child, through real PortAudio into a virtual sound card, and what comes out there."""

import asyncio
import contextlib
import time
import wave

import numpy as np
import pytest

from daemon.audio.earcons import earcon
from daemon.bus import Bus
from daemon.errors import EngineError
from daemon.events import PartChanged
from daemon.types import Pcm
from daemon.workers.mouth import SERVICE, Mouth
from daemon.workers.worker import Worker
from tests.sound import SPEAKER_RATE, sound_card

pytestmark = pytest.mark.slow


@pytest.fixture
def card():
    with sound_card() as one:
        yield one


@contextlib.asynccontextmanager
async def mouth(**section):
    bus = Bus()
    worker = Worker("mouth", SERVICE, {"speaker": section}, bus=bus)
    with bus.subscribe(PartChanged) as parts:
        task = asyncio.create_task(worker.run())
        try:
            yield Mouth(worker, bus), parts
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)


def chirp(seconds, rate=SPEAKER_RATE):
    """A sound that is nowhere like itself a moment before: what is lost or doubled shows."""
    time_ = np.arange(int(seconds * rate)) / rate
    return (np.sin(2 * np.pi * (300 + 400 * time_) * time_) * 9000).astype("<i2")


async def stream(samples, rate=SPEAKER_RATE, piece=0.1):
    size = int(rate * piece)
    for start in range(0, len(samples), size):
        yield Pcm(samples[start : start + size].tobytes(), rate)


async def healths(parts):
    """What the part `speaker` was, one after another."""
    found = []
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(0.05):
            async for event in parts:
                if event.part == "speaker":
                    found += [(str(event.health), event.why)]
    return found


def likeness(heard, played):
    """Return the highest correlation of `played` within `heard`, 1 for the same sound."""
    heard, played = heard.astype(float), played.astype(float)
    size = 1 << (len(heard) + len(played)).bit_length()
    cross = np.fft.irfft(np.fft.rfft(heard, size) * np.conj(np.fft.rfft(played, size)), size)
    return cross.max() / np.sqrt((heard**2).sum() * (played**2).sum())


async def test_a_reply_comes_out_intact(card):
    samples, started, heard = chirp(1.5), [], []
    async with mouth() as (one, parts):
        assert await one.ready() == "default"
        with card.record() as recording:
            before = time.monotonic()
            played = await one.play(
                stream(samples), on_started=lambda: started.append(time.monotonic()), on_played=heard.append
            )
            after = time.monotonic()
            recording.wait_for(len(recording.samples) / SPEAKER_RATE + 0.3)
        assert played.error is None
        assert played.seconds == pytest.approx(1.5, abs=0.01)
        out = recording.sound(0)
        assert len(out) == pytest.approx(len(samples), abs=20)
        assert likeness(out, samples) > 0.999
        assert len(started) == 1
        assert before < started[0] < after
        times = [frame.t for frame in heard]
        assert times == sorted(times)
        assert before < times[0] < times[-1] < after
        told = np.frombuffer(b"".join(frame.pcm for frame in heard), "<i2")
        assert len(told) / 16_000 == pytest.approx(1.5, abs=0.05)
        assert likeness(told, samples[::3]) > 0.95
        assert await healths(parts) == [("ok", "")]


async def test_a_voice_of_another_rate_is_resampled_and_the_volume_applied(card):
    async with mouth() as (one, _):
        with card.record() as recording:
            await one.play(stream(chirp(1, 22_050), 22_050), volume=50)
            recording.wait_for(len(recording.samples) / SPEAKER_RATE + 0.3)
    out = recording.sound(5)
    assert len(out) == pytest.approx(SPEAKER_RATE, rel=0.01)
    assert likeness(out, chirp(1)) > 0.99
    assert np.abs(out).max() == pytest.approx(9000 / 4, rel=0.05)


async def test_a_slow_voice_makes_pauses_and_loses_nothing(card):
    samples = chirp(0.4)

    async def slow():
        async for piece in stream(samples):
            yield piece
            await asyncio.sleep(0.2)  # the voice thinks for longer than the sound lasts

    async with mouth() as (one, _):
        with card.record() as recording:
            await one.play(slow())
            recording.wait_for(len(recording.samples) / SPEAKER_RATE + 0.3)
    out = recording.samples
    loud = out[np.abs(out.astype(int)) > 0]
    assert len(loud) == pytest.approx(np.count_nonzero(samples), rel=0.01)


async def test_stopping_is_silence_within_300_ms(card):
    silent_after = []
    async with mouth() as (one, _):
        for _ in range(3):
            with card.record() as recording:
                begun = asyncio.Event()
                task = asyncio.create_task(one.play(stream(chirp(10)), on_started=begun.set))
                await begun.wait()
                await asyncio.to_thread(recording.wait_for, len(recording.samples) / SPEAKER_RATE + 0.4)
                asked = len(recording.samples)
                task.cancel()
                with pytest.raises(asyncio.CancelledError):
                    await task
                recording.wait_for(asked / SPEAKER_RATE + 0.6)
            loud = np.flatnonzero(np.abs(recording.samples.astype(int)) > 30)
            silent_after.append((loud[-1] - asked) / SPEAKER_RATE)
        assert max(silent_after) < 0.3, silent_after
        print(f"silent after {[round(seconds * 1000) for seconds in silent_after]} ms")  # noqa: T201
        assert (await one.play(stream(chirp(0.2)))).error is None, "the next reply plays"


async def test_losing_the_sound_server_ends_the_reply_and_the_next_one_finds_it_again(card):
    async with mouth() as (one, parts):
        await one.ready()
        begun = asyncio.Event()
        task = asyncio.create_task(one.play(stream(chirp(20)), on_started=begun.set))
        await begun.wait()
        card.stop()
        async with asyncio.timeout(10):
            played = await task
            assert played.error.code == "speaker.lost"
            again = await one.play(stream(chirp(0.3)))
            assert again.error.code == "speaker.no_device"
        card.start()
        with card.record() as recording:
            assert (await one.play(stream(chirp(0.5)))).error is None
            recording.wait_for(len(recording.samples) / SPEAKER_RATE + 0.3)
        assert likeness(recording.sound(0), chirp(0.5)) > 0.99
        told = await healths(parts)
        assert [health for health, _ in told] == ["ok", "degraded", "degraded", "ok"]
        assert "went away" in told[1][1]


async def test_a_sound_server_restarted_between_two_replies_costs_none(card):
    async with mouth() as (one, parts):
        assert (await one.play(stream(chirp(0.2)))).error is None
        card.stop()
        card.start()
        with card.record() as recording:
            assert (await one.play(stream(chirp(0.5)))).error is None
            recording.wait_for(len(recording.samples) / SPEAKER_RATE + 0.3)
        assert likeness(recording.sound(0), chirp(0.5)) > 0.99
        assert [health for health, _ in await healths(parts)] == ["ok"]


async def test_a_sound_card_that_hangs_ends_the_reply_and_the_next_one_plays(card):
    async with mouth() as (one, _):
        begun = asyncio.Event()
        task = asyncio.create_task(one.play(stream(chirp(20)), on_started=begun.set))
        await begun.wait()
        card.freeze()
        async with asyncio.timeout(10):
            assert (await task).error.code == "speaker.lost"
        card.thaw()
        async with asyncio.timeout(15):
            assert (await one.play(stream(chirp(0.3)))).error is None


async def test_without_a_sound_card_the_reply_still_becomes_a_file(card, tmp_path):
    card.stop()
    path = tmp_path / "reply.wav"
    async with mouth(output="both") as (one, parts):
        assert await one.ready() is None
        started = []
        played = await one.play(stream(chirp(0.5)), path=path, on_started=lambda: started.append(True))
        assert played.error.code == "speaker.no_device"
        assert started == [True]
        await one.earcon("wake")
        [(health, why)] = await healths(parts)
        assert health == "degraded"
        assert "no sound card" in why
    with wave.open(str(path)) as file:
        assert file.readframes(file.getnframes()) == chirp(0.5).tobytes()


async def test_a_file_alone_needs_no_card_and_no_time(tmp_path):
    path = tmp_path / "reply.wav"
    async with mouth(output="file") as (one, parts):
        await one.ready()
        begun = time.monotonic()
        played = await one.play(stream(chirp(8)), path=path)
        assert time.monotonic() - begun < 4
        assert played.error is None
        assert await healths(parts) == [("ok", "")]
    with wave.open(str(path)) as file:
        assert file.getnframes() == 8 * SPEAKER_RATE


async def test_a_reply_cut_short_leaves_a_valid_file(card, tmp_path):
    path = tmp_path / "reply.wav"
    async with mouth(output="both") as (one, _):
        begun = asyncio.Event()
        task = asyncio.create_task(one.play(stream(chirp(5)), path=path, on_started=begun.set))
        await begun.wait()
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await one.earcon("done")  # calls are served one by one: the play before it is over
    with wave.open(str(path)) as file:
        assert 0 < file.getnframes() <= 5 * SPEAKER_RATE
    assert list(tmp_path.iterdir()) == [path]


async def test_a_file_that_can_not_be_written_does_not_silence_the_reply(card, tmp_path):
    (tmp_path / "file").touch()
    async with mouth(output="both") as (one, _):
        with card.record() as recording:
            played = await one.play(stream(chirp(0.5)), path=tmp_path / "file" / "reply.wav")
            recording.wait_for(len(recording.samples) / SPEAKER_RATE + 0.3)
    assert played.error.code == "speaker.unwritable"
    assert len(recording.sound(0)) == pytest.approx(0.5 * SPEAKER_RATE, rel=0.01)


async def test_earcons_come_out(card):
    async with mouth() as (one, _):
        with card.record() as recording:
            await one.earcon("wake", 100)
            recording.wait_for(len(recording.samples) / SPEAKER_RATE + 0.3)
    assert likeness(recording.sound(0), np.frombuffer(earcon("wake").pcm, "<i2")) > 0.99


async def test_a_voice_that_fails_is_raised_after_what_it_said(card):
    async def failing():
        async for piece in stream(chirp(0.3)):
            yield piece
        raise EngineError("engine.no_espeak")

    async with mouth() as (one, _):
        with card.record() as recording:
            with pytest.raises(EngineError, match="espeak"):
                await one.play(failing())
            recording.wait_for(len(recording.samples) / SPEAKER_RATE + 0.3)
    assert len(recording.sound(0)) == pytest.approx(0.3 * SPEAKER_RATE, rel=0.05)


async def test_nothing_to_say_ends_at_once(card):
    async with mouth() as (one, _):
        played = await one.play(stream(chirp(0)))
        assert (played.seconds, played.error) == (0, None)
