"""What may be asked of the gallery from outside: read once, at the edge."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from daemon.errors import CommandError

PAGE = 200
"""Entries of one answer."""
Name = Annotated[str, Field(pattern=r"^[A-Za-z0-9._:-]{1,64}$")]


class Wish(BaseModel):
    """One request; its fields count where `do` has a use for them."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    do: Literal["list", "delete", "keep", "unkeep"] = Field("list", description="What to do.")
    ids: tuple[Name, ...] = Field((), max_length=PAGE, description="Ids, the ends of ids, or “last”.")
    text: str = Field("", max_length=500, description="list: words of the prompt, all of them, in any form.")
    kind: Literal["picture", "clip"] | None = Field(None, description="list: only these.")
    since: float | None = Field(None, description="list: only what was made after this time, Unix seconds.")
    before: int | None = Field(None, description="list: only what has a lower number than this.")
    limit: int = Field(PAGE, ge=1, le=PAGE, description="list: at most so many.")


def read(fields: dict[str, Any]) -> Wish:
    """Return the wish of a JSON object. Raises CommandError `gallery.wish`."""
    try:
        return Wish.model_validate(fields)
    except ValidationError as error:
        problem = error.errors(include_url=False)[0]
        where = ".".join(map(str, problem["loc"])) or "do"
        raise CommandError("gallery.wish", field=ascii(where)[1:-1][:40], why=problem["msg"]) from error
