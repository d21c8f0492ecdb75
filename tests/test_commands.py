import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daemon.commands import MAX_PAYLOAD, MAX_TEXT, Command, Name, Recent, parse
from daemon.errors import CommandError

TEXTUAL = [Name.SAY, Name.ASK, Name.DRAW, Name.CLIP]


@pytest.mark.parametrize(
    ("name", "payload", "expected"),
    [
        ("say", "Hello  there\n", Command(Name.SAY, text="Hello there")),
        ("say", '{"text": "Привет", "language": "ru"}', Command(Name.SAY, text="Привет", language="ru")),
        ("ask", '{"text": "hi", "language": "en-US", "id": "k-1"}', Command(Name.ASK, "hi", language="en", id="k-1")),
        ("draw", "лиса в снегу", Command(Name.DRAW, text="лиса в снегу")),
        ("clip", ' {"text": "waves"}', Command(Name.CLIP, text="waves")),
        (
            "draw",
            '{"text": "a", "seed": 7, "negative": " snow", "width": 64, "steps": 8, "guidance": 7.5, "image": "last"}',
            Command(
                Name.DRAW,
                text="a",
                making={"seed": 7, "negative": "snow", "width": 64, "steps": 8, "guidance": 7.5, "image": "last"},
            ),
        ),
        ("clip", '{"text": "a", "seed": null, "strength": 1}', Command(Name.CLIP, text="a", making={"strength": 1})),
        ("draw", '{"text": "a", "priority": "later"}', Command(Name.DRAW, text="a", making={"priority": "later"})),
        ("stop", "PRESS", Command(Name.STOP)),
        ("repeat", "", Command(Name.REPEAT)),
        ("listen", '{"id": "x"}', Command(Name.LISTEN, id="x")),
        ("cancel", "", Command(Name.CANCEL, text="last")),
        ("cancel", "PRESS", Command(Name.CANCEL, text="last")),
        ("cancel", "all", Command(Name.CANCEL, text="all")),
        ("cancel", "20261123-120000000-abcdef", Command(Name.CANCEL, text="20261123-120000000-abcdef")),
        ("mute", "ON", Command(Name.MUTE, on=True)),
        ("mute", "false", Command(Name.MUTE, on=False)),
        ("mute", "0", Command(Name.MUTE, on=False)),
        ("mute", '{"on": true}', Command(Name.MUTE, on=True)),
        ("volume", "0", Command(Name.VOLUME, level=0)),
        ("volume", "100", Command(Name.VOLUME, level=100)),
        ("volume", "40.0", Command(Name.VOLUME, level=40)),
        ("volume", "40 %", Command(Name.VOLUME, level=40)),
        ("volume", "+10", Command(Name.VOLUME, by=10)),
        ("volume", "-10", Command(Name.VOLUME, by=-10)),
        ("volume", '{"level": 55}', Command(Name.VOLUME, level=55)),
        ("volume", '{"by": 5}', Command(Name.VOLUME, by=5)),
        ("volume", '{"by": -5, "id": "v"}', Command(Name.VOLUME, by=-5, id="v")),
        ("volume", '{"text": "+5"}', Command(Name.VOLUME, by=5)),
    ],
)
def test_what_is_understood(name: str, payload: str, expected: Command) -> None:
    assert parse(name, payload.encode()) == expected


