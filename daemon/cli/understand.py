"""`kombain understand`: what a text asks for, and what would be done about it."""

import json
from typing import Annotated

import typer

from daemon.errors import ConfigError


def understand(
    text: Annotated[str, typer.Argument(help="What somebody said or typed.")],
    language: Annotated[str, typer.Option("--language", "-l", help="The language of the text: en or ru.")] = "en",
    as_json: Annotated[bool, typer.Option("--json", help="Print one line of JSON.")] = False,
) -> None:
    """Show which request a text is, its slots and the plan. Raises ConfigError `cli.language`."""
    import intents

    if language not in intents.LANGUAGES:
        raise ConfigError("cli.language", language=language, known=", ".join(intents.LANGUAGES))
    intent = intents.recognize(text, language)
    found: dict[str, object] = {
        "intent": intent.name,
        "slots": intent.slots,
        "language": intent.language,
        "plan": intents.plan_json(intents.plan(intent)),
    }
    if as_json:
        print(json.dumps(found, ensure_ascii=False))
    else:
        _show(found)


def _show(found: dict[str, object]) -> None:
    from rich.console import Console
    from rich.pretty import pretty_repr
    from rich.table import Table
    from rich.text import Text

    table = Table.grid(padding=(0, 2))
    for key, value in found.items():
        shown = value if isinstance(value, str) else "—" if value is None else pretty_repr(value)
        table.add_row(Text(key, style="bold"), Text(shown))
    Console().print(table)
