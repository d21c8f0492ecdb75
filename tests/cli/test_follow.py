"""How the command line follows a turn: it ends when nothing more will come, and not before a reason was told."""

from collections.abc import Iterator
from typing import Any

import pytest
import typer

from daemon.cli.follow import follow


class Remote:
    """An assistant that tells what a test has written down, and would then be silent for ever."""

    def __init__(self, *events: dict[str, Any]) -> None:
        self._events = events

    def events(self) -> Iterator[dict[str, Any]]:
        yield from self._events
        raise AssertionError("it waits for what never comes")


END = {"event_type": "turn_end", "turn": "t"}


def said(text: str) -> dict[str, Any]:
    return {"event_type": "tts_start", "turn": "t", "text": text}


def job(name: str, state: str, kind: str = "picture") -> dict[str, Any]:
    return {"event_type": "job_changed", "turn": "t", "job": name, "kind": kind, "state": state, "progress": 0.5}


def made(name: str) -> dict[str, Any]:
    return {"event_type": "artifact_ready", "turn": "t", "artifact": name}


def test_what_was_made_is_returned_at_once() -> None:
    told = (job("1", "queued"), said("I draw."), END, job("1", "done"), {**END, "turn": "another"}, made("1"))
    assert follow(Remote(*told), "t") == [made("1")]


@pytest.mark.parametrize("late", [False, True])
def test_of_a_failure_the_reason_is_told(late: bool, capsys: pytest.CaptureFixture[str]) -> None:
    first = (job("1", "queued"), said("I draw."))
    failed = (END, job("1", "failed")) if late else (job("1", "failed"), END)
    with pytest.raises(typer.Exit):
        follow(Remote(*first, *failed, said("It failed, for want of memory."), END), "t")
    assert capsys.readouterr().out.splitlines() == ["I draw.", "It failed, for want of memory."]


def test_of_several_the_one_that_failed_is_told_too(capsys: pytest.CaptureFixture[str]) -> None:
    queued = (job("1", "queued"), job("2", "queued"), END)
    told = (*queued, job("1", "done"), made("1"), END, job("2", "failed"))
    assert follow(Remote(*told, said("It failed."), END), "t") == [made("1")]
    assert capsys.readouterr().out == "It failed.\n"


def test_a_clip_and_the_picture_before_it_fail_with_one_reason(capsys: pytest.CaptureFixture[str]) -> None:
    queued = (job("1", "queued"), job("2", "queued", "clip"), END)
    told = (*queued, job("1", "failed"), job("2", "failed", "clip"), said("The clip failed."), END)
    with pytest.raises(typer.Exit):
        follow(Remote(*told), "t")
    assert "The clip failed." in capsys.readouterr().out


def test_what_was_cancelled_has_no_announcement() -> None:
    with pytest.raises(typer.Exit):
        follow(Remote(job("1", "running"), END, job("1", "cancelled")), "t")


def test_a_question_ends_with_its_turn() -> None:
    assert follow(Remote(said("It is noon."), END), "t") == []
