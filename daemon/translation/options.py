"""The `translate` section of the config."""

from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from daemon.remote.place import ADDRESS


class TranslateOptions(BaseModel):
    """Who translates a Russian prompt for an engine that reads English only, where our tables don't know every word."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    base_url: str | None = Field(
        None,
        pattern=ADDRESS,
        description="A chat server that speaks OpenAI's API, http://127.0.0.1:8080/v1; null: none.",
    )
    model: str = Field("default", min_length=1, max_length=200, description="Its model; some servers want a name.")
    key_file: Path | None = Field(None, description="A file that holds its API key, where it wants one.")
    timeout: float = Field(20.0, ge=1, le=300, description="Seconds after which a translation is given up.")
