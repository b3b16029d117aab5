"""Geometry of the small server-rendered charts: sparkline, bars, stacked progress. Pure functions."""

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH = 100.0
GAP_PART = 0.2


@dataclass(frozen=True)
class Point:
    """One bar's meaning: its value (None: none exists), what it stands for, the value in words, and a tone."""

    value: float | None
    label: str
    text: str
    tone: str = ""


@dataclass(frozen=True)
class Bar:
    """A point placed in the box."""

    x: float
    y: float
    width: float
    height: float
    point: Point


@dataclass(frozen=True)
class Segment:
    """One part of a progress bar: its count and the words for it."""

    count: int
    label: str
    tone: str
    x: float = 0.0
    width: float = 0.0


def spark_paths(values: Sequence[float | None], height: float = 24.0) -> tuple[str, str]:
    """SVG path data of the line and of the area beneath it, in a box `WIDTH` by `height`.

    Missing values (None) break the line. Fewer than two values give empty paths.
    """
    known = [v for v in values if v is not None]
    if len(values) < 2 or not known:
        return "", ""
    low, span = min(known), (max(known) - min(known)) or 1.0
    step = WIDTH / (len(values) - 1)
    runs = _runs([(i * step, v) for i, v in enumerate(values)], low, span, height)
    drawn = [" L".join(f"{x:.1f} {y:.1f}" for x, y in run) for run in runs]
    lines = " ".join(f"M{line}" for line in drawn)
    areas = " ".join(
        f"M{run[0][0]:.1f} {height:g} L{line} L{run[-1][0]:.1f} {height:g}Z"
        for run, line in zip(runs, drawn, strict=True)
    )
    return lines, areas


def _runs(
    points: Sequence[tuple[float, float | None]], low: float, span: float, height: float
) -> list[list[tuple[float, float]]]:
    runs: list[list[tuple[float, float]]] = [[]]
    for x, value in points:
        if value is None:
            runs.append([])
        else:
            runs[-1].append((x, height - (value - low) / span * height))
    return [run for run in runs if run]


def bars(points: Sequence[Point], maximum: float = 0.0, height: float = 40.0) -> list[Bar]:
    """Bars from zero in a box `WIDTH` by `height`; `maximum` fixes the scale (0: the largest value)."""
    top = maximum or max((p.value for p in points if p.value is not None), default=0.0) or 1.0
    slot = WIDTH / max(len(points), 1)
    return [_bar(point, i * slot, slot, _tall(point.value, top, height), height) for i, point in enumerate(points)]


def _bar(point: Point, x: float, slot: float, tall: float, height: float) -> Bar:
    gap = slot * GAP_PART
    return Bar(round(x + gap / 2, 3), round(height - tall, 3), round(slot - gap, 3), round(tall, 3), point)


def _tall(value: float | None, top: float, height: float) -> float:
    return 0.0 if value is None else min(max(value, 0.0), top) / top * height


def segments(parts: Sequence[Segment], total: int) -> list[Segment]:
    """The parts laid side by side over `WIDTH`, in proportion to `total`."""
    whole, x, placed = max(total, sum(p.count for p in parts), 1), 0.0, []
    for part in parts:
        width = part.count / whole * WIDTH
        placed.append(Segment(part.count, part.label, part.tone, round(x, 3), round(width, 3)))
        x += width
    return placed
