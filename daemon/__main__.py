"""The command `kombain`."""

import locale
import os
import signal
import sys
from contextlib import suppress

INTERRUPTED, TERMINATED = 130, 143
"""128 and the signal's number, as shells have it."""


def main() -> None:
    """Run the command line; a user's mistake is one clear sentence on standard error, status 2."""
    from daemon.errors import ConfigError, KombainError

    with suppress(locale.Error):
        locale.setlocale(locale.LC_MESSAGES, "")  # what the system says of files, in the user's language
    terminated = _sigterm_as_interrupt()
    try:
        status = _run()
        sys.exit(TERMINATED if status == INTERRUPTED and terminated else status)
    except ConfigError as error:
        _say(error)
        sys.exit(2)
    except KombainError as error:
        _say(error)
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(TERMINATED if terminated else INTERRUPTED)
    except BrokenPipeError:  # `kombain listen ... | head`: nobody reads what is still to be written
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)


def _sigterm_as_interrupt() -> list[int]:
    """Let SIGTERM end a command as Ctrl-C does, in good order; the list that is returned then holds its number."""
    seen: list[int] = []

    def end(number: int, _frame: object) -> None:
        seen.append(number)
        if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # a shell's background job
            signal.signal(signal.SIGINT, signal.default_int_handler)
        signal.raise_signal(signal.SIGINT)

    signal.signal(signal.SIGTERM, end)
    return seen


def _run() -> int | None:
    import typer

    from daemon.cli.kombain import build
    from daemon.cli.usage import mistake

    try:
        arguments = sys.argv[1:] or ["--help"]
        status: int | None = build()(arguments, prog_name="kombain", standalone_mode=False)
        sys.stdout.flush()
    except typer.Abort:  # older ones make this of Ctrl-C
        return INTERRUPTED
    except Exception as error:
        if (found := mistake(error)) is None:
            raise
        raise found from error
    return status


def _say(error: Exception) -> None:
    """Print the sentence in the user's language; a name from outside can't send the terminal commands."""
    from daemon.cli.language import system_language
    from daemon.errors import KombainError
    from daemon.log import printable

    text = error.text(system_language()) if isinstance(error, KombainError) else str(error)
    print("\n".join(printable(line) for line in text.split("\n")), file=sys.stderr)  # noqa: T201 - for the user


if __name__ == "__main__":
    main()
