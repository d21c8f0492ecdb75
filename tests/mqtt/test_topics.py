import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daemon import commands, events
from daemon.commands import Command, Name
from daemon.errors import BrokerError, CommandError
from daemon.mqtt import topics

BASE = "kombain/hall"
SECRET = "лиса"
TELLING = [
    events.WakeWord(word="hey_jarvis", score=0.9, turn="t", at=1),
    events.Listening(trigger="wake_word", turn="t", at=1),
    events.SttPartial(text=SECRET, guess=SECRET, turn="t", at=1),
    events.SttEnd(text=SECRET, language="ru", turn="t", at=1),
    events.IntentEnd(
        intent="draw", slots={"prompt": SECRET}, language="ru", plan=[{"action": "generate", "prompt": SECRET}], at=1
    ),
    events.TtsStart(text=SECRET, language="ru", turn="t", at=1),
    events.TtsEnd(text=SECRET, turn="t", at=1),
    events.JobChanged(job="j", kind="picture", state="running", progress=0.5, prompt=SECRET, at=1),
    events.ArtifactReady(
        artifact="a", job="j", kind="picture", path="/x/a.png", mime="image/png", at=1,
        meta={"prompt": SECRET, "seed": 7, "missing": [SECRET]},
    ),
    events.Failed(code="job.full", text=SECRET, at=1),
]  # fmt: skip
STATES = [
    (events.StateChanged(state="listening", at=1), "state", b"listening"),
    (events.MuteChanged(on=True, at=1), "mute", b"ON"),
    (events.MuteChanged(on=False, at=1), "mute", b"OFF"),
    (events.VolumeChanged(level=40, at=1), "volume", b"40"),
]


def every_event() -> set[type[events.Event]]:
    return {kind for kind in vars(events).values() if isinstance(kind, type) and issubclass(kind, events.Event)} - {
        events.Event
    }


def test_these_tests_know_every_event() -> None:
    silent = {events.WakeScore, events.PartChanged, events.TurnEnd, events.GalleryChanged}
    assert {type(event) for event in TELLING} | {type(event) for event, *_ in STATES} | silent == every_event()


@pytest.mark.parametrize("event", TELLING, ids=lambda event: event.type)
def test_a_telling_event_is_published_and_never_retained(event: events.Event) -> None:
    first, *rest = topics.messages(event, BASE, texts=True)
    assert first.topic == f"{BASE}/event"
    assert not first.retain
    assert first.qos == (0 if event.type == "stt_partial" else 1)
    assert json.loads(first.payload) == event.json()
    last = topics.LAST.get(type(event))
    assert [message.topic for message in rest] == ([f"{BASE}/{last}"] if last else [])
    assert all(message.retain and message.qos == 1 for message in rest)
    assert all(json.loads(message.payload).items() <= event.json().items() for message in rest)


@pytest.mark.parametrize("event", TELLING, ids=lambda event: event.type)
def test_without_texts_nothing_said_leaves(event: events.Event) -> None:
    found = topics.messages(event, BASE, texts=False)
    assert SECRET not in b"".join(message.payload for message in found).decode()
    assert all(json.loads(message.payload)["at"] == 1 for message in found)
    assert bool(found) == (event.type != "stt_partial")


@pytest.mark.parametrize("texts", [True, False])
def test_after_a_deletion_the_last_artifact_is_another(texts: bool) -> None:
    event, last = topics.messages(events.GalleryChanged(removed=["b"], last=TELLING[8], at=2), BASE, texts=texts)
    assert json.loads(event.payload) == {"event_type": "gallery_changed", "removed": ["b"], "turn": "", "at": 2}
    assert (last.topic, last.retain, json.loads(last.payload)["artifact"]) == (f"{BASE}/artifact", True, "a")
    assert (SECRET in last.payload.decode()) == texts
    (cleared,) = topics.messages(events.GalleryChanged(at=2), BASE, texts=texts)
    assert (cleared.topic, cleared.payload, cleared.retain) == (f"{BASE}/artifact", b"", True)


def test_without_texts_harmless_values_stay() -> None:
    (event, kept) = topics.messages(TELLING[8], BASE, texts=False)
    assert json.loads(kept.payload)["meta"] == {"seed": 7}
    assert json.loads(event.payload)["path"] == "/x/a.png"


@pytest.mark.parametrize(("event", "name", "payload"), STATES)
def test_states_are_retained_and_no_events(event: events.Event, name: str, payload: bytes) -> None:
    assert topics.messages(event, BASE, texts=False) == [topics.Message(f"{BASE}/{name}", payload, 1, retain=True)]


def test_meters_and_parts_stay_inside() -> None:
    unpublished = (
        events.WakeScore(word="w", score=1, at=1),
        events.PartChanged(part="stt", health="ok", at=1),
        events.TurnEnd(turn="t", at=1),
    )
    for event in unpublished:
        assert topics.messages(event, BASE, texts=True) == []


def test_only_what_is_published_is_asked_for() -> None:
    assert set(topics.PUBLISHED) == every_event() - {events.WakeScore, events.PartChanged, events.TurnEnd}


def test_silence_does_not_replace_the_last_transcript() -> None:
    (only,) = topics.messages(events.SttEnd(text="", language="en", reason="nothing", at=1), BASE, texts=True)
    assert only.topic == f"{BASE}/event"


@given(st.text())
def test_any_text_can_be_published(text: str) -> None:
    for message in topics.messages(events.SttEnd(text=text, language="en", at=1), BASE, texts=True):
        assert json.loads(message.payload)["text"] == text


def test_a_lone_surrogate_can_be_published() -> None:
    first, _ = topics.messages(events.SttEnd(text="\ud800", language="en", at=1), BASE, texts=True)
    assert json.loads(first.payload)["text"] == "?"


@pytest.mark.parametrize("bad", ["", "A", "a/b", "a+", "#", "a b", "ü", "x" * 65, "a\n"])
def test_a_device_id_that_would_break_topics(bad: str) -> None:
    with pytest.raises(BrokerError, match="can't be used"):
        topics.base(bad)


def test_every_command_has_a_topic() -> None:
    assert topics.subscriptions(BASE) == [f"{BASE}/{name}/set" for name in Name]


def test_a_command() -> None:
    got = topics.command(BASE, f"{BASE}/draw/set", b"a red fox", retain=False)
    assert got == Command(Name.DRAW, text="a red fox")


@pytest.mark.parametrize("name", Name)
def test_retained_commands_are_refused(name: Name) -> None:
    with pytest.raises(CommandError) as refused:
        topics.command(BASE, f"{BASE}/{name}/set", b"ON", retain=True)
    assert refused.value.code == "command.retained"


@given(st.text(max_size=60))
def test_strange_topics_are_refused(topic: str) -> None:
    with pytest.raises(CommandError) as refused:
        topics.command(BASE, topic, b"x", retain=False)
    assert refused.value.code == "command.unknown"


@given(st.sampled_from(list(Name)), st.binary(max_size=300))
def test_any_payload_is_a_command_or_a_reason(name: Name, payload: bytes) -> None:
    try:
        command = topics.command(BASE, f"{BASE}/{name}/set", payload, retain=False)
    except CommandError as error:
        refusal = error
    else:
        assert command.name == name
        assert len(command.text) <= commands.MAX_TEXT
        return
    assert refusal.text("en") != refusal.text("ru")
