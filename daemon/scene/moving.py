"""How the things of a scene move: pure functions of time that end where they began, so that a clip can be repeated."""

import math
from dataclasses import dataclass, replace

from daemon.scene.model import SIDE, Carrier, Link, Placed, Scene
from daemon.scene.setting import WATERS

APART = {Link.AND, Link.BESIDE, Link.WITH, Link.CHASE, Link.ON}
"""Relations that let things move side by side."""
STROLL = 4.5
"""Seconds that there and back take, more or less."""


@dataclass(frozen=True, slots=True)
class Pose:
    """Where a thing is at a moment, relative to the still picture; lengths in canvas units."""

    dx: float = 0.0
    dy: float = 0.0
    angle: float = 0.0
    """Degrees counter-clockwise, about its middle (about its feet when it sways)."""
    stretch: float = 1.0
    """Its height, as a factor; its width changes the other way."""
    facing: float = 1.0
    """Its width as it turns round: 1 as placed, -1 when it faces the other way."""
    light: float = 1.0
    shine: float = 1.0
    """How bright the shine of a flame is."""


@dataclass(frozen=True, slots=True)
class Moment:
    """A moment of a clip that is shown again and again: all that swings comes round a whole number of times."""

    t: float
    """Seconds since its beginning."""
    seconds: float
    """How long the clip is."""

    def turns(self, rate: float) -> float:
        """Return how often what turns about `rate` times a second has turned by now."""
        return max(1, round(rate * self.seconds)) * self.t / self.seconds

    def wave(self, rate: float, phase: float = 0.0) -> float:
        """Return a swing between -1 and 1, about `rate` of them a second."""
        return math.sin(2 * math.pi * (self.turns(rate) + phase))

    def beat(self, rate: float, phase: float = 0.0) -> float:
        """Return a hop between 0 and 1, about `rate` of them a second."""
        return abs(math.sin(math.pi * (self.turns(rate) + phase)))

    def stroll(self, speed: float) -> tuple[float, float]:
        """Return how far who goes there and back has come, in the mean at `speed`, and which way it faces (1 to -1).

        In the middle of the clip it is where the still picture has it, on its way there.
        """
        ways = max(1, round(self.seconds / STROLL))
        share = 2 * math.pi * ways * (self.t / self.seconds - 0.5)
        return speed * self.seconds / (4 * ways) * math.sin(share), max(-1.0, min(1.0, 4 * math.cos(share)))

    def crossing(self, x: float, wide: float, way: int, speed: float) -> float:
        """Return how far from `x` is what leaves the picture on one side and comes back on the other."""
        lane = SIDE + 2 * wide
        laps = max(1, round(speed * self.seconds / lane))
        gone = way * lane * laps * (self.t / self.seconds - 0.5)
        return (x + gone + wide) % lane - wide - x


