"""Every sentence stands in both languages with the same values; every code has its sentence, every sentence its use."""

import ast
import re
from collections.abc import Iterator
from string import Formatter
from typing import Any

import pytest
from babel import Locale
from ruamel.yaml import YAML

from daemon import messages
from tests.test_layers import ROOT, modules

PLURALS = {"zero", "one", "two", "few", "many", "other"}


def table(language: str) -> dict[str, Any]:
    """Return every message of a language by its key: a text, or a mapping of plural forms."""
    return dict(leaves(YAML(typ="safe", pure=True).load(ROOT / "daemon" / "messages" / f"{language}.yaml")))


def leaves(node: dict[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for key, value in node.items():
        if isinstance(value, dict) and not set(value) <= PLURALS:
            yield from leaves(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", value


def fields(message: Any) -> set[str]:
    """Return the names of the values that a message takes."""
    forms = message.values() if isinstance(message, dict) else [message]
    return {re.split(r"[.\[]", name)[0] for form in forms for _, name, _, _ in Formatter().parse(form) if name}


def calls(tree: ast.AST) -> Iterator[tuple[str, ast.Call]]:
    """Yield each call of a plain or dotted name, with the last part of that name."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            match node.func:
                case ast.Name(id=name) | ast.Attribute(attr=name):
                    yield name, node


def error_classes(trees: list[ast.AST]) -> dict[str, bool]:
    """Return the names of KombainError and of all that is derived from it; True: it adds values of its own."""
    known = {"KombainError": False}
    classes = [node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.ClassDef)]
    while new := [
        one for one in classes if one.name not in known and {ast.unparse(base) for base in one.bases} & set(known)
    ]:
        known |= {one.name: any(isinstance(part, ast.FunctionDef) for part in one.body) for one in new}
    return known


def asked(sources: list[str]) -> list[tuple[str, set[str] | None]]:
    """Return each key that code asks for by a constant, with the names of the values given (None: it can't be seen)."""
    trees = [ast.parse(source) for source in sources]
    errors, found = error_classes(trees), []
    for tree in trees:
        for name, call in calls(tree):
            match call.args:
                case [ast.Constant(value=str(code)), *_] if name in errors:
                    found.append((f"errors.{code}", None if errors[name] else given(call)))
                case [ast.Constant(value=str(key)), _, *_] if ast.unparse(call.func) == "messages.text":
                    found.append((key, given(call)))
        found += [(f"errors.{code}", None) for code in missing(tree)]
    return found


def given(call: ast.Call) -> set[str] | None:
    names = {keyword.arg for keyword in call.keywords}
    return None if None in names else {name for name in names if name}


def missing(tree: ast.AST) -> Iterator[str]:
    """Yield the codes that an engine's `missing` returns."""
    for function in ast.walk(tree):
        if isinstance(function, ast.FunctionDef) and function.name == "missing":
            returned = [node.value for node in ast.walk(function) if isinstance(node, ast.Return)]
            choices = [side for one in returned if isinstance(one, ast.IfExp) for side in (one.body, one.orelse)]
            yield from (str(one.value) for one in returned + choices if isinstance(one, ast.Constant) and one.value)


def patterns(sources: list[str]) -> re.Pattern[str]:
    """Return what fits every key that a text in the code may name; an f-string's holes may be any one part of a key."""
    found = set()
    for source in sources:
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and re.fullmatch(r"[\w.]+", node.value):
                found.add(re.escape(node.value))
            elif isinstance(node, ast.JoinedStr) and isinstance(node.values[0], ast.Constant):
                parts = [
                    re.escape(str(one.value)) if isinstance(one, ast.Constant) else r"[\w.]+" for one in node.values
                ]
                found.add("".join(parts))
    return re.compile(rf"(?:errors\.)?(?:{'|'.join(sorted(found))})")


def faults(sources: list[str], sentences: dict[str, Any]) -> list[str]:
    """Return the keys without a sentence, and the sentences that want a value they are not given."""
    found = []
    for key, values in asked(sources):
        if key not in sentences:
            found.append(f"{key}: no sentence")
        elif values is not None and (unknown := fields(sentences[key]) - values):
            found.append(f"{key}: is not given {', '.join(sorted(unknown))}")
    return sorted(set(found))


def test_both_languages_have_the_same_keys() -> None:
    english, russian = table("en"), table("ru")
    assert set(english) ^ set(russian) == set()


def test_both_languages_take_the_same_values() -> None:
    english, russian = table("en"), table("ru")
    unequal = {
        key: (english[key], russian[key])
        for key in english
        if (fields(english[key]) ^ fields(russian[key])) - ({"n"} if isinstance(english[key], dict) else set())
    }
    assert unequal == {}


@pytest.mark.parametrize("language", messages.LANGUAGES)
def test_plurals_have_the_forms_of_their_language(language: str) -> None:
    forms = set(Locale(language).plural_form.tags) | {"other"}
    plural = {key: set(value) for key, value in table(language).items() if isinstance(value, dict)}
    assert plural
    assert {key: has for key, has in plural.items() if has != forms} == {}


@pytest.mark.parametrize("language", messages.LANGUAGES)
def test_every_sentence_is_a_sentence(language: str) -> None:
    for key, value in table(language).items():
        for form in value.values() if isinstance(value, dict) else [value]:
            assert isinstance(form, str), key
            assert form.strip() == form != "", key


@pytest.mark.slow
def test_every_code_and_key_has_its_sentence_and_gives_it_what_it_wants() -> None:
    assert faults(list(modules().values()), table("en")) == []


@pytest.mark.slow
def test_no_sentence_is_left_over() -> None:
    used = patterns(list(modules().values()))
    assert [key for key in table("en") if not used.fullmatch(key)] == []


def test_faults_are_found() -> None:
    source = """
class OvenError(KombainError): ...
raise OvenError("oven.cold", wanted=200)
raise OvenError("oven.gone")
messages.text("oven.hint", language)
def missing(): return None if warm else "oven.unplugged"
"""
    sentences = {"errors.oven.cold": "{is_} of {wanted}", "oven.hint": "Bake."}
    expected = [
        "errors.oven.cold: is not given is_",
        "errors.oven.gone: no sentence",
        "errors.oven.unplugged: no sentence",
    ]
    assert faults([source], sentences) == expected


def test_a_key_in_an_f_string_counts_as_used() -> None:
    used = patterns(['say(f"replies.done.{kind}")', 'say("oven.cold")'])
    assert used.fullmatch("replies.done.picture")
    assert used.fullmatch("errors.oven.cold")
    assert not used.fullmatch("replies.failed.picture")


def test_russian_has_a_decimal_comma_where_a_number_is_told_and_not_where_it_is_to_be_typed() -> None:
    told = {"engine": "mini-1.5", "seconds": 1.84}
    assert messages.text("say.played", "ru", **told) == "1,8 с, голос: mini-1.5"
    assert messages.text("say.played", "en", **told) == "1.8 s, spoken by mini-1.5"
    field = {"field": "volume", "name": "set", "value": 1.5, "least": 0.1, "most": 1.0}
    assert "— 1.5, а может быть от 0.1 до 1.0" in messages.text("errors.command.range", "ru", **field)
    assert [messages.number(0.083, ".1%", language) for language in ("ru", "en", "de")] == ["8,3%", "8.3%", "8.3%"]