@pytest.mark.parametrize(
    ("name", "payload", "code"),
    [
        ("explode", b"", "unknown"),
        ("say", b"", "no_text"),
        ("draw", b"  \n ", "no_text"),
        ("draw", b'{"language": "en"}', "no_text"),
        ("say", b"\xff\xfe", "not_utf8"),
        ("say", b"a\x00b", "control"),
        ("say", b"a\x1b[31mb", "control"),
        ("say", b'{"text": "a\\u0000b"}', "control"),
        ("say", b'{"text": "\\ud800"}', "control"),
        ("say", b'{"text": "a"', "json"),
        ("say", b'{"a":' * 3000, "json"),
        ("say", b'{"a":' + b"[" * 10_000, "json"),
        ("say", b'{"text": ' + b"9" * 10_000 + b"}", "json"),
        ("say", b'{"text": 5}', "field"),
        ("say", b'{"text": null}', "field"),
        ("say", b'{"text": "a", "seed": 7}', "field"),
        ("draw", b'{"text": "a", "seed": "7"}', "range"),
        ("draw", b'{"text": "a", "seed": -1}', "range"),
        ("draw", b'{"text": "a", "seed": 9223372036854775808}', "range"),
        ("draw", b'{"text": "a", "seed": true}', "range"),
        ("draw", b'{"text": "a", "seed": 7.5}', "range"),
        ("draw", b'{"text": "a", "width": 63}', "range"),
        ("clip", b'{"text": "a", "steps": 501}', "range"),
        ("draw", b'{"text": "a", "guidance": NaN}', "range"),
        ("draw", b'{"text": "a", "strength": 1.1}', "range"),
        ("draw", b'{"text": "a", "priority": "at once"}', "priority"),
        ("clip", b'{"text": "a", "priority": [1]}', "priority"),
        ("say", b'{"text": "a", "priority": "now"}', "field"),
        ("draw", b'{"text": "a", "negative": "a\\u0000b"}', "control"),
        ("draw", b'{"text": "a", "negative": 5}', "field"),
        ("draw", b'{"text": "a", "image": "/etc/passwd"}', "image"),
        ("draw", b'{"text": "a", "image": "../x"}', "field"),
        ("draw", b'{"text": "a", "image": ""}', "field"),
        ("draw", b'{"text": "a", "image": "/a\\nb"}', "field"),
        ("say", b'{"text": "a", "voice": "b"}', "field"),
        ("say", b'{"text": "a", "language": "../x"}', "field"),
        ("say", b'{"text": "a", "language": ["en"]}', "field"),
        ("say", b'{"text": "a", "id": "with space"}', "field"),
        ("say", b'{"text": "a", "id": 5}', "field"),
        ("cancel", "что?!".encode(), "field"),
        ("draw", b"x" * (MAX_TEXT + 1), "too_long"),
        ("draw", b"x" * (MAX_PAYLOAD + 1), "too_large"),
        ("mute", b"", "switch"),
        ("mute", b"maybe", "switch"),
        ("volume", b"", "volume"),
        ("volume", b"101", "volume"),
        ("volume", b"-101", "volume"),
        ("volume", b"loud", "volume"),
        ("volume", b"1e2", "volume"),
        ("volume", "٤٠".encode(), "volume"),
        ("volume", b'{"level": true}', "volume"),
        ("volume", b'{"level": -5}', "volume"),
        ("volume", b'{"level": 5, "by": 5}', "volume"),
        ("volume", b'{"level": [5]}', "volume"),
        ("volume", b'{"level": NaN}', "volume"),
    ],
)
def test_what_is_refused_and_why(name: str, payload: bytes, code: str) -> None:
    with pytest.raises(CommandError) as refused:
        parse(name, payload)
    assert refused.value.code == f"command.{code}"
    assert len(refused.value.text("ru")) < 400


@given(st.sampled_from(TEXTUAL), st.text(st.characters(exclude_categories=["C"]), min_size=1, max_size=MAX_TEXT))
def test_a_text_arrives_as_it_was_but_for_spaces(name: Name, text: str) -> None:
    if not text.split():
        return
    command = parse(name, json.dumps({"text": text}).encode())
    assert command.text.split() == text.split()
    if not text.lstrip().startswith("{") and len(text.encode()) <= MAX_PAYLOAD:
        assert parse(name, text.encode()) == command


@given(st.integers(-200, 200), st.booleans())
def test_volumes(number: int, plus: bool) -> None:
    payload = f"{number:+d}" if plus else str(number)
    if abs(number) > 100:
        with pytest.raises(CommandError):
            parse("volume", payload.encode())
        return
    command = parse("volume", payload.encode())
    assert (command.by if payload[0] in "+-" else command.level) == number


def test_a_key_is_recognised_until_it_is_long_ago() -> None:
    recent = Recent(2)
    assert not recent.again("a")
    assert recent.again("a")
    assert not recent.again(None)
    assert not recent.again(None)
    assert not recent.again("b")
    assert not recent.again("c")
    assert not recent.again("a")
