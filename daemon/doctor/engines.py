"""Checks of what hears words, understands speech, speaks and makes."""

from typing import Any

from daemon.doctor import diffusion
from daemon.doctor.finding import Findings, House, failure, warning
from daemon.ears.child import built
from daemon.engines.section import EngineSection
from daemon.errors import EngineError, KombainError
from daemon.messages import LANGUAGES
from daemon.scene import glyphs
from daemon.transcription.choice import BEST, STAND_IN
from daemon.transcription.choice import choose as choose_stt

FIXES = {
    "openai_images": "picture: {openai_images: {key_file: FILE}}",
    "videocrafter": "clip: {videocrafter: {checkout: FOLDER, python: FOLDER/bin/python}}",
}
"""What mends an engine that was named and can't run."""
TRANSLATOR = "translate: {base_url: http://127.0.0.1:8080/v1}"


def wake(house: House) -> Findings:
    """Load the wake words."""
    try:
        built(house.config.ears.wake, house.models).load()
    except EngineError as error:
        fix = (
            'kombain wake train "PHRASE" --name NAME'
            if error.code != "wake.no_pyopen"
            else "pip install pyopen-wakeword"
        )
        yield failure("wake", fix, why=error)


def vad(house: House) -> Findings:
    """Look for the voice detector, and for gain and suppression."""
    try:
        built(house.config.ears.vad, house.models).load()
    except EngineError as error:
        yield failure("vad", "pip install webrtcvad-wheels", why=error)
    if house.config.ears.gain or house.config.ears.suppression:
        try:
            from daemon.ears.cleaning import Cleaner

            Cleaner(house.config.ears.gain, house.config.ears.suppression)
        except EngineError as error:
            yield failure("gain", "pip install webrtc-noise-gain", why=error)


def stt(house: House) -> Findings:
    """Look for a real Whisper, whole."""
    from daemon.transcription import weights

    section = house.config.stt.model_dump(mode="json")
    choice = choose_stt(section, house.models)
    if choice.engine == STAND_IN:
        yield warning("stand_in", "kombain models pull whisper-small")
    elif choice.engine == "faster_whisper":
        model = str((section.get("faster_whisper") or {}).get("model", "small"))
        folder = weights.find(model, house.models)
        if folder is None:
            yield failure("stt_missing", f"kombain models pull whisper-{model}", model=model)
            return
        try:
            weights.check(folder)
        except EngineError as error:
            yield failure(
                "stt", f"kombain models remove whisper-{model} && kombain models pull whisper-{model}", why=error
            )


def tts(house: House) -> Findings:
    """Look for a voice of the house's language."""
    from daemon.engines.tts import piper

    section = house.config.tts
    language = house.config.language
    name = "lessac" if language == "en" else "irina"
    options = piper.Engine.Options.model_validate(section.options("piper").model_dump())
    voices = piper.found(options, house.models)
    for wanted, voice in options.voices.items():
        if wanted not in voices:
            yield failure("voice_missing", "kombain models list", voice=voice, language=wanted)
    if section.engine == "piper" and language not in voices:
        yield failure("no_voice", f"kombain models pull piper-{language}-{name}", language=language)
    elif section.engine == "auto" and language not in voices:
        yield warning("plain_voice", f"kombain models pull piper-{language}-{name}", language=language)


def makers(house: House) -> Findings:
    """Look for what draws and films."""
    from daemon.workers.choice import choose

    sections: tuple[EngineSection, ...] = (house.config.picture, house.config.clip)
    for section in sections:
        try:
            choice = choose(section.kind, section.model_dump(mode="json"), house.models)
        except KombainError as error:
            if glyphs.find_font() is None and section.engine in {"auto", "sketch"}:
                continue  # `programs` tells of it, once
            fix = FIXES.get(section.engine, f"{section.kind}: {{engine: auto}}")
            yield failure("maker", diffusion.mending(house, section) or fix, kind=section.kind, why=error)
            continue
        for name, why in choice.declined.items():
            fix = f"{section.kind}: {{engine: {name}}}"
            yield warning("declined", fix, kind=section.kind, engine=choice.name, other=name, why=why)
        if licence := getattr(choice.engine, "licence", None):
            yield warning("licence", f"{section.kind}: {{engine: sketch}}", kind=section.kind, licence=licence)
        if host := getattr(choice.engine, "host", None):
            yield warning("elsewhere", f"{section.kind}: {{engine: auto}}", kind=section.kind, host=host)
        if house.config.language in _unread(house, choice.engine):
            yield warning("unread", TRANSLATOR, kind=section.kind, engine=choice.name)


def _unread(house: House, engine: Any) -> set[str]:
    """Return the languages that an engine does not read, and that neither Whisper nor a server can translate here."""
    reads, section = set(getattr(engine, "reads", ())), house.config.stt.model_dump(mode="json")
    model = str((section.get(BEST) or {}).get("model", ""))
    by_ear = choose_stt(section, house.models).engine == BEST and "turbo" not in model  # that one never learnt it
    return set() if not reads or by_ear or house.config.translate.base_url else set(LANGUAGES) - reads
