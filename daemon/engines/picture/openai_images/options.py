"""The settings of the engine `openai_images`."""

from pathlib import Path

from pydantic import Field

from daemon.engines import base
from daemon.remote.place import ADDRESS, Place, place

OPENAI = "https://api.openai.com/v1"


class Settings(base.Options):
    """Settings of pictures made by OpenAI, or by a server that speaks its Images API. Used only when named."""

    base_url: str = Field(
        OPENAI, pattern=ADDRESS, description="Where the API is; plain http only on this machine or a private network."
    )
    model: str = Field("gpt-image-1-mini", min_length=1, max_length=200, description="The model that makes pictures.")
    key_file: Path | None = Field(None, description="A file that holds the API key; read for each picture.")
    size: str = Field(
        "1024x1024", pattern=r"^(auto|\d{2,4}x\d{2,4})$", description="Width x height in pixels, or auto."
    )
    quality: str | None = Field(
        None, pattern=r"^[a-z]{2,16}$", description="low, medium, high ... as the model knows it; null: its default."
    )
    per_day: int | None = Field(20, ge=1, description="Most pictures a day, as each costs money; null: no limit.")
    timeout: float = Field(180.0, ge=1, le=3600, description="Seconds after which one picture is given up.")
    image_hosts: tuple[str, ...] = Field(
        (), description="Other hosts from which a finished picture may be fetched, where the server sends an address."
    )
    ca: Path | None = Field(None, description="The server's certificate authority (PEM); null: the system's.")

    @property
    def place(self) -> Place:
        """The server. Raises EngineError `remote.address`."""
        return place(self.base_url)

    @property
    def costs(self) -> bool:
        """Whether it is OpenAI itself, which wants a key and money."""
        return self.base_url.startswith("https://api.openai.com/")
