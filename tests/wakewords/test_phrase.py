import pytest

from daemon.errors import ConfigError
from daemon.wakewords.phrase import check_name, checked, name_of, spellings
from intents.normalize import normalize, strip_wake


@pytest.mark.parametrize(
    ("phrase", "code"),
    [
        ("", "phrase_empty"),
        (" ... ", "phrase_empty"),
        ("123", "phrase_digits"),
        ("hey 2", "phrase_digits"),
        ("😀", "phrase_signs"),
        ("hey 😀", "phrase_signs"),
        ("hey\x1b you", "phrase_signs"),
        ("hey " * 30, "phrase_long"),
    ],
)
def test_what_is_no_phrase_is_told(phrase: str, code: str) -> None:
    with pytest.raises(ConfigError) as caught:
        checked(phrase)
    assert caught.value.code == f"wake_train.{code}"
    assert caught.value.text("en") != caught.value.text("ru")


def test_a_phrase_loses_only_needless_space() -> None:
    assert checked("  Эй,   комбайн! ") == "Эй, комбайн!"


@pytest.mark.parametrize(
    ("phrase", "name"),
    [("эй, комбайн", "ey_kombayn"), ("Hey, Kombain!", "hey_kombain"), ("você aí", "voce_ai"), ("日本", "my_word")],
)
def test_a_model_gets_a_name(phrase: str, name: str) -> None:
    assert name_of(phrase) == name
    assert check_name(name, ("alexa",)) == name


@pytest.mark.parametrize("name", ["", "../x", "a b", "Ой", "1a", "x" * 41, "alexa"])
def test_a_name_that_can_not_be_is_refused(name: str) -> None:
    with pytest.raises(ConfigError):
        check_name(name, ("alexa",))


@pytest.mark.parametrize(
    ("phrase", "text"),
    [
        ("эй, комбайн", "Эй, комбайн, нарисуй кота"),
        ("эй, комбайн", "Комбайн, нарисуй кота"),
        ("эй, комбайн", "Hey Kombayn, нарисуй кота"),
        ("комбайн", "хей комбайн нарисуй кота"),
        ("hey harvester", "Hey, harvester: нарисуй кота"),
        ("hey harvester", "Эй, харвестер, нарисуй кота"),
    ],
)
def test_the_transcript_loses_its_wake_phrase_in_either_language(phrase: str, text: str) -> None:
    assert strip_wake(text, "my_word", spellings([phrase])) == "нарисуй кота"


def test_spellings_are_normalised_and_leave_other_words() -> None:
    found = spellings(["эй, комбайн", "Ёж"])
    assert found == [normalize(one) for one in found]
    assert len(set(found)) == len(found)
    assert strip_wake("комбайны нужны", "my_word", found) == "комбайны нужны"
