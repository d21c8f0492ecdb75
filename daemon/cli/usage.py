"""A mistake on the command line, in one sentence of ours: typer knows only English, and takes six lines."""

import re
from typing import Any

import typer

from daemon.errors import ConfigError

USAGE: Any = typer.BadParameter.__bases__[0]
"""The base of what typer raises for a wrong command line. It has no public name that holds from version to version."""


def mistake(error: Any) -> ConfigError | None:
    """Return what is wrong with the command line, or None when `error` is something else."""
    if not isinstance(error, USAGE):
        return None
    command = error.ctx.command_path if error.ctx is not None else "kombain"
    why = error.format_message().rstrip(".")
    match type(error).__name__:
        case "NoSuchOption":
            return ConfigError("cli.no_option", name=error.option_name, command=command)
        case "BadOptionUsage":
            return ConfigError("cli.option_value", name=error.option_name, command=command)
        case "MissingParameter":
            return ConfigError("cli.missing", name=_name(error.param), command=command)
        case "BadParameter":
            return ConfigError("cli.bad_value", name=_name(error.param), why=error.message.rstrip("."), command=command)
    if found := re.search(r"unexpected extra argument\S* \((.*)\)", why, re.DOTALL):
        return ConfigError("cli.too_much", words=found[1], command=command)
    if found := re.match(r"No such command '(.*?)'", why, re.DOTALL):
        return ConfigError("cli.no_command", name=found[1], command=command)
    return ConfigError("cli.usage", why=why, command=command)


def _name(parameter: Any) -> str:
    """Return what the user calls a parameter: --out, FILE."""
    return str(max(parameter.opts, key=len) if parameter.param_type_name == "option" else parameter.name.upper())
