"""From what was measured to the rows of the table: ours, the bare models', and the bar between them."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Any

import numpy as np
from rich.table import Table

from benchmarks.house import STEP_S, Turn

REPLY_MS, READY_S, RATIO = 150, 3.0, 1.25
PARTS = {"ears": ("voiced", "score"), "stt": ("encode", "detect", "generate"), "main": ("recognize",), "tts": ("say",)}
"""Which process of ours makes which calls to models."""


@dataclass(slots=True)
class Round:
    """What one round found, of both sides."""

    turns: list[Turn]
    ready_s: float
    ready_cpu: float
    turn_cpu: dict[str, float]
    """Processor seconds of each process over all turns."""
    pss: dict[str, float]
    dropped: int
    idle: dict[str, dict[str, float]] = field(default_factory=dict)
    """By what was heard: processor seconds an hour of each process."""
    bare: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Row:
    """One line: values are single figures or the 50th and 95th percentile."""

    name: str
    unit: str
    ours: tuple[float, ...]
    bare: tuple[float, ...] = ()
    bar: str = ""
    met: bool | None = None


def rows(rounds: Sequence[Round]) -> list[Row]:
    """Return the whole table."""
    return [*_latencies(rounds), *_work(rounds), *_idle(rounds), *_memory(rounds), *_start(rounds), *_losses(rounds)]


def _latencies(rounds: Sequence[Round]) -> list[Row]:
    pairs = [(turn, hit, end) for one in rounds for turn, hit, end in _matched(one)]
    fresh = {id(turn) for one in rounds for turn in _fresh(one.turns)}

    def ours(since: Callable[[Turn], float | None], until: Callable[[Turn], float | None]) -> Callable[[Turn], Any]:
        return lambda turn: None if until(turn) is None else (until(turn) or 0.0) - (since(turn) or 0.0)

    def row(
        name: str, of: Callable[[Turn], Any], bare: Iterable[float], keep: Callable[[Turn], bool], bar: float = 0
    ) -> Row:
        found = _percentiles([of(turn) for turn, *_ in pairs if keep(turn) and of(turn) is not None])
        kind = (f"≤ {bar:g}", found[1] <= bar) if bar else ("", None)
        return Row(name, "ms", found, _percentiles(list(bare)), *kind)

    def every(_turn: Turn) -> bool:
        return True

    replied = ours(lambda turn: turn.endpoint, lambda turn: turn.replied)
    return [
        row(
            "end of wake phrase → wake event",
            ours(lambda turn: turn.phrase_end, lambda turn: turn.woke),
            (hit["frame"] * STEP_S - turn.phrase_frame * STEP_S + hit["seconds"] for turn, hit, _ in pairs if hit),
            every,
        ),
        row(
            "end of speech → final transcript",
            ours(lambda turn: turn.speech_end, lambda turn: turn.heard),
            ((end["frame"] - turn.speech_frame) * STEP_S + end["final"] for turn, _, end in pairs if end),
            every,
        ),
        row(
            "endpoint decision → final transcript",
            ours(lambda turn: turn.endpoint, lambda turn: turn.heard),
            (end["final"] for _, _, end in pairs if end),
            every,
        ),
        row(
            "endpoint decision → first sample, new reply",
            replied,
            (end["final"] + end["recognize"] + end["first"] for _, _, end in pairs if end and end["fresh"]),
            lambda turn: id(turn) in fresh,
            REPLY_MS,
        ),
        row(
            "endpoint decision → first sample, kept reply",
            replied,
            (end["final"] + end["recognize"] for _, _, end in pairs if end and not end["fresh"]),
            lambda turn: id(turn) not in fresh,
            REPLY_MS,
        ),
    ]


def _matched(one: Round) -> Iterable[tuple[Turn, dict[str, Any] | None, dict[str, Any] | None]]:
    """Yield each turn with the bare models' hit and end of the same speech."""
    for turn in one.turns:
        hit = _first(one.bare["hits"], turn.phrase_frame - 5)
        yield turn, hit, _first(one.bare["turns"], turn.speech_frame)


def _first(events: Iterable[dict[str, Any]], since: float) -> dict[str, Any] | None:
    return next((event for event in events if since < event["frame"] < since + 25), None)


def _fresh(turns: Iterable[Turn]) -> Iterable[Turn]:
    """Yield the turns whose reply had not been said before."""
    said = set()
    for turn in turns:
        if turn.reply and turn.reply not in said:
            said.add(turn.reply)
            yield turn


