"""What is asked of the Images API: its fields, as JSON or as a form. Pure.

Field names and who takes which: openai-python's `types/image_generate_params.py` and `image_edit_params.py`.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

KNOWN_MODELS = (
    *("gpt-image-1-mini", "gpt-image-1.5", "gpt-image-2", "gpt-image-2.5-sunburst", "gpt-image-2.5-flare"),
    *("gpt-image-2.6-sunburst", "gpt-image-2.6-flare", "chatgpt-image-latest"),
)
"""OpenAI's models of November 2026; any other may be named too."""
OPTIONAL = ("response_format", "output_format", "quality")
"""Fields that servers disagree about: one that is complained of is left out."""
IMAGE, IMAGES = "image", "image[]"
"""A server takes the picture to start from under one name or the other."""
LONGEST_PROMPT = 32_000


@dataclass(frozen=True, slots=True)
class Body:
    """A body and its media type."""

    kind: str
    data: bytes


def fields(model: str, prompt: str, size: str, quality: str | None) -> dict[str, str]:
    """Return the fields of a request. GPT models answer in base64 and refuse `response_format`; others need it."""
    asked = {"model": model, "prompt": prompt[:LONGEST_PROMPT], "size": size}
    if quality is not None:
        asked["quality"] = quality
    if model.startswith(("gpt-image", "chatgpt-image")):
        asked["output_format"] = "png"
    else:
        asked["response_format"] = "b64_json"
    return asked


def size_of(request: Mapping[str, Any], default: str) -> str:
    """Return the size that is asked for: that of the request, where it has both sides."""
    width, height = request.get("width"), request.get("height")
    return f"{int(width)}x{int(height)}" if width and height else default


def complained(asked: Mapping[str, str], image: str, param: str, message: str) -> str | None:
    """Return which field of ours a server's complaint is about, if we can do without it or name it otherwise."""
    told = f"{param} {message}".lower()
    found = next((name for name in OPTIONAL if name in asked and name in told), None)
    return found or (image if image and "image" in re.findall(r"[a-z_]+", told) else None)


def plain(asked: Mapping[str, str]) -> Body:
    """Return the body of a request for a new picture."""
    return Body("application/json", json.dumps({**asked, "n": 1}, ensure_ascii=False).encode())


def form(asked: Mapping[str, str], name: str, png: bytes, boundary: str) -> Body:
    """Return the body of a request to change a picture (RFC 7578); `boundary` must not be in any part."""
    parts = []
    for field, value in {**asked, "n": "1"}.items():
        parts += [f'--{boundary}\r\nContent-Disposition: form-data; name="{field}"\r\n\r\n{value}\r\n'.encode()]
    head = f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"; filename="picture.png"\r\n'
    parts += [head.encode(), b"Content-Type: image/png\r\n\r\n", png, f"\r\n--{boundary}--\r\n".encode()]
    return Body(f"multipart/form-data; boundary={boundary}", b"".join(parts))
