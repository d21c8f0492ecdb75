"""The command `kombain`."""

import sys


def main() -> None:
    """Run the command line; a user's mistake is one clear sentence on standard error, status 2."""
    from daemon.cli.kombain import build
    from daemon.errors import ConfigError, KombainError

    try:
        build()(prog_name="kombain")
    except ConfigError as error:
        print(_sentence(error), file=sys.stderr)  # noqa: T201 - the command line speaks here
        sys.exit(2)
    except KombainError as error:
        print(_sentence(error), file=sys.stderr)  # noqa: T201
        sys.exit(1)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(141)


def _sentence(error: object) -> str:
    from daemon.cli.language import system_language
    from daemon.errors import KombainError

    return error.text(system_language()) if isinstance(error, KombainError) else str(error)


if __name__ == "__main__":
    main()
