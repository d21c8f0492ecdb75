"""A picture that somebody gives to start from: looked at before a job is made of it."""

from pathlib import Path

from daemon.errors import JobError

MOST_MB = 64
HEAD = 12
"""Bytes by which a picture is known."""


def checked(path: Path) -> Path:
    """Return the path of what is a PNG, JPEG or WebP by its first bytes.

    Raises JobError `image.missing`, `image.unreadable`, `image.not_a_picture`, `image.too_large`.
    """
    try:
        if not path.is_file():  # a pipe or device could be read for ever
            raise JobError("image.missing", path=path)
        size = path.stat().st_size
        with path.open("rb") as file:
            head = file.read(HEAD)
    except (OSError, ValueError) as error:
        raise JobError("image.unreadable", path=path, why=getattr(error, "strerror", None) or error) from error
    webp = head[:4] == b"RIFF" and head[8:] == b"WEBP"
    if not (webp or head.startswith((b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff"))):
        raise JobError("image.not_a_picture", path=path)
    if size > MOST_MB << 20:
        raise JobError("image.too_large", path=path, mb=size >> 20, most=MOST_MB)
    return path
