"""Where everything stands on the canvas: a pure function of the request, the glyphs' shapes and a seed."""

import random
from collections.abc import Sequence
from dataclasses import replace

from daemon.scene import setting
from daemon.scene.cluster import LOOSE, Cluster, Measure, afloat, airborne, binds
from daemon.scene.lexicon import things
from daemon.scene.light import light_of
from daemon.scene.model import SIDE, Item, Placed, Request, Scene
from daemon.scene.relations import build

LEFT, RIGHT = 46.0, SIDE - 46.0
FEET = {"water": 800.0, "ground": 880.0}
STREAM = 566.0
"""Where the middle of a river is at the feet of a boat."""
BLANK = "easel"
"""What is drawn when nothing that was asked for can be: an easel with a question mark."""


def compose(request: Request, seed: int, measure: Measure) -> Scene:
    """Lay a request out. The same request and seed give the same scene."""
    rng = random.Random(seed)
    asked = request
    if request.nothing:
        easel = Item(next(thing for thing in things() if thing.glyph == BLANK))
        request = replace(request, items=(easel,), place="meadow")
    place = setting.place(request)
    clusters = [build(root, request, place, rng, measure) for root in _roots(request, place)]
    standing = [cluster for cluster in clusters if _level(cluster, place) == "standing"]
    hanging = [cluster for cluster in clusters if _level(cluster, place) == "hanging"]
    placed = _stand(standing, place, rng)
    placed += _hang(hanging, [_box(one, measure) for one in placed], place, rng, measure)
    if place != "river" and rng.random() < 0.5:
        placed = [mirrored(one) for one in placed]
    placed.sort(key=lambda one: (one.z, one.y))
    time, weather = setting.time(request, place), request.weather or ""
    return Scene(
        request=asked,
        place=place,
        time=time,
        season=request.season or ("winter" if weather == "snowfall" else "summer"),
        weather=weather,
        seed=seed,
        placed=tuple(placed),
        light=light_of(place, time, weather, placed, seed),
        style=request.style or "",
    )


def mirrored(one: Placed) -> Placed:
    """Return a copy on the other side of the picture, looking the other way; what has no side stays as it is."""
    turned = one.item.thing.gaze != 0 or "sided" in one.item.thing.flags
    carrier = one.carrier
    if carrier:
        carrier = replace(carrier, dx=-carrier.dx, flip=carrier.flip != (carrier.item.thing.gaze != 0))
    return replace(one, x=SIDE - one.x, flip=one.flip != turned, angle=-one.angle, carrier=carrier)


def _roots(request: Request, place: str) -> list[int]:
    """Return the items that stand by themselves; the others are placed by them."""
    subjects = {relation.subject for relation in request.relations if binds(request, relation, place)}
    return [
        index
        for index in range(len(request.items))
        if index not in subjects and not setting.painted(request, place, index)
    ]


def _level(cluster: Cluster, place: str) -> str:
    if place in LOOSE:
        return "hanging" if place != "underwater" or afloat(cluster.root, place) else "standing"
    flies = any("flying" in one.item.traits and one.carrier for one in cluster.placed)  # a witch on her broom
    return "hanging" if flies or airborne(cluster.root) else "standing"


def _stand(clusters: Sequence[Cluster], place: str, rng: random.Random) -> list[Placed]:
    """Put clusters side by side on the ground, the first one largest and nearest."""
    if not clusters:
        return []
    hurry = any("running" in one.item.traits for cluster in clusters for one in cluster.placed)
    scale = min(
        (RIGHT - LEFT)
        * (0.7 if hurry else 0.94)
        / (sum(cluster.width for cluster in clusters) + 30 * (len(clusters) - 1)),
        *((700 if cluster.root.thing.size < 8 else 790) / cluster.height for cluster in clusters),
        _ambition(clusters, place),
    )
    room = (RIGHT - LEFT) - scale * sum(cluster.width for cluster in clusters)
    gap = room / (len(clusters) + 1)
    x = LEFT
    order = list(range(len(clusters)))
    if len(order) > 2:
        order[0], order[1] = order[1], order[0]
    found: list[Placed] = []
    for rank in order:
        cluster = clusters[rank]
        x += gap + rng.uniform(-0.25, 0.25) * gap
        feet = _feet(cluster.root, place) - 34 * min(rank, 3)
        if place == "river" and (cluster.root.thing.home == "water" or "arch" in cluster.root.thing.flags):
            x = STREAM - cluster.width * scale / 2
        feet = min(feet, SIDE - 16 - cluster.bottom * scale)
        feet = max(feet, 20 - cluster.top * scale)
        found += cluster.at(x - cluster.left * scale, feet, scale, group=10 * rank)
        if _needs_land(cluster.root, place):
            found.append(
                _islet(SIDE / 2 if len(clusters) == 1 else x + cluster.width * scale / 2, feet, cluster.width * scale)
            )
        x += cluster.width * scale + rng.uniform(0, 0.2) * gap
    return found


def _needs_land(item: Item, place: str) -> bool:
    """Tell whether a thing would stand on the open water."""
    return place in {"sea", "lake"} and item.thing.home == "ground" and "arch" not in item.thing.flags


