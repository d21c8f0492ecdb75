"""Where the time of a turn went: pure, from its events to rows of a chart."""

from collections.abc import Sequence
from dataclasses import dataclass

from daemon import messages
from daemon.events import ArtifactReady, Event, IntentEnd, JobChanged, Listening, SttEnd, TtsEnd, TtsStart, WakeWord


@dataclass(frozen=True, slots=True)
class Stage:
    """A bar of the chart: seconds from the wake word."""

    name: str
    begin: float
    end: float


def stages(events: Sequence[Event], speech_end: float, language: str) -> list[Stage]:
    """Return the stages of one turn, in order. `speech_end`: Unix seconds at which the person fell silent."""
    zero = next((event.at for event in events if isinstance(event, WakeWord | Listening)), None)
    ended = _at(events, SttEnd)
    if zero is None or ended is None:
        return []
    marks: list[tuple[str, float | None, float | None]] = [
        ("speech", zero, max(zero, min(speech_end, ended))),
        ("endpoint", max(zero, min(speech_end, ended)), ended),
        ("understanding", ended, _at(events, IntentEnd)),
        ("first_sound", _at(events, IntentEnd), _at(events, TtsStart)),
        ("reply", _at(events, TtsStart), _at(events, TtsEnd)),
        ("making", _running(events), _at(events, ArtifactReady)),
        ("result", _at(events, TtsStart, 1), _at(events, TtsEnd, 1)),
    ]
    return [
        Stage(messages.text(f"demo.stage.{name}", language), begin - zero, end - zero)
        for name, begin, end in marks
        if begin is not None and end is not None
    ]


def bar(stage: Stage, total: float, width: int) -> str:
    """Return the stage as a bar of at most `width` characters, at its place in time."""
    scale = width / total if total > 0 else 0.0
    begin = int(stage.begin * scale)
    return " " * begin + "█" * max(1, round(stage.end * scale) - begin)


def _at(events: Sequence[Event], kind: type[Event], index: int = 0) -> float | None:
    found = [event.at for event in events if isinstance(event, kind)]
    return found[index] if len(found) > index else None


def _running(events: Sequence[Event]) -> float | None:
    return next((event.at for event in events if isinstance(event, JobChanged) and event.state == "running"), None)
