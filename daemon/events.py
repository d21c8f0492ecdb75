"""The closed union of events and their JSON form. They only report: without subscribers the assistant still works."""

from dataclasses import asdict, dataclass, field
from typing import Any, ClassVar, Literal

from daemon.errors import KombainError
from daemon.types import Health

State = Literal["idle", "listening", "thinking", "speaking", "muted", "error"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """`turn` is the id of the turn it belongs to ("" outside of any), `at` Unix seconds.

    `position` is seconds of audio since the source's stream began, where the event has a place in the audio.
    """

    type: ClassVar[str] = ""
    turn: str = ""
    at: float
    position: float | None = None

    def json(self) -> dict[str, Any]:
        """Return the event as on MQTT, on the control socket and in `--json`."""
        body = {key: value for key, value in asdict(self).items() if value is not None}
        when: dict[str, Any] = {key: body.pop(key) for key in ("turn", "position", "at") if key in body}
        return {"event_type": self.type, **body, **when}  # what a reader looks for comes first


@dataclass(frozen=True, slots=True, kw_only=True)
class WakeWord(Event):
    """A wake word was heard; `score` is 0 to 1."""

    type: ClassVar[str] = "wake_word"
    word: str
    score: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Listening(Event):
    """Speech is being taken down; `trigger` says why."""

    type: ClassVar[str] = "listening"
    trigger: Literal["wake_word", "push_to_talk", "question"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SttPartial(Event):
    """What the speaker has said so far: words agreed on in two decodings, and the rest as a guess."""

    type: ClassVar[str] = "stt_partial"
    text: str
    guess: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SttEnd(Event):
    """The final transcript; empty `text` when nothing was said. `reason` is why listening ended."""

    type: ClassVar[str] = "stt_end"
    text: str
    language: str
    score: float = 1.0
    reason: Literal["silence", "limit", "nothing", "released", "source_end"] = "silence"


@dataclass(frozen=True, slots=True, kw_only=True)
class IntentEnd(Event):
    """What was understood; `intent` is None when it is nothing we do. `plan` is a list of actions."""

    type: ClassVar[str] = "intent_end"
    intent: str | None
    slots: dict[str, Any] = field(default_factory=dict)
    language: str
    plan: list[dict[str, Any]] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class TtsStart(Event):
    """The first sample of a reply is on its way to the speaker."""

    type: ClassVar[str] = "tts_start"
    text: str
    language: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TtsEnd(Event):
    """A reply was spoken to its end, or was `stopped`. `path` is set when it went to a file."""

    type: ClassVar[str] = "tts_end"
    text: str
    stopped: bool = False
    path: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnEnd(Event):
    """A turn is over: nothing more is said in it, until one of its jobs is done. Never on MQTT."""

    type: ClassVar[str] = "turn_end"


@dataclass(frozen=True, slots=True, kw_only=True)
class JobChanged(Event):
    """A job moved on: `state` and `progress` (0 to 1); `remaining` is seconds, an honest guess.

    `parent` is the job that makes the picture which this one begins with.
    """

    type: ClassVar[str] = "job_changed"
    job: str
    kind: str
    state: str
    progress: float = 0.0
    remaining: float | None = None
    prompt: str = ""
    error: str | None = None
    parent: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ArtifactReady(Event):
    """A picture or clip is finished and lies at `path`."""

    type: ClassVar[str] = "artifact_ready"
    artifact: str
    job: str
    kind: str
    path: str
    mime: str
    meta: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class GalleryChanged(Event):
    """Pictures or clips were `removed` (ids); `last` is now the newest, on MQTT the retained topic `artifact`."""

    type: ClassVar[str] = "gallery_changed"
    removed: list[str] = field(default_factory=list)
    last: ArtifactReady | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed(Event):
    """Something went wrong: the error's stable code, its sentence, and the part it happened in."""

    type: ClassVar[str] = "error"
    code: str
    text: str
    part: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StateChanged(Event):
    """The session's state; on MQTT the retained topic `state`, not an `event`."""

    type: ClassVar[str] = "state"
    state: State


@dataclass(frozen=True, slots=True, kw_only=True)
class MuteChanged(Event):
    """The microphone was closed or opened; on MQTT the retained topic `mute`."""

    type: ClassVar[str] = "mute"
    on: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class VolumeChanged(Event):
    """The volume of replies, 0 to 100; on MQTT the retained topic `volume`."""

    type: ClassVar[str] = "volume"
    level: int


@dataclass(frozen=True, slots=True, kw_only=True)
class WakeScore(Event):
    """The wake word's score rose or fell noticeably below the threshold: for meters, never on MQTT."""

    type: ClassVar[str] = "wake_score"
    word: str
    score: float


@dataclass(frozen=True, slots=True, kw_only=True)
class PartChanged(Event):
    """A child process or connection became ok, degraded or down; `why` is a sentence, of the error with that code."""

    type: ClassVar[str] = "part"
    part: str
    health: str
    why: str = ""
    code: str = ""
    values: dict[str, Any] = field(default_factory=dict)

    def sentence(self, language: str) -> str:
        """Return `why` in `language`, where there is an error behind it."""
        return KombainError(self.code, **self.values).text(language) if self.code else self.why


def part_changed(part: str, health: Health, error: KombainError | None, *, at: float) -> PartChanged:
    """Return the event of a part that is well, or not well because of `error`."""
    if error is None:
        return PartChanged(part=part, health=health, at=at)
    return PartChanged(part=part, health=health, why=str(error), code=error.code, values=error.plain, at=at)