def _work(rounds: Sequence[Round]) -> list[Row]:
    count = len(rounds[0].turns)
    ours = {name: _median(one.turn_cpu[name] for one in rounds) / count for name in rounds[0].turn_cpu}
    calls = [
        {name: sum(one.bare["cpu"].get(call, 0) for call in kinds) for name, kinds in PARTS.items()} for one in rounds
    ]
    bare = {name: _median(one[name] for one in calls) / count for name in PARTS}
    whole, models = sum(ours.values()), sum(bare.values())
    parts = [Row(f"  {name}", "CPU-ms", (1000 * ours[name],), (1000 * bare.get(name, 0),)) for name in ours]
    ratio = whole / models
    return [
        Row("a spoken turn", "CPU-ms", (1000 * whole,), (1000 * models,), f"≤ {RATIO:g} ×", ratio <= RATIO),
        *parts,
    ]


def _idle(rounds: Sequence[Round]) -> list[Row]:
    found = []
    for sound in rounds[0].idle:
        each = {name: _median(one.idle[sound][name] for one in rounds) for name in rounds[0].idle[sound]}
        bare = _median(one.bare["idle"][sound.replace(" ", "-")] for one in rounds)
        found.append(Row(f"idle, {sound}", "CPU-s/h", (sum(each.values()),), (bare,)))
        found += [Row(f"  {name}", "CPU-s/h", (value,)) for name, value in each.items()]
    return found


def _memory(rounds: Sequence[Round]) -> list[Row]:
    each = {name: _median(one.pss[name] for one in rounds) for name in rounds[0].pss}
    bare = _median(one.bare["pss"] for one in rounds)
    return [
        Row("memory, all processes", "MB PSS", (sum(each.values()),), (bare,)),
        *(Row(f"  {name}", "MB PSS", (value,)) for name, value in each.items()),
    ]


def _start(rounds: Sequence[Round]) -> list[Row]:
    ready = _median(one.ready_s for one in rounds)
    return [
        Row(
            "start → READY",
            "s",
            (ready,),
            (_median(one.bare["ready_s"] for one in rounds),),
            f"≤ {READY_S:g}",
            ready <= READY_S,
        ),
        Row(
            "  its processor time",
            "CPU-s",
            (_median(one.ready_cpu for one in rounds),),
            (_median(one.bare["ready_cpu"] for one in rounds),),
        ),
    ]


def _losses(rounds: Sequence[Round]) -> list[Row]:
    dropped = sum(one.dropped for one in rounds)
    wrong = sum(turn.text != turn.request.text for one in rounds for turn in one.turns)
    texts = [(turn, end["text"] if end else "") for one in rounds for turn, _, end in _matched(one)]
    worse = sum(text != turn.request.text for turn, text in texts)
    return [
        Row("audio frames dropped", "", (dropped,), (), "0", dropped == 0),
        Row(f"of {len(texts)} requests heard wrong or not at all", "", (wrong,), (worse,)),
    ]


def _percentiles(seconds: Sequence[float]) -> tuple[float, float]:
    if not seconds:
        return float("nan"), float("nan")
    middle, high = np.percentile(seconds, (50, 95))
    return float(middle) * 1000, float(high) * 1000


def _median(values: Iterable[float]) -> float:
    return float(median(values))


def table(found: Sequence[Row], title: str) -> Table:
    """Return the rows as a table for the terminal."""
    shown = Table("", "unit", title=title)
    for name in ("ours", "bare models", "ours − bare", "ratio", "bar", "met"):
        shown.add_column(name, justify="right")
    for row in found:
        ratio = f"{row.ours[0] / row.bare[0]:.2f}" if row.bare and row.bare[0] > 0 and row.unit != "ms" else ""
        more = f"{row.ours[0] - row.bare[0]:+.0f}" if row.bare and row.unit == "ms" else ""
        met = {True: "yes", False: "NO", None: ""}[row.met]
        shown.add_row(row.name, row.unit, _shown(row.ours), _shown(row.bare), more, ratio, row.bar, met)
    return shown


def _shown(values: tuple[float, ...]) -> str:
    return " / ".join(f"{value:.0f}" if value >= 100 or value == int(value) else f"{value:.3g}" for value in values)  # noqa: PLR2004
