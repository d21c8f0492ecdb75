"""A section of the config that chooses an engine: `engine:` names it, its options stand under its own name."""

from typing import Any, ClassVar, Literal, cast

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator
from pydantic_core import InitErrorDetails, PydanticCustomError

from daemon.engines import load
from daemon.engines.base import Options
from daemon.errors import EngineError


class EngineSection(BaseModel):
    """`kind` is the engines' kind; a subclass adds what all engines of the kind share.

    `{"engine": "espeak", "espeak": {"speed": 150}}`: every key that is not a field must be an engine's name, and its
    value must fit that engine's Options.
    """

    model_config = ConfigDict(frozen=True, extra="allow")
    kind: ClassVar[str]

    engine: str = Field("auto", description="Engine by name, “package.module:Class”, or auto: the best that can run.")

    @model_validator(mode="after")
    def _engines_are_known(self) -> "EngineSection":
        problems: list[InitErrorDetails] = []
        if self.engine != "auto":
            self._check(("engine",), self.engine, {}, problems)
        for name, given in (self.model_extra or {}).items():
            self._check((name,), name, given, problems)
        if problems:
            raise ValidationError.from_exception_data(type(self).__name__, problems)
        return self

    def _check(self, where: tuple[str, ...], name: str, given: Any, problems: list[InitErrorDetails]) -> None:
        try:
            load.find(self.kind, name).Options.model_validate(given or {})
        except EngineError as error:
            problem = PydanticCustomError(
                "extra_forbidden" if where != ("engine",) else "engine_unknown",
                "{why}",
                {"why": str(error), **error.values},
            )
            problems.append({"type": problem, "loc": where, "input": name})
        except ValidationError as error:
            for one in error.errors():
                kind = PydanticCustomError(one["type"], "{why}", {"why": one["msg"], **one.get("ctx", {})})
                problems.append({"type": kind, "loc": (*where, *one["loc"]), "input": one["input"]})

    def options(self, name: str) -> Options:
        """Return the options of the engine called `name`, its defaults where the config says nothing."""
        return cast(
            "Options", load.find(self.kind, name).Options.model_validate((self.model_extra or {}).get(name) or {})
        )


class TtsOptions(EngineSection):
    """What speaks."""

    kind: ClassVar[str] = "tts"


class MakingSection(EngineSection):
    """What generators of all kinds share."""

    recycle_jobs: int = Field(200, ge=0, description="A worker is replaced after so many jobs; 0: never.")
    recycle_mb: int = Field(1024, ge=0, description="A worker is replaced when it has grown by so many MiB; 0: never.")


class PictureOptions(MakingSection):
    """What makes pictures."""

    kind: ClassVar[str] = "picture"


class ClipOptions(MakingSection):
    """What makes clips."""

    kind: ClassVar[str] = "clip"

    format: Literal["mp4", "webm"] = Field(
        "mp4", description="mp4: H.264, plays everywhere; webm: VP9, free of patents."
    )
