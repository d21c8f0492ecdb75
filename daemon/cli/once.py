"""What `kombain ask` does where no assistant runs: once, in this process, and in writing."""

from datetime import datetime


def answer(text: str, language: str) -> None:
    """Carry out a request. Raises ConfigError for what needs a running assistant."""
    import intents
    from daemon import messages, spoken
    from daemon.cli.draw import make_once
    from daemon.cli.language import system_language
    from daemon.cli.notice import notice
    from daemon.errors import ConfigError
    from intents.model import Generate, Say, Tell

    notice(messages.text("control.once", system_language()))
    now = datetime.now().astimezone()
    intent = intents.recognize(text, language)
    for action in intents.plan(intent):
        match action:
            case Say():
                print(action.text)
            case Tell(what="time"):
                print(messages.text("replies.time", language, time=spoken.clock(now, language)))
            case Tell(what="date"):
                print(messages.text("replies.date", language, date=spoken.date(now, language)))
            case Tell(what="help" | "not_understood" as what):
                print(messages.text(f"replies.{what}", language))
            case Generate(source=None):
                for _ in range(action.count):
                    make_once(action.kind, {"prompt": action.prompt, "language": language, "seed": None})
            case _:
                raise ConfigError("control.needs_daemon")
