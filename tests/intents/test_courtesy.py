import pytest

from intents.courtesy import phrases, readings, texts
from intents.normalize import words

LEAD, TAIL = phrases(["please", "could you"]), phrases(["please", "thank you", "for me"])


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("stop", ["stop"]),
        (
            "Please, could you please stop!",
            ["stop", "please stop", "could you please stop", "please could you please stop"],
        ),
        ("stop please", ["stop", "stop please"]),
        ("say thank you please", ["say", "say thank you", "say thank you please"]),
        ("draw it for me please 🙏", ["draw it", "draw it for me", "draw it for me please 🙏"]),
        ("draw a 🦊", ["draw a 🦊"]),
        ("please", ["please"]),
        ("", []),
    ],
)
def test_readings_have_the_least_courtesy_first(text, said):
    assert [" ".join(texts(run)) for run in readings(words(text), LEAD, TAIL)] == said
