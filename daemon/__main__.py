"""The command `kombain`."""

import locale
import os
import sys
from contextlib import suppress

INTERRUPTED, PIPE_CLOSED = 130, 141
"""128 and the signal's number, as shells have it."""


def main() -> None:
    """Run the command line; a user's mistake is one clear sentence on standard error, status 2."""
    from daemon.errors import ConfigError, KombainError

    with suppress(locale.Error):
        locale.setlocale(locale.LC_MESSAGES, "")  # what the system says of files, in the user's language
    try:
        sys.exit(_run())
    except ConfigError as error:
        _say(error)
        sys.exit(2)
    except KombainError as error:
        _say(error)
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)
    except BrokenPipeError:  # `kombain listen ... | head`: nobody reads what is still to be written
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(PIPE_CLOSED)


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
