"""`kombain config show | check | schema`: what is set, whether it is right, and what an editor needs to help."""

import json
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(help="See and check the settings. · Посмотреть и проверить настройки.", no_args_is_help=True)
File = Annotated[
    Path | None, typer.Option("--config", readable=False, help="Config file; default: the user's, then /etc/kombain's.")
]


@app.command()
def show(
    config: File = None,
    changed: Annotated[bool, typer.Option("--changed", help="Only what differs from the defaults.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Print all settings as they count now; passwords are masked. · Показать действующие настройки."""
    import sys

    from ruamel.yaml import YAML

    from daemon.cli.language import system_language
    from daemon.config import Config, load
    from daemon.messages import text
    from daemon.paths import config as find
    from daemon.settings import differences, tree

    path = find(config)
    found = tree(load(path))
    if changed:
        found = differences(found, tree(Config()))
    if as_json:
        print(json.dumps(found, ensure_ascii=False, indent=1))
        return
    language = system_language()
    print(f"# {path or text('config.defaults', language)}")
    if found:
        writer = YAML(typ="safe", pure=True)
        writer.default_flow_style, writer.allow_unicode = False, True
        writer.sort_base_mapping_type_on_output = False  # type: ignore[assignment]  # as its own documentation has it
        writer.dump(found, sys.stdout)


@app.command()
def check(
    path: Annotated[Path | None, typer.Argument(readable=False, help="The file; default: the one that counts.")] = None,
) -> None:
    """Check a config file; every mistake is told with its line, status 2. · Проверить файл настроек."""
    from daemon.cli.language import system_language
    from daemon.config import load
    from daemon.messages import text
    from daemon.paths import config as find

    path = find(path)
    load(path)
    language = system_language()
    print(text("config.right", language, path=path) if path else text("config.none", language))


@app.command()
def schema() -> None:
    """Print the JSON Schema of the config file, for editors. · Напечатать JSON Schema файла настроек."""
    from daemon.settings import schema as made

    print(json.dumps(made(), ensure_ascii=False, indent=1))
