"""How the things of a scene move: pure functions of time that come back to where they began or run on evenly."""

import math
from dataclasses import dataclass, replace

from daemon.scene.model import Carrier, Link, Placed, Scene
from daemon.scene.setting import WATERS

APART = {Link.AND, Link.BESIDE, Link.WITH, Link.CHASE, Link.ON}
"""Relations that let things move side by side."""


@dataclass(frozen=True, slots=True)
class Pose:
    """Where a thing is at a moment, relative to the still picture; lengths in canvas units."""

    dx: float = 0.0
    dy: float = 0.0
    angle: float = 0.0
    """Degrees counter-clockwise, about its middle (about its feet when it sways)."""
    stretch: float = 1.0
    """Its height, as a factor; its width changes the other way."""
    light: float = 1.0
    shine: float = 1.0
    """How bright the shine of a flame is."""


def pose(scene: Scene, one: Placed, t: float, seconds: float) -> Pose:
    """Return the pose of a placed thing at `t` of `seconds`."""
    if one.carrier is not None:
        bearer = _bearer(one, one.carrier)
        if _motion(scene, bearer) not in FAST:
            return _carried(one.carrier, pose(scene, bearer, t, seconds))
    motion = _motion(scene, one)
    phase = (one.group % 10) * 0.37 + (one.group // 10) * 0.19
    gone = t - seconds / 2
    if motion in {"walk", "drive"}:
        return _travel(one, motion, t, gone, phase)
    if motion in {"hop", "fly", "swim", "sail", "drift"}:
        return _roam(one, motion, t, gone, phase)
    still = _inplace(motion, t, phase, one.box)
    if "glow" in one.item.thing.flags and motion == "sway":
        flicker = math.sin(2 * math.pi * (1.9 * t + phase)) + 0.6 * math.sin(2 * math.pi * (3.7 * t + 2 * phase))
        return replace(still, shine=0.86 + 0.08 * flicker)
    return still


FAST = {"still", "spin", "twinkle"}
"""Ways to move that leave alone what stands on a thing."""


def _bearer(one: Placed, carrier: Carrier) -> Placed:
    return replace(
        one,
        item=carrier.item,
        x=one.x - carrier.dx,
        y=one.y - carrier.dy,
        box=carrier.box,
        flip=carrier.flip,
        group=carrier.group,
        grounded=True,
        carrier=None,
    )


def _carried(carrier: Carrier, bearer: Pose) -> Pose:
    """Return the pose of what stands fast on a bearer that moves, turns and stretches about its own feet."""
    turn = math.radians(-bearer.angle)
    x, y = carrier.dx / bearer.stretch, carrier.dy * bearer.stretch
    return replace(
        bearer,
        dx=bearer.dx + x * math.cos(turn) - y * math.sin(turn) - carrier.dx,
        dy=bearer.dy + x * math.sin(turn) + y * math.cos(turn) - carrier.dy,
    )


def _roam(one: Placed, motion: str, t: float, gone: float, phase: float) -> Pose:
    """Return the pose of what hops, flies, swims or drifts; `gone` is the time since the middle of the clip."""
    way, reach = one.gaze, one.box
    match motion:
        case "hop":
            leap = abs(math.sin(math.pi * (t * 1.5 + phase)))
            return Pose(dy=-0.16 * reach * leap, dx=6 * (way or -1) * gone, stretch=1 + 0.05 * leap)
        case "fly":
            bob = math.sin(2 * math.pi * (0.45 * t + phase))
            return Pose(way * 34 * gone, 0.05 * reach * bob, 3 * math.cos(2 * math.pi * (0.45 * t + phase)))
        case "swim":
            bob = math.sin(2 * math.pi * (0.4 * t + phase))
            return Pose(way * 26 * gone, 0.035 * reach * bob, 2.5 * math.sin(2 * math.pi * (0.8 * t + phase)))
        case "sail":
            bob = math.sin(2 * math.pi * (0.3 * t + phase))
            return Pose(
                20 * (way or -1) * gone, 0.014 * reach * bob, 2.4 * math.sin(2 * math.pi * (0.3 * t + phase + 0.2))
            )
        case _:
            return Pose(
                0.05 * reach * math.sin(2 * math.pi * (0.16 * t + phase)),
                0.045 * reach * math.sin(2 * math.pi * (0.25 * t + phase)) - 5 * gone,
                2.5 * math.sin(2 * math.pi * (0.22 * t + phase)),
            )


def _inplace(motion: str, t: float, phase: float, reach: float) -> Pose:
    wave = math.sin(2 * math.pi * (0.5 * t + phase))
    match motion:
        case "bounce":
            beat = abs(math.sin(math.pi * (0.9 * t + phase)))
            return Pose(dy=-0.035 * reach * beat, angle=1.6 * wave, stretch=0.985 + 0.03 * beat)
        case "dance":
            beat = abs(math.sin(math.pi * (1.6 * t + phase)))
            return Pose(
                0.05 * reach * wave,
                -0.07 * reach * beat,
                8 * math.sin(2 * math.pi * (0.8 * t + phase)),
                0.97 + 0.06 * beat,
            )
        case "sleep":
            return Pose(stretch=1 + 0.014 * math.sin(2 * math.pi * (0.3 * t + phase)))
        case "sway":
            return Pose(angle=1.5 * wave)
        case "spin":
            return Pose(angle=-12 * t)
        case "twinkle":
            return Pose(light=0.75 + 0.25 * math.sin(2 * math.pi * (0.7 * t + phase)), stretch=1)
        case _:
            return Pose()


def _motion(scene: Scene, one: Placed) -> str:
    """Return how this thing moves here: adjectives outrank its kind, and what rides on something keeps still."""
    item = one.item
    for trait, motion in (
        ("sleeping", "sleep"),
        ("dancing", "dance"),
        ("flying", "fly"),
        ("jumping", "hop"),
        ("running", "walk"),
    ):
        if trait in item.traits:
            return motion
    motion = item.thing.motion
    held = not one.grounded and item.thing.home == "ground" and scene.place not in {"space", "underwater", "sky"}
    tied = any(relation.kind not in APART for relation in scene.request.relations)
    if held or (tied and motion in {"walk", "drive", "hop"} and len(scene.placed) > 1):
        return "still" if motion in {"still", "spin"} or item.thing.wear else "bounce" if motion != "sway" else "sway"
    if motion in {"swim", "sail"} and scene.place not in WATERS | {"underwater", "beach"}:
        return "bounce" if scene.place not in {"sky", "space"} else "drift"
    if scene.place in {"space", "underwater"} and motion in {"walk", "bounce", "drive", "still", "hop"}:
        return "drift" if item.thing.size < 8 else "still"
    return motion


def _travel(one: Placed, motion: str, t: float, gone: float, phase: float) -> Pose:
    """Cross part of the picture, with steps."""
    speed = (80 if motion == "drive" else 44) * (1.9 if "running" in one.item.traits else 1)
    step = math.sin(2 * math.pi * (1.7 * t + phase))
    way = one.gaze or (1 if one.flip else -1)
    if motion == "drive":
        return Pose(way * speed * gone, -0.006 * one.box * abs(step), 0.4 * step)
    return Pose(way * speed * gone, -0.03 * one.box * abs(step), 1.8 * step)
