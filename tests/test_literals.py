"""Nothing is said or shown in words that stand in the code: every sentence comes from `daemon/messages`.

Read from the source: no literal with words goes to what prints or speaks. Help texts of the command line and the log,
which are for operators, are exempt; so are names that are the same in every language.
"""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SHOWS = {"print", "echo", "secho", "say", "tell", "notice", "line", "speak", "prompt", "confirm", "Text", "assemble"}
"""Functions and methods whose arguments people read or hear."""
TOLD = {"text", "why", "message"}
"""Keywords of events and errors that people read."""
WORDS = re.compile(r"[^\W\d_]{2,} [^\W\d_]{2,}|[А-яЁё]{2,}")
"""Two words side by side, or anything in Russian."""
STYLES = re.compile(r"\[[^\]]*\]|\b(?:bold|dim|red|green|yellow|blue|cyan)\b")
"""What rich takes for colours."""
MODULES = sorted([*(ROOT / "daemon").rglob("*.py"), *(ROOT / "intents").rglob("*.py")])


def literals(node: ast.expr) -> list[str]:
    """Return the literal texts of an expression: a string, the fixed parts of an f-string, both sides of an `or`."""
    match node:
        case ast.Constant(value=str() as text):
            return [text]
        case ast.JoinedStr(values=values):
            return ["".join(part.value for part in values if isinstance(part, ast.Constant))]
        case ast.BoolOp(values=values):
            return [text for value in values for text in literals(value)]
        case ast.IfExp(body=body, orelse=orelse):
            return literals(body) + literals(orelse)
        case ast.BinOp(left=left, right=right):
            return literals(left) + literals(right)
        case ast.Tuple(elts=elements):
            return [text for element in elements for text in literals(element)]
    return []


def shown(source: str) -> list[str]:
    """Return the literals with words that people would read or hear."""
    found = []
    for call in (node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)):
        name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
        given = list(call.args) if name in SHOWS else []
        given += [word.value for word in call.keywords if word.arg in TOLD]
        found += [text for value in given for text in literals(value) if WORDS.search(STYLES.sub("", text))]
    return found


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_sentence_stands_in_the_code(path):
    assert shown(path.read_text("utf-8")) == []


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ('print("all is well")', ["all is well"]),
        ('print(f"{n} things to do")', [" things to do"]),
        ('voice.say("привет", "ru", turn)', ["привет"]),
        ('bus.publish(Failed(code="x", text="it is broken"))', ["it is broken"]),
        ('print("a" if x else "no such thing")', ["no such thing"]),
        ('print(messages.text("demo.state.idle", language))', []),
        ('print(f"{a}: {b}")', []),
        ('log.info("the broker is there again")', []),
    ],
)
def test_what_is_found(source, found):
    assert shown(source) == found
