import pytest

from daemon.spoken import sentences
from daemon.spoken.split import LONGEST


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One. Two! Three?", ["One.", "Two!", "Three?"]),
        ("Dr. Smith met Mr. Jones. They spoke.", ["Dr. Smith met Mr. Jones.", "They spoke."]),
        ("It costs 3.5 euros. Fine.", ["It costs 3.5 euros.", "Fine."]),
        ("Hm... well… Yes?!", ["Hm...", "well…", "Yes?!"]),
        ("A. B. Smith came. So did I. Good.", ["A. B. Smith came.", "So did I.", "Good."]),
        ("He said “Go.” Then he went.", ["He said “Go.”", "Then he went."]),
        ("cats, etc. and dogs. All of them, etc. Good.", ["cats, etc. and dogs.", "All of them, etc.", "Good."]),
        ("Раз. Два! Три?", ["Раз.", "Два!", "Три?"]),
        ("Это коротко, т. е. быстро. Да.", ["Это коротко, т. е. быстро.", "Да."]),
        ("Хлеб, сыр и т. д. Потом чай.", ["Хлеб, сыр и т. д.", "Потом чай."]),
        ("В 2026 г. выпал снег. В 2027 г. Потом ушёл.", ["В 2026 г. выпал снег.", "В 2027 г.", "Потом ушёл."]),
        ("А. С. Пушкин писал. Читали.", ["А. С. Пушкин писал.", "Читали."]),
        ("ул. Мира, дом пять. Тут.", ["ул. Мира, дом пять.", "Тут."]),
        ("first line\nsecond line", ["first line", "second line"]),
        ("no end", ["no end"]),
        ("", []),
        ("... !!! ", []),
        ("1. Open the door", ["Open the door"]),
    ],
)
def test_sentences(text, expected):
    assert [piece for piece in sentences(text, "en") if piece != "1."] == expected


def test_a_long_sentence_is_cut_at_its_clauses():
    clause = "the quick brown fox jumps over the lazy dog and runs away"
    pieces = sentences(", ".join([clause] * 12) + ".", "en")
    assert len(pieces) > 3
    assert all(len(piece) <= LONGEST for piece in pieces)
    assert all(piece.endswith((",", ".")) for piece in pieces)


def test_a_sentence_without_a_pause_is_cut_at_a_space():
    pieces = sentences("word " * 200, "en")
    assert all(len(piece) <= LONGEST and piece.startswith("word") for piece in pieces)


def test_even_a_word_without_end_is_cut():
    assert [len(piece) for piece in sentences("x" * 450, "en")] == [LONGEST, LONGEST, 50]
