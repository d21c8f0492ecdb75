import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intents import Intent, answer, plan, plan_json, recognize
from intents.model import Another, Cancel, Delete, Generate, Mute, Question, Repeat, Say, Show, Stop, Tell, Volume
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
        ("another one", Another()),
        ("draw another picture", Another("picture")),
        ("one more clip", Another("clip")),
        ("show it", Show()),
        ("show me the last picture", Show("picture")),
        ("play the clip", Show("clip")),
        ("delete it", Delete()),
        ("delete the last picture", Delete("picture")),
        ("remove that video", Delete("clip")),
        ("delete all my jobs", Cancel()),
        ("what did you draw", Tell("made")),
        ("how long yet", Tell("status")),
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


@pytest.mark.parametrize(
    ("text", "step"),
    [
        ("ещё одну картинку", Another("picture")), ("сними ещё один ролик", Another("clip")),
        ("покажи последнюю картинку", Show("picture")), ("включи видео", Show("clip")),
        ("удали картинку", Delete("picture")), ("сотри этот ролик навсегда", Delete("clip")),
        ("удали задание", Cancel()), ("оживи её", Generate("clip", "", "ru", "last")),
        ("нарисуй ещё кота", Generate("picture", "кота", "ru")),
    ],
)  # fmt: skip
def test_what_was_made_last_in_russian(text, step):
    assert plan(recognize(text, "ru")) == (step,)


ASKED = Question("delete", artifact="a-1")


@pytest.mark.parametrize(
    ("text", "language", "step"),
    [
        ("Yes.", "en", Delete(artifact="a-1")), ("yes, please", "en", Delete(artifact="a-1")),
        ("да, удаляй", "ru", Delete(artifact="a-1")), ("delete it", "en", Delete(artifact="a-1")),
        ("no", "en", Tell("stays")), ("нет", "ru", Tell("stays")), ("my sister's", "en", Tell("stays")),
        ("yes draw a cat", "en", Generate("picture", "a cat", "en")), ("cancel", "en", Cancel()),
        ("", "en", Tell("nothing_heard")),
    ],
)  # fmt: skip
def test_only_a_yes_deletes(text, language, step):
    assert plan(answer(ASKED, text, language)) == (step,)


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
