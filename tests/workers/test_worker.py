"""The real child processes, with every way of misbehaving."""

import asyncio
import os
import signal
from contextlib import asynccontextmanager

import pytest

from daemon.bus import Bus
from daemon.errors import EngineError, WorkerError
from daemon.workers.worker import Worker

pytestmark = pytest.mark.slow


@asynccontextmanager
async def worker(**init):
    one = Worker("echo", "daemon.workers.echo:Service", init, bus=Bus())
    task = asyncio.create_task(one.run())
    try:
        yield one
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def echo(one):
    async with one.call({"op": "echo"}) as call:
        await call.send({"type": "a"}, b"123")
        await call.send({"type": "end"})
        return [(frame.head, frame.body) async for frame in call]


async def test_answers_come_back():
    async with worker() as one:
        assert (await one.ready())["pid"] == one.pid
        assert await echo(one) == [({"type": "a"}, b"123")]


async def test_an_error_travels_with_its_code():
    async with worker() as one:
        with pytest.raises(EngineError) as caught:
            async with one.call({"op": "fail"}) as call:
                [_ async for _ in call]
        assert caught.value.code == "engine.unknown"
        with pytest.raises(EngineError, match="ZeroDivisionError"):
            async with one.call({"op": "bug"}) as call:
                [_ async for _ in call]
        assert await echo(one)


async def test_a_refusal_to_load_is_a_status():
    async with worker(refuse="engine.unknown", values={"kind": "a", "name": "b", "known": "c"}) as one:
        for _ in range(2):
            with pytest.raises(EngineError):
                await one.ready()
        assert one.deaths == 0


@pytest.mark.parametrize("how", ["die", "die_below"])
async def test_a_child_that_dies_at_every_start_keeps_nobody_waiting(monkeypatch, how):
    monkeypatch.setattr("daemon.workers.worker.RESTART_S", (*[0.01] * 99, 30.0))
    async with worker(**{how: True}) as one, asyncio.timeout(20):
        for _ in range(2):
            with pytest.raises(EngineError) as caught:
                await one.ready()
            assert (caught.value.code, caught.value.values["why"]) == ("worker.keeps_dying", "SIGKILL")
        assert one.deaths >= 3
        one._start["init"][how] = False
        await one.recovered()
        assert await echo(one)


async def test_a_renewed_child_serves_with_the_new_init():
    async with worker() as one:
        first = await one.ready()
        async with one.call({"op": "echo"}) as call:
            renewing = asyncio.create_task(one.renew({"name": "second"}))
            await call.send({"type": "a"}, b"123")
            await call.send({"type": "end"})
            assert [frame.body async for frame in call] == [b"123"], "what is under way comes to its end"
        assert (await renewing)["pid"] == one.pid != first["pid"]
        assert one.deaths == 0
        assert await echo(one)


async def test_a_renewal_while_it_loads_replaces_it():
    async with worker(die=True) as one:
        assert (await one.renew({}))["pid"] == one.pid
        assert await echo(one)


async def test_a_refusal_is_mended_by_a_renewal_and_comes_with_one():
    async with worker(refuse="engine.unknown", values={"kind": "a", "name": "b", "known": "c"}) as one:
        with pytest.raises(EngineError):
            await one.ready()
        await one.renew({})
        assert await echo(one)
        with pytest.raises(EngineError):
            await one.renew({"refuse": "engine.unknown", "values": {"kind": "a", "name": "b", "known": "c"}})
        assert one.deaths == 0


async def test_what_could_not_load_is_tried_anew_after_it_was_discarded():
    async with worker(refuse="engine.out_of_memory", values={"device": "cuda"}) as one, asyncio.timeout(20):
        for _ in range(2):
            with pytest.raises(EngineError):
                await echo(one)
            one.discard()
        with pytest.raises(EngineError):
            await one.ready()
        del one._start["init"]["refuse"]
        one.discard()
        assert await echo(one)
        assert one.deaths == 0


async def test_a_dead_child_fails_its_calls_and_is_replaced():
    async with worker() as one:
        first = (await one.ready())["pid"]
        with pytest.raises(WorkerError) as caught:
            async with one.call({"op": "die"}) as call:
                [_ async for _ in call]
        assert caught.value.code == "worker.died"
        assert "SIGKILL" in str(caught.value)
        async with asyncio.timeout(5):
            assert await echo(one)
        assert one.pid != first


async def test_a_frozen_child_is_found_and_replaced(monkeypatch):
    monkeypatch.setattr("daemon.workers.process.PING_S", 0.1)
    monkeypatch.setattr("daemon.workers.process.SILENT_S", 0.5)
    async with worker() as one:
        await one.ready()
        os.kill(one.pid, signal.SIGSTOP)
        with pytest.raises(WorkerError):
            await echo(one)
        async with asyncio.timeout(5):
            assert await echo(one)


async def test_a_slow_caller_is_not_a_frozen_child(monkeypatch):
    monkeypatch.setattr("daemon.workers.process.PING_S", 0.05)
    async with worker() as one, one.call({"op": "flood", "n": 2000}) as call:
        monkeypatch.setattr("daemon.workers.process.SILENT_S", 0.3)
        frames = 0
        async for _ in call:
            frames += 1
            if frames == 10:
                await asyncio.sleep(1)  # the slowness is what is tested
        assert frames == 2000
        assert one.deaths == 0


async def test_leaving_a_call_cancels_it_and_keeps_the_child():
    async with worker() as one:
        first = (await one.ready())["pid"]
        async with one.call({"op": "until_cancelled"}) as call:
            async for frame in call:
                assert frame.head == {"type": "begun"}
                break
        assert await echo(one)
        assert one.pid == first


async def test_a_call_that_ignores_its_end_is_killed(monkeypatch):
    monkeypatch.setattr("daemon.workers.worker.GRACE_S", 0.2)
    async with worker() as one:
        first = (await one.ready())["pid"]
        async with one.call({"op": "deaf"}) as call:
            async for _ in call:
                break
        async with asyncio.timeout(5):
            assert await echo(one)
        assert one.pid != first


async def test_nothing_outlives_the_worker():
    async with worker() as one:
        pid = (await one.ready())["pid"]
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
