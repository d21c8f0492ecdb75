"""Which place, light and weather a request asks for, or what suits its things when it does not say. Pure."""

from collections import Counter

from daemon.scene.model import Link, Request

WATERS = {"sea", "lake", "river"}
WINDOWED = {"room", "kitchen", "bedroom"}
INDOORS = {"room", "bedroom", "kitchen", "classroom", "stage"}


def place(request: Request) -> str:
    """Return the place to paint."""
    if request.place:
        return _deeper(request, request.place)
    if not request.items:
        return "mountains" if request.weather == "fog" else "meadow"
    if any(item.thing.name in {"island", "islet"} for item in request.items):
        return "sea"
    votes: Counter[str] = Counter()
    for rank, item in enumerate(request.items):
        scene = item.thing.scene
        weight = 4 if rank == 0 else 2
        small_object = scene in {"room", "kitchen", "stage"}
        votes[scene] += 1 if small_object and item.thing.wear else weight
    chosen = votes.most_common(1)[0][0]
    if any(item.thing.motion == "sail" for item in request.items) and chosen not in WATERS | {"beach", "underwater"}:
        return "sea"
    furniture = any(
        item.thing.scene == "room" and item.thing.size >= 4 and "hold" not in item.thing.flags for item in request.items
    )
    outside = any("vast" in item.thing.flags or "flying" in item.traits for item in request.items)
    if furniture and all(item.thing.size <= 6 for item in request.items) and not request.season and not outside:
        return "room"
    if outside and chosen in INDOORS | {"sky"}:
        return next((item.thing.scene for item in request.items if item.thing.scene not in INDOORS | {"sky"}), "meadow")
    outdoors = [item for item in request.items if item.thing.scene not in INDOORS]
    if chosen in INDOORS and any(item.thing.size >= 7 for item in outdoors):
        chosen = outdoors[0].thing.scene
    snowy = any(item.thing.scene == "snow" and item.thing.size >= 5 for item in request.items)
    if request.season == "winter" or request.weather == "snowfall" or (snowy and chosen in {"meadow", "forest"}):
        return "snow" if chosen in {"meadow", "farm", "forest", "savanna", "desert", "mountains", "beach"} else chosen
    if chosen == "sky" and any(item.thing.home == "ground" for item in request.items):
        return "meadow"
    return chosen


def painted(request: Request, place: str, index: int) -> bool:
    """Tell whether the backdrop shows the thing already: a window, where nothing more is said of it."""
    item = request.items[index]
    plain = item.thing.name == "window" and item.count == 1 and not (item.colour or item.traits)
    beside = all(one.kind in {Link.BESIDE, Link.AND} for one in request.relations if index in {one.anchor, one.subject})
    return plain and beside and place in WINDOWED and len(request.items) > 1


def time(request: Request, where: str) -> str:
    """Return the time of day."""
    if request.time:
        return request.time
    if where in INDOORS or where in {"space", "underwater"}:
        return "day"
    for item in request.items:
        if item.thing.name in {"moon", "crescent moon", "star", "fireworks", "ghost", "shooting star", "galaxy"}:
            return "night"
    return "day"


def _deeper(request: Request, where: str) -> str:
    """Return where "in the sea" is: below the surface for a fish, on it for a boat; nothing stands in a plain sky."""
    if where == "sea" and request.items and request.items[0].thing.home == "under":
        return "underwater"
    if where == "sky" and any(item.thing.home == "ground" and item.thing.size >= 6 for item in request.items[1:]):
        return "meadow"
    if where == "snow" and any(item.thing.scene == "forest" and item.thing.size >= 8 for item in request.items):
        return "snow"
    return where
