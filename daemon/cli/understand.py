"""`kombain understand`: what a text asks for, and what would be done about it."""

import json
from typing import Annotated, Any

import typer

from daemon.cli.language import checked


def understand(
    text: Annotated[str, typer.Argument(help="What somebody said or typed. · Что сказано или набрано.")],
    language: Annotated[
        str | None,
        typer.Option("--language", "-l", help="en or ru; by default guessed from the letters. · Язык фразы."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one line of JSON. · Одна строка JSON.")] = False,
) -> None:
    """Show what a text asks for and what would be done; nothing is done. · Показать, как понята фраза."""
    import intents

    language = checked(language, text)
    intent = intents.recognize(text, language)
    plan = intents.plan_json(intents.plan(intent))
    if as_json:
        found = {"intent": intent.name, "slots": intent.slots, "language": intent.language, "plan": plan}
        print(json.dumps(found, ensure_ascii=False))
    else:
        _show({"intent": intent.name or "—", **intent.slots, "language": intent.language}, plan)


def _show(found: dict[str, Any], plan: list[dict[str, Any]]) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table.grid(padding=(0, 2))
    for key, value in found.items():
        table.add_row(Text(key, style="bold"), Text(str(value)))
    for step in plan:
        fields = (
            f"{key}={json.dumps(value, ensure_ascii=False)}"
            for key, value in step.items()
            if key != "action" and value is not None
        )
        table.add_row(Text("plan", style="bold"), Text(" ".join([step["action"], *fields])))
    Console(highlight=False).print(table)