def pose(scene: Scene, one: Placed, t: float, seconds: float) -> Pose:
    """Return the pose of a placed thing at `t` of `seconds`."""
    if one.carrier is not None:
        bearer = _bearer(one, one.carrier)
        if _motion(scene, bearer) not in FAST:
            return _carried(one.carrier, pose(scene, bearer, t, seconds))
    motion = _motion(scene, one)
    phase = (one.group % 10) * 0.37 + (one.group // 10) * 0.19
    now = Moment(t, seconds)
    if motion in {"walk", "drive"}:
        return _travel(scene, one, motion, now, phase)
    if motion in {"hop", "fly", "swim", "sail", "drift"}:
        return _roam(scene, one, motion, now, phase)
    still = _inplace(motion, now, phase, one)
    if "glow" in one.item.thing.flags and motion == "sway":
        flicker = now.wave(1.9, phase) + 0.6 * now.wave(3.7, 2 * phase)
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
    x, y = carrier.dx / bearer.stretch * bearer.facing, carrier.dy * bearer.stretch
    return replace(
        bearer,
        dx=bearer.dx + x * math.cos(turn) - y * math.sin(turn) - carrier.dx,
        dy=bearer.dy + x * math.sin(turn) + y * math.cos(turn) - carrier.dy,
    )


def _roam(scene: Scene, one: Placed, motion: str, now: Moment, phase: float) -> Pose:
    """Return the pose of what hops, flies, swims or drifts."""
    way, reach = one.gaze, one.box
    match motion:
        case "hop":
            leap = now.beat(1.5, phase)
            return Pose(dy=-0.16 * reach * leap, dx=12 * (way or -1) * now.wave(0.25), stretch=1 + 0.05 * leap)
        case "fly":
            bob = now.wave(0.45, phase)
            return Pose(24 * way * now.wave(0.25, phase), 0.05 * reach * bob, 3 * now.wave(0.45, phase + 0.25))
        case "swim":
            there, facing = (16 * now.wave(0.25, phase), 1.0) if _tied(scene) else now.stroll(30)
            return Pose(
                way * there,
                0.035 * reach * now.wave(0.4, phase),
                2.5 * now.wave(0.8, phase),
                facing=facing if way else 1,
            )
        case "sail":
            rock = 2.4 * now.wave(0.3, phase + 0.2)
            return Pose(18 * (way or -1) * now.wave(0.25), 0.014 * reach * now.wave(0.3, phase), rock)
        case _:
            swing = 0.05 * reach * now.wave(0.16, phase)
            return Pose(swing, 0.045 * reach * now.wave(0.25, phase), 2.5 * now.wave(0.22, phase))


def _inplace(motion: str, now: Moment, phase: float, one: Placed) -> Pose:
    wave, reach = now.wave(0.5, phase), one.box
    match motion:
        case "bounce":
            beat = now.beat(0.9, phase)
            return Pose(dy=-0.035 * reach * beat, angle=1.6 * wave, stretch=0.985 + 0.03 * beat)
        case "dance":
            beat = now.beat(1.6, phase)
            return Pose(0.05 * reach * wave, -0.07 * reach * beat, 8 * now.wave(0.8, phase), 0.97 + 0.06 * beat)
        case "sleep":
            return Pose(stretch=1 + 0.014 * now.wave(0.3, phase))
        case "sway":
            return Pose(angle=1.5 * wave)
        case "spin":
            return Pose(angle=-360 * now.turns(0.25) if one.item.thing.size < 4 else 9 * now.wave(0.25, phase))
        case "twinkle":
            return Pose(light=0.75 + 0.25 * now.wave(0.7, phase))
        case _:
            return Pose()


def _tied(scene: Scene) -> bool:
    """Tell whether things stand to each other so that none of them may leave its place."""
    return any(relation.kind not in APART for relation in scene.request.relations)


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
    if held or (_tied(scene) and motion in {"walk", "drive", "hop"} and len(scene.placed) > 1):
        return "still" if motion in {"still", "spin"} or item.thing.wear else "bounce" if motion != "sway" else "sway"
    if motion in {"swim", "sail"} and scene.place not in WATERS | {"underwater", "beach"}:
        return "bounce" if scene.place not in {"sky", "space"} else "drift"
    if scene.place in {"space", "underwater"} and motion in {"walk", "bounce", "drive", "still", "hop"}:
        return "drift" if item.thing.size < 8 else "still"
    return motion


def _travel(scene: Scene, one: Placed, motion: str, now: Moment, phase: float) -> Pose:
    """Drive through the picture, stroll there and back, or run after each other without ever getting nearer."""
    runs = "running" in one.item.traits
    step = now.wave(2.4 if runs else 1.7, phase)
    way = one.gaze or (1 if one.flip else -1)
    hop, rock = (0.006, 0.4) if motion == "drive" else (0.03, 1.8)
    facing = 1.0
    if any(relation.kind is Link.CHASE for relation in scene.request.relations):
        gone = way * 0.3 * one.box * now.wave(0.5, phase)
    elif runs or motion == "drive":
        gone = now.crossing(one.x, 0.54 * one.box, way, 300)
    else:
        there, facing = now.stroll(44)
        gone = way * there
    return Pose(gone, -hop * one.box * abs(step), rock * step, facing=facing if one.gaze else 1)
