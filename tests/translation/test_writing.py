"""Which prompts an engine reads, and what it is given."""

import pytest

from daemon.errors import EngineError
from daemon.translation.writing import is_read, readable, written_in


@pytest.mark.parametrize(
    ("prompt", "reads", "expected"),
    [
        ("a fox", ("en",), True),
        ("лиса", ("en",), False),
        ("лиса", ("en", "ru"), True),
        ("лиса", (), True),
        ("Darth Vader", ("en",), True),
        ("a fox called Лиса", ("en",), False),
        ("a fox", ("ru",), False),
    ],
)
def test_what_is_read(prompt, reads, expected):
    assert is_read(prompt, reads) is expected


def test_languages():
    assert [written_in(text) for text in ("Ёж", "a hedgehog", "🦔", "")] == ["ru", "en", "en", "en"]


def test_an_engine_gets_what_it_reads():
    asked = {"prompt": "лиса", "language": "ru", "seed": 5, "translation": "a fox"}
    assert readable(asked, ("en",)) == {"prompt": "a fox", "language": "en", "seed": 5}
    assert readable(asked, ()) == readable(asked, ("ru",)) == {"prompt": "лиса", "language": "ru", "seed": 5}
    assert readable({"prompt": "a fox", "seed": 1}, ("en",)) == {"prompt": "a fox", "seed": 1}


@pytest.mark.parametrize("more", [{}, {"translation": ""}, {"translation": "лиса"}])
def test_no_russian_reaches_an_english_engine(more):
    with pytest.raises(EngineError) as caught:
        readable({"prompt": "лиса", **more}, ("en",))
    assert caught.value.code == "translate.unread"
