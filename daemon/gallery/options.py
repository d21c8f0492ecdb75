"""Settings of the gallery."""

from pydantic import BaseModel, ConfigDict, Field


class GalleryOptions(BaseModel):
    """What goes when: the oldest first, never what is kept (`kombain gallery keep`) or needed by a job."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    keep_days: float | None = Field(
        None, gt=0, description="Days after which pictures and clips are deleted; null: never."
    )
    keep_mb: int | None = Field(None, ge=1, description="Most that all of them may take; null: no limit.")
    keep_free_mb: int = Field(500, ge=0, description="The disk's free room that is made by deleting; 0: none.")
