import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intents import Intent, answer, plan, plan_json, recognize
from intents.model import Cancel, Generate, Mute, Question, Repeat, Say, Stop, Tell, Volume
from intents.plan import STEP


@pytest.mark.parametrize(
    ("text", "step"),
    [
        ("say hello", Say("hello", "en")),
        ("draw a cat", Generate("picture", "a cat", "en")),
        ("draw three pictures of a cat", Generate("picture", "a cat", "en", count=3)),
        ("make a couple of pictures of a cat", Generate("picture", "a cat", "en", count=2)),
        ("a few drawings of a cat", Generate("picture", "a cat", "en", count=3)),
        ("make two clips of a cat", Generate("clip", "a cat", "en", count=2)),
        ("draw three cats", Generate("picture", "three cats", "en")),
        ("draw a few cats", Generate("picture", "a few cats", "en")),
        ("draw", Question("draw")),
        ("draw a few pictures", Question("draw", 3)),
        ("make a clip of a cat", Generate("clip", "a cat", "en")),
        ("make a clip", Question("clip")),
        ("animate the last picture", Generate("clip", "", "en", "last")),
        ("stop", Stop()),
        ("cancel", Cancel()),
        ("repeat", Repeat()),
        ("what time is it", Tell("time")),
        ("what's the date", Tell("date")),
        ("help", Tell("help")),
        ("status", Tell("status")),
        ("louder", Volume(by=STEP)),
        ("louder by 20", Volume(by=20)),
        ("quieter", Volume(by=-STEP)),
        ("turn it down by five percent", Volume(by=-5)),
        ("volume 30", Volume(to=30)),
        ("mute", Mute(on=True)),
        ("unmute", Mute(on=False)),
        ("I drew a picture at school", Tell("not_understood")),
        ("...", Tell("nothing_heard")),
        ("", Tell("nothing_heard")),
    ],
)
def test_plan(text, step):
    assert plan(recognize(text, "en")) == (step,)


@pytest.mark.parametrize(
    ("text", "prompt", "count"),
    [
        ("нарисуй две картинки с лисой", "лисой", 2),
        ("сделай 5 рисунков про море", "море", 5),
        ("хочу четыре картинки с домом", "домом", 4),
        ("сделай пару картинок про кота", "кота", 2),
        ("нарисуй несколько рисунков с котом", "котом", 3),
        ("нарисуй двух лис", "двух лис", 1),
        ("нарисуй пару лис", "пару лис", 1),
    ],
)
def test_several_in_russian(text, prompt, count):
    assert plan(recognize(text, "ru")) == (Generate("picture", prompt, "ru", count=count),)


def test_how_many_is_remembered_over_the_question_what():
    (question,) = plan(recognize("нарисуй пару картинок", "ru"))
    assert plan(answer(question, "кота", "ru")) == (Generate("picture", "кота", "ru", count=2),)
    assert plan(recognize("сними пару роликов про кота", "ru")) == (Generate("clip", "кота", "ru", count=2),)


def test_a_plan_as_json_is_flat_and_named():
    assert plan_json(plan(recognize("нарисуй кота", "ru"))) == [
        {"action": "generate", "kind": "picture", "prompt": "кота", "language": "ru", "source": None, "count": 1},
    ]
    assert plan_json((Mute(on=True), Volume(to=5), Stop())) == [
        {"action": "mute", "on": True},
        {"action": "volume", "to": 5, "by": None},
        {"action": "stop"},
    ]


NAMES = ["say", "draw", "clip", "stop", "volume_up", "volume_down", "volume_set", "mute", "status", None]


@given(st.sampled_from(NAMES), st.text(), st.integers(0, 100), st.sampled_from(["en", "ru"]))
def test_a_plan_goes_through_json_unharmed(name, text, number, language):
    slots = {"text": text, "prompt": text, "level": number, "by": number}
    steps = plan_json(plan(Intent(name, slots, text, language, 1.0)))
    assert json.loads(json.dumps(steps)) == steps
