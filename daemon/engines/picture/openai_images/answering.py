"""What the Images API answers: a picture or its address, or why there is none. Pure.

Shapes: openai-python's `types/images_response.py`; errors are `{"error": {"message", "type", "param", "code"}}`, from
local servers also `{"error": "..."}`, `{"detail": ...}` or a page.
"""

import base64
import binascii
import json
from dataclasses import dataclass, field
from typing import Any

from daemon.engines.picture.openai_images.asking import KNOWN_MODELS
from daemon.engines.picture.openai_images.options import Settings
from daemon.errors import EngineError
from daemon.remote.exchange import Reply
from daemon.remote.key import without

AGAIN = {500, 502, 503, 504}
NO_MONEY = {"insufficient_quota", "billing_hard_limit_reached", "billing_not_active"}
UNSAFE = {"moderation_blocked", "content_policy_violation", "content_filter", "image_generation_user_error"}


@dataclass(frozen=True, slots=True)
class Complaint:
    """Why a server refuses."""

    message: str = ""
    code: str = ""
    param: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """A finished picture: its bytes, or where they are."""

    data: bytes = b""
    address: str = ""
    revised: str = ""
    """The prompt as the model rewrote it."""
    usage: dict[str, int] = field(default_factory=dict)
    """Tokens that were paid for, by kind."""


def answer(reply: Reply, host: str) -> Answer:
    """Read a reply that says it went well. Raises EngineError `images_api.garbage`."""
    try:
        body = json.loads(reply.body)
        first = body["data"][0]
        data, address = _picture(first)
        return Answer(data, address, str(first.get("revised_prompt") or ""), _usage(body.get("usage")))
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError, binascii.Error) as error:
        raise EngineError("images_api.garbage", host=host) from error


def _picture(first: Any) -> tuple[bytes, str]:
    """Return the picture's bytes, or its address; what is neither raises."""
    if encoded := first.get("b64_json"):
        plain = encoded.partition(",")[2] if encoded.startswith("data:") else encoded
        return base64.b64decode(plain, validate=True), ""
    return b"", _text(first["url"])


def _usage(told: Any) -> dict[str, int]:
    return {key: value for key, value in told.items() if type(value) is int} if isinstance(told, dict) else {}


def _text(given: Any) -> str:
    if not isinstance(given, str) or not given:
        raise TypeError
    return given


def complaint(reply: Reply, key: str) -> Complaint:
    """Read why a server refused, in whatever form it says so."""
    try:
        told = json.loads(reply.body)
    except (ValueError, RecursionError):
        return Complaint()
    told = told.get("error", told.get("detail", told)) if isinstance(told, dict) else told
    if not isinstance(told, dict):
        return Complaint(without(told if isinstance(told, str) else json.dumps(told), key))
    given = {name: without(str(told.get(name) or ""), key) for name in ("message", "code", "type", "param")}
    return Complaint(given["message"], given["code"] or given["type"], given["param"])


def refusal(reply: Reply, why: Complaint, options: Settings) -> EngineError:
    """Return the error that a reply is which did not go well."""
    host, model = options.place.host, options.model
    unsafe = why.code in UNSAFE or "safety system" in why.message or "content policy" in why.message
    match reply.status:
        case 401:
            return EngineError("images_api.bad_key", host=host)
        case _ if why.code in NO_MONEY or reply.status == 402:  # noqa: PLR2004 - payment required
            return EngineError("images_api.no_money", host=host)
        case _ if why.code == "model_not_found" or (reply.status == 404 and "model" in why.message.lower()):  # noqa: PLR2004
            if not options.costs:
                return EngineError("images_api.no_model_there", host=host, model=model)
            return EngineError("images_api.no_model", host=host, model=model, known=", ".join(KNOWN_MODELS))
        case 400 | 403 if unsafe:
            return EngineError("images_api.unsafe", host=host)
        case 403:
            return EngineError("images_api.forbidden", host=host, why=why.message or "HTTP 403")
        case 404:
            return EngineError("images_api.not_there", host=host)
        case 429:
            return EngineError("images_api.too_many", host=host)
        case status if status >= 500:  # noqa: PLR2004 - its own fault
            return EngineError("images_api.server", host=host, why=why.message or f"HTTP {status}")
        case status:
            return EngineError("images_api.refused", host=host, why=why.message or f"HTTP {status}")
