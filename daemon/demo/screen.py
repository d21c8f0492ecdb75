"""What the demo shows while it runs: a live page on a terminal, plain lines elsewhere, JSON lines when asked."""

import json
from collections import deque
from collections.abc import Iterable
from contextlib import AbstractContextManager, nullcontext
from typing import Any, Self

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.markup import escape
from rich.panel import Panel
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from daemon import messages
from daemon.demo.waterfall import Stage, bar
from daemon.events import (
    ArtifactReady,
    Event,
    Failed,
    IntentEnd,
    JobChanged,
    Listening,
    StateChanged,
    SttEnd,
    SttPartial,
    TtsStart,
    WakeScore,
    WakeWord,
)

MQTT_LINES = 14
STYLES = {"idle": "dim", "listening": "bold green", "thinking": "yellow", "speaking": "bold cyan", "error": "bold red"}


class Screen:
    """Follows the events of the assistant and the messages of the broker."""

    def __init__(self, language: str, *, as_json: bool, console: Console | None = None) -> None:
        self.console = console or Console(highlight=False)
        self._language = language
        self._json = as_json
        self._live: Live | None = None
        self._rows: dict[str, RenderableType] = {}
        self._mqtt: deque[str] = deque(maxlen=MQTT_LINES)
        self._said = ""
        self._woken = False

    def __enter__(self) -> Self:
        self._context: AbstractContextManager[Any] = nullcontext()
        if self.console.is_terminal and not self._json:
            self._context = self._live = Live(self, console=self.console, refresh_per_second=12, transient=True)
        self._context.__enter__()
        return self

    def __exit__(self, *error: object) -> None:
        self._context.__exit__(*error)  # type: ignore[arg-type]
        self._live = None

    def __rich__(self) -> RenderableType:
        table = Table.grid(padding=(0, 1))
        table.add_column(style="bold", justify="right", width=14)
        table.add_column()
        for name, value in self._rows.items():
            table.add_row(self._label(name), value)
        said = Text.from_markup(f"“{escape(self._said)}”") if self._said else Text("…")
        return Group(
            Panel(said, title=self._label("person"), border_style="blue"),
            Panel(table, title="Kombain", border_style="green"),
            Panel(
                Group(*(_one_line(line) for line in self._mqtt)),
                title="MQTT",
                border_style="magenta",
            ),
        )

    def line(self, text: str) -> None:
        """Say a line that is neither an event nor a message of the broker."""
        if not self._json:
            self.console.print(text, style="dim", markup=False)

    def person(self, text: str) -> None:
        """Show that the person begins to speak; the page starts anew."""
        self._said = text
        self._woken = False
        self._rows.clear()
        if not self._live and not self._json:
            self.console.print(f"\n[bold blue]{self._label('person')}:[/] “{escape(text)}”")

    def message(self, topic: str, payload: bytes, retained: bool) -> None:  # noqa: FBT001 - as the broker tells it
        """Show an MQTT message as the subscriber got it."""
        del retained  # a live subscriber sees none as retained
        text = payload.decode(errors="replace")
        shown = escape(f"{topic}  {text}".replace("\n", " "))
        self._mqtt.append(shown)
        if not self._live and not self._json:
            self.console.print(f"  [magenta]mqtt[/] {shown}", no_wrap=True, overflow="ellipsis", crop=True)

    def event(self, event: Event) -> None:
        """Show what the assistant does."""
        if self._json:
            if not isinstance(event, WakeScore):
                self.console.file.write(json.dumps(event.json(), ensure_ascii=False) + "\n")
                self.console.file.flush()
            return
        row = self._row(event)
        if row is None:
            return
        name, value = row
        self._rows[name] = value
        if not self._live and not isinstance(event, WakeScore):
            self.console.print(f"  [bold green]{self._label(name):>14}[/]", value)

    def _row(self, event: Event) -> tuple[str, RenderableType] | None:
        match event:
            case StateChanged():
                return "state", Text(self._value("state", event.state), STYLES.get(event.state, ""))
            case WakeScore() if not self._woken:
                return "wake", self._meter(event.score, "")
            case WakeWord():
                self._woken = True
                return "wake", self._meter(event.score, event.word)
            case Listening():
                return "hearing", Text("…", "green")
            case SttPartial():
                return "hearing", Text.assemble((event.text, "green"), (f" {event.guess}", "dim"), " …")
            case SttEnd():
                return "heard", Text(f"{event.text or '–'}  [{event.language}]", "bold")
            case IntentEnd():
                slots = "  ".join(f"{name}={value!r}" for name, value in event.slots.items())
                return "intent", Text(f"{event.intent or '–'}  {slots}", "yellow")
            case JobChanged():
                return "making", self._progress(event)
            case ArtifactReady():
                return "made", Text(event.path, "bold cyan")
            case TtsStart():
                return "reply", Text(event.text, "cyan")
            case Failed():
                return "trouble", Text(event.text, "bold red")
        return None

    def _meter(self, score: float, word: str) -> RenderableType:
        blocks = round(score * 20)
        return Text.assemble(
            ("▮" * blocks, "green" if word else "yellow"), ("▯" * (20 - blocks), "dim"), f" {score:.2f} {word}"
        )

    def _progress(self, event: JobChanged) -> RenderableType:
        grid = Table.grid(padding=(0, 1))
        left = f"{event.remaining:.0f} s" if event.remaining else ""
        grid.add_row(
            self._value("kind", event.kind),
            ProgressBar(1.0, event.progress, width=30) if self._live else f"{event.progress:.0%}",
            self._value("job", event.state),
            left,
        )
        return grid

    def waterfall(self, said: str, stages: list[Stage]) -> None:
        """Show where the time of a turn went."""
        if self._json or not stages:
            return
        total = max(stage.end for stage in stages)
        table = Table(title=f"“{said}”", title_justify="left", box=None, padding=(0, 1))
        table.add_column(self._label("stage"))
        table.add_column("s", justify="right")
        table.add_column("")
        for stage in stages:
            table.add_row(stage.name, f"{stage.end - stage.begin:.2f}", Text(bar(stage, total, 48), "cyan"))
        self.console.print(table)

    def results(self, files: Iterable[str], problems: Iterable[str]) -> None:
        """Show the files made, and what did not happen."""
        if self._json:
            return
        for path in files:
            self.console.print(f"  {path}", style="bold", markup=False, soft_wrap=True)
        troubles = list(problems)
        for problem in troubles:
            self.console.print(f"✗ {problem}", style="bold red", markup=False)
        if not troubles:
            self.console.print(f"✓ {messages.text('demo.success', self._language)}", style="bold green")

    def _label(self, name: str) -> str:
        return messages.text(f"demo.label.{name}", self._language)

    def _value(self, kind: str, name: str) -> str:
        return messages.text(f"demo.{kind}.{name}", self._language)


def _one_line(markup: str) -> Text:
    line = Text.from_markup(markup, overflow="ellipsis")
    line.no_wrap = True
    return line
