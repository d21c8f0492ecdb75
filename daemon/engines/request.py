"""What a request says, else what the options say, else what the model's family wants."""

import random
from typing import Any


def first(*values: Any) -> Any:
    """Return the first that is not None; None where all are."""
    return next((value for value in values if value is not None), None)


def seeded(request: dict[str, Any]) -> int:
    """Return the request's seed, or throw one."""
    seed = request.get("seed")
    return random.randrange(2**31) if seed is None else int(seed) % 2**63