def _islet(x: float, feet: float, width: float) -> Placed:
    box = min(max(1.3 * width, 260.0), SIDE)
    sand = next(thing for thing in things() if thing.glyph == "islet")
    return Placed(Item(sand), x, min(feet + 0.13 * box, SIDE), box, z=-10, grounded=False)


def _ambition(clusters: Sequence[Cluster], place: str) -> float:
    """Return the scale at which the clusters look well: a lone small thing is shown large."""
    tallest = max(cluster.height for cluster in clusters)
    biggest = max(cluster.root.thing.size for cluster in clusters)
    wanted = 520 + 26 * max(0, biggest - 3)
    if place == "underwater" or (place == "river" and clusters[0].root.thing.home == "water"):
        wanted = 380  # the sea floor is for those who swim above it; a river is no wider
    said = clusters[0].root.size if len(clusters) == 1 else 1.0
    return wanted * min(1.2, max(0.6, said)) / tallest


def _feet(item: Item, place: str) -> float:
    if place == "underwater":
        return 965.0
    if place == "river" and item.thing.home == "water":
        return 850.0
    if place in setting.WATERS and item.thing.home == "water":
        return FEET["water"]
    if place in setting.WATERS and place in {"sea", "lake"}:
        return 800.0
    return FEET["ground"] - (50 if item.thing.size >= 8 else 0)


def _hang(
    clusters: Sequence[Cluster],
    taken: list[tuple[float, float, float, float]],
    place: str,
    rng: random.Random,
    measure: Measure,
) -> list[Placed]:
    """Find for each cluster in the air the freest spot."""
    found: list[Placed] = []
    alone = not taken
    for rank, cluster in enumerate(clusters):
        vast = "vast" in cluster.root.thing.flags
        if vast and cluster.root.thing.size == 9:  # a rainbow, from side to side
            found += cluster.at(SIDE / 2, 636, 1000 / cluster.width, group=500 + 10 * rank, grounded=False)
            found[-1] = replace(found[-1], z=-20)
            continue
        share = (
            0.24
            if vast and place not in LOOSE
            else 0.62
            if alone and len(clusters) == 1
            else 0.46
            if alone
            else 0.3 + 0.02 * cluster.root.thing.size
        )
        area = SIDE * (share if len(clusters) < 3 else share * 0.8)
        extent = max(cluster.height, (cluster.width * cluster.height) ** 0.5)
        scale = min(area / extent * (1.25 if cluster.root.count > 2 else 1), 0.72 * SIDE / cluster.width, 2.6)
        scale = min(scale, 900 / cluster.width, 820 / cluster.height)
        x, y = _freest(cluster, scale, taken, place, rng, alone=alone and not vast)
        ones = cluster.at(x, y, scale, group=500 + 10 * rank, grounded=False)
        found += ones
        taken += [_box(one, measure) for one in ones]
    return found


def _freest(
    cluster: Cluster,
    scale: float,
    taken: Sequence[tuple[float, float, float, float]],
    place: str,
    rng: random.Random,
    *,
    alone: bool,
) -> tuple[float, float]:
    """Return the feet of the cluster where it overlaps least with what is there and lies near where it belongs."""
    width, height = cluster.width * scale, cluster.height * scale
    whole = alone or place in LOOSE
    low, high = (70.0, max(71.0, SIDE - 110 - height)) if whole else (36.0, max(60.0, min(560 - height, 330.0)))
    best, best_cost = (SIDE / 2, SIDE / 2), float("inf")
    wanted = (SIDE * rng.uniform(0.3, 0.7), SIDE * (0.46 if whole else 0.2))
    if "vast" in cluster.root.thing.flags and taken and not whole:  # the moon beside the tower, not on top of it
        wanted = (SIDE * rng.choice((0.2, 0.8)), SIDE * 0.16)
    if whole and not taken:
        wanted = (SIDE * rng.uniform(0.46, 0.54), SIDE * 0.46)
    for _ in range(70):
        x0 = rng.uniform(LEFT, max(LEFT + 1, RIGHT - width))
        y0 = rng.uniform(low, high)
        box = (x0, y0, x0 + width, y0 + height)
        cost = 8 * sum(overlap(box, other) for other in taken) / (width * height)
        cost += (abs(x0 + width / 2 - wanted[0]) + abs(y0 + height / 2 - wanted[1])) / SIDE
        if cost < best_cost:
            best, best_cost = (x0 - cluster.left * scale, y0 - cluster.top * scale), cost
    return best


def overlap(one: tuple[float, float, float, float], other: tuple[float, float, float, float]) -> float:
    """Return the area that two boxes (left, top, right, bottom) share."""
    width = min(one[2], other[2]) - max(one[0], other[0])
    height = min(one[3], other[3]) - max(one[1], other[1])
    return max(0.0, width) * max(0.0, height)


def _box(one: Placed, measure: Measure) -> tuple[float, float, float, float]:
    shape = measure(one.item.thing.glyph)
    width, height = shape.width * one.box, shape.height * one.box
    return one.x - width / 2, one.y - height, one.x + width / 2, one.y
