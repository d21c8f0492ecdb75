import time
from itertools import islice

import pytest
from hassil.parse_expression import parse_sentence
from hassil.sample import sample_expression
from hypothesis import given, settings
from hypothesis import strategies as st

from intents import LANGUAGES, answer, plan, recognize
from intents.grammar import _grammar
from intents.model import Generate, Question
from intents.normalize import normalize
from intents.tables import table

FREE = {"en": "purple elephants", "ru": "лиловых слонов"}
WORDS = [
    "draw",
    "a picture of",
    "me",
    "please",
    "make",
    "video",
    "about",
    "say",
    "turn",
    "the volume",
    "up",
    "to",
    "half",
]
WORDS += [
    "fifty",
    "percent",
    "stop",
    "cancel",
    "нарисуй",
    "картинку",
    "с",
    "про",
    "мне",
    "пожалуйста",
    "сними",
    "видео",
]
WORDS += ["где", "скажи", "громкость", "на", "пятьдесят", "процентов", "можешь", "ты", "кота", "и"]
texts = st.one_of(st.text(), st.lists(st.sampled_from([*WORDS, "🦊", "%", "...", "«", "»", "7"])).map(" ".join))


@pytest.mark.slow
@settings(max_examples=200, deadline=None)
@given(texts, st.sampled_from(LANGUAGES))
def test_no_text_is_too_strange_and_slots_are_parts_of_it(text, language):
    intent = recognize(text, language)
    assert plan(intent)
    for value in intent.slots.values():
        assert value in text if isinstance(value, str) else 0 <= value <= 100


@pytest.mark.slow
@settings(max_examples=100, deadline=None)
@given(texts, st.sampled_from(LANGUAGES), st.sampled_from(["draw", "clip"]))
def test_any_answer_is_taken(text, language, kind):
    intent = answer(Question(kind), text, language)
    assert intent.name is not None or not normalize(text)
    assert intent.slots.get("prompt", "") in text


@pytest.mark.slow
@settings(max_examples=100, deadline=None)
@given(
    st.sampled_from(LANGUAGES), st.lists(st.sampled_from(["wild", "Blue", "bird's", "ёж", "x-ray", "7"]), min_size=1)
)
def test_a_prompt_comes_back_as_it_was_said(language, said):
    prompt = ", ".join(said)
    carrier = {"en": "Please draw {}, thank you!", "ru": "Нарисуй, пожалуйста, {}, спасибо!"}[language]
    assert recognize(carrier.format(prompt), language).slots == {"prompt": prompt}


@pytest.mark.parametrize("text", ["a cat in the snow", "A cat in the snow, please.", "maybe a cat in the snow"])
def test_an_answer_is_the_prompt(text):
    assert answer(Question("draw"), text, "en").slots["prompt"].lower() == "a cat in the snow"
    assert plan(answer(Question("clip"), text, "en"))[0].kind == "clip"


@pytest.mark.parametrize(
    ("text", "language", "name", "prompt"),
    [
        ("Пусть будет рыжий кот.", "ru", "draw", "рыжий кот"),
        ("про кота пожалуйста", "ru", "draw", "кота"),
        ("of a red fox", "en", "draw", "a red fox"),
        ("draw a dog", "en", "draw", "a dog"),
        ("a movie about a dog", "en", "clip", "a dog"),
        ("a thank you card", "en", "draw", "a thank you card"),
        ("cancel", "en", "cancel", None),
        ("Stop.", "en", "stop", None),
        ("Nothing, thanks.", "en", "cancel", None),
        ("no", "en", "cancel", None),
        ("I don't know", "en", "cancel", None),
        ("нет", "ru", "cancel", None),
        ("не надо", "ru", "cancel", None),
        ("Ничего, спасибо", "ru", "cancel", None),
        ("хватит", "ru", "stop", None),
        ("", "en", None, None),
        ("...", "ru", None, None),
    ],
)
def test_answers(text, language, name, prompt):
    intent = answer(Question("draw"), text, language)
    assert (intent.name, intent.slots.get("prompt")) == (name, prompt)


INTENTS = [(language, name) for language in LANGUAGES for name in table(f"sentences/{language}")["intents"]]


@pytest.mark.slow
@pytest.mark.parametrize(("language", "name"), INTENTS)
def test_every_template_can_be_said(language, name):
    """The shortest ways to say each template (three of them) are understood as the intent that it stands under."""
    asked = _grammar(language).asked
    for template in (line for group in asked.intents[name].data for line in group.sentence_texts):
        said = sample_expression(
            parse_sentence(template).expression,
            asked.slot_lists,
            asked.expansion_rules,
            language=language,
            skip_optionals=True,
        )
        for line in islice(said, 3):
            text = line.replace("{prompt}", FREE[language]).replace("{text}", FREE[language])
            text = text.replace("{manner}", "sea" if language == "en" else "морскую")
            assert recognize(text, language).name == name, template


def test_a_language_that_is_not_ours_is_refused():
    with pytest.raises(ValueError, match="de"):
        recognize("halt", "de")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "text",
    [
        "a" * 10_000,
        "draw " * 2_000,
        "please " * 2_000,
        "нарисуй " * 1_500,
        "a picture of a picture of " * 400,
        "show me a picture of a cat was on the wall is in the house and " * 150,
        "скажи что картинку с видео про кота нарисуй мне сказал мне нарисуй " * 150,
        "turn it into a picture on video drawn animated into a movie " * 150,
        "50 % " * 2_000,
        "🙂" * 10_000,
        "\x00\x1b\u202e" * 3_000,
        "(" * 10_000,
        "x (" * 3_000,
        "«" * 5_000 + "»" * 5_000,
        "e\u0301" * 5_000,
        "'" * 10_000,
        "x" * 1_000_000,
    ],
    ids=lambda text: f"{text[:12]!r}x{len(text)}",
)
def test_monstrous_texts_take_no_time(text, language):
    recognize("", language)
    begin = time.process_time()
    recognize(text, language)
    answer(Question("draw"), text, language)
    assert time.process_time() - begin < 1.0


@pytest.mark.parametrize(("language", "verb"), [("en", "draw"), ("ru", "нарисуй")])
def test_a_prompt_of_ten_thousand_characters_is_kept_whole(language, verb):
    prompt = "very " * 2_000 + "small cat"
    assert plan(recognize(f"{verb} {prompt}, please", "en" if language == "en" else "ru"))[0] == Generate(
        "picture",
        prompt if language == "en" else f"{prompt}, please",
        language,
    )
