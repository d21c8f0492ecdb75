"""`kombain doctor`: what is wrong here, why, and the one command that mends it."""

import json
import os
import sys
from pathlib import Path
from typing import Annotated

import typer


def doctor(
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    config: Annotated[Path | None, typer.Option(readable=False, help="Config file.")] = None,
) -> None:
    """Look for what is wrong, with the command that mends it. · Найти неполадки и как их устранить."""
    from rich.console import Console
    from rich.text import Text

    from daemon import log, messages
    from daemon.cli.language import system_language
    from daemon.doctor.examine import examine
    from daemon.doctor.finding import House

    hush()
    log.start("critical")
    language = system_language()
    found = examine(House(config))
    failed = any(one.severity == "failure" for findings in found.values() for one in findings)
    if as_json:
        told = {
            topic: [
                {"code": one.code, "severity": one.severity, "text": one.text(language), "fix": one.fix}
                for one in findings
            ]
            for topic, findings in found.items()
        }
        print(json.dumps(told, ensure_ascii=False))
        raise typer.Exit(1 if failed else 0)
    console = Console(width=None if sys.stdout.isatty() else 200, soft_wrap=True, highlight=False)
    for topic, findings in found.items():
        title = messages.text(f"doctor.topics.{topic}", language)
        if not findings:
            console.print(Text.assemble(("✓ ", "green"), title))
        for one in findings:
            sign = ("✗ ", "red") if one.severity == "failure" else ("! ", "yellow")
            console.print(Text.assemble(sign, f"{title}: {one.text(language)}"))
            console.print(Text.assemble("    ", (one.fix, "bold")))
    count = sum(map(len, found.values()))
    console.print(messages.text("doctor.fine" if not count else "doctor.count", language, n=count))
    raise typer.Exit(1 if failed else 0)


def hush() -> None:
    """Let native libraries write to nowhere from here on: JACK's and ALSA's words are no findings. Ours are seen."""
    sys.stderr = os.fdopen(os.dup(2), "w", buffering=1, encoding="utf-8", errors="backslashreplace")
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    os.close(nowhere)
