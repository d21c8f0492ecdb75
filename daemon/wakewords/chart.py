"""The trade-off as a picture: false rejects against false accepts per hour, the threshold that was taken marked. SVG.

A false accept in five hours and none at all lie far apart for a user, so the axis is a logarithm with a place for none.
"""

import math
from collections.abc import Mapping, Sequence
from html import escape

from daemon import messages
from daemon.wakewords.card import BAR
from daemon.wakewords.judgement import Point
from daemon.wakewords.sentences import Part

WIDTH, HEIGHT = 760, 480
LEFT, RIGHT, TOP, BOTTOM = 76, 32, 84, 74
NONE_AT = 64
"""Pixels from the axis to the place of no false accept at all."""
TICKS = (0.1, 0.3, 1, 3, 10, 30, 100)
COLOURS = {"validation": "#9aa7b5", "test": "#1769aa"}
CHOSEN = "#c8441b"
TICK = {0.05: 0.01, 0.1: 0.02, 0.25: 0.05, 0.5: 0.1, 1.0: 0.2}
"""Distance of the marks for each height of the picture."""


def drawn(curves: Mapping[Part, Sequence[Point]], chosen: Point, words: Mapping[str, str], language: str) -> str:
    """Return the picture, its numbers as `language` writes them.

    `words`: title, below, rejects, accepts, none, chosen, bar, and the names of the curves.
    """
    marked = [
        (name, point) for name, points in curves.items() for point in points if point.threshold == chosen.threshold
    ]
    highest = max([BAR, *(point.false_rejects for _, point in marked)])
    top = next(top for top in TICK if highest * 1.6 <= top or top == 1)
    parts = [*_frame(top, words, language), *_bar(top, words)]
    for name, points in curves.items():
        parts += _line([point for point in points if point.false_rejects <= top], top, COLOURS[name], words[name])
    parts += [_mark(_x(point), _y(point.false_rejects, top), COLOURS[name]) for name, point in marked]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}" '
        'font-family="Helvetica, Arial, sans-serif" font-size="13" fill="#333">'
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>{"".join([*parts, *_legend(curves, words)])}</svg>\n'
    )


def _x(point: Point) -> float:
    if point.false_accepts == 0:
        return LEFT + NONE_AT / 2
    return _place(point.per_hour)


def _place(per_hour: float) -> float:
    low, high = math.log10(TICKS[0]), math.log10(TICKS[-1])
    share = (math.log10(min(max(per_hour, TICKS[0]), TICKS[-1])) - low) / (high - low)
    return LEFT + NONE_AT + share * (WIDTH - RIGHT - LEFT - NONE_AT)


def _y(rejects: float, top: float) -> float:
    return HEIGHT - BOTTOM - rejects / top * (HEIGHT - BOTTOM - TOP)


def _text(x: float, y: float, text: str, more: str = "") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" {more}>{escape(text)}</text>'


def _frame(top: float, words: Mapping[str, str], language: str) -> list[str]:
    low, right = HEIGHT - BOTTOM, WIDTH - RIGHT
    parts = [
        _text(LEFT, 30, words["title"], 'font-size="18" font-weight="bold" fill="#111"'),
        _text(LEFT, 50, words["below"], 'fill="#666"'),
        f'<rect x="{LEFT}" y="{TOP}" width="{NONE_AT}" height="{low - TOP}" fill="#f2f6f2"/>',
    ]
    for number in range(round(top / TICK[top]) + 1):
        share = number * TICK[top]
        y = _y(share, top)
        parts.append(f'<line x1="{LEFT}" x2="{right}" y1="{y:.1f}" y2="{y:.1f}" stroke="#e4e4e4"/>')
        parts.append(_text(LEFT - 10, y + 4, f"{share:.0%}", 'text-anchor="end"'))
    for tick in TICKS:
        x = _place(tick)
        parts.append(f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{TOP}" y2="{low}" stroke="#efefef"/>')
        parts.append(_text(x, low + 20, messages.number(tick, "g", language), 'text-anchor="middle"'))
    parts.append(_text(LEFT + NONE_AT / 2, low + 20, words["none"], 'text-anchor="middle"'))
    parts.append(f'<path d="M{LEFT} {TOP}V{low}H{right}" fill="none" stroke="#888"/>')
    parts.append(_text((LEFT + right) / 2, low + 46, words["accepts"], 'text-anchor="middle"'))
    turned = f'text-anchor="middle" transform="rotate(-90 22 {(TOP + low) / 2:.1f})"'
    return [*parts, _text(22, (TOP + low) / 2, words["rejects"], turned)]


def _bar(top: float, words: Mapping[str, str]) -> list[str]:
    y = _y(BAR, top)
    line = f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}" stroke="#5b8f5b" stroke-dasharray="5 4"/>'
    return [line, _text(WIDTH - RIGHT, y - 6, words["bar"], 'text-anchor="end" fill="#5b8f5b"')]


def _line(points: Sequence[Point], top: float, colour: str, name: str) -> list[str]:
    places = " ".join(f"{_x(point):.1f},{_y(point.false_rejects, top):.1f}" for point in points)
    dots = [
        f'<circle cx="{_x(one):.1f}" cy="{_y(one.false_rejects, top):.1f}" r="2.6" fill="{colour}">'
        f"<title>{escape(name)}: {one.threshold:g}</title></circle>"
        for one in points
    ]
    return [f'<polyline points="{places}" fill="none" stroke="{colour}" stroke-width="2"/>', *dots]


def _mark(x: float, y: float, colour: str) -> str:
    return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="7" fill="{colour}" stroke="{CHOSEN}" stroke-width="3"/>'


def _legend(names: Mapping[Part, object], words: Mapping[str, str]) -> list[str]:
    parts, x = [], LEFT
    for name in names:
        parts.append(f'<line x1="{x}" x2="{x + 22}" y1="70" y2="70" stroke="{COLOURS[name]}" stroke-width="3"/>')
        parts.append(_text(x + 28, 74, words[name]))
        x += 48 + 7 * len(words[name])
    return [*parts, _mark(x + 8, 70, "#fff"), _text(x + 22, 74, words["chosen"])]
