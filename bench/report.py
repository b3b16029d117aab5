"""Figures, and how they are shown to people and programs."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

Bound = Literal["at_least", "at_most"]


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured number. Without a goal it is a baseline or context and cannot fail."""

    figure: str
    value: float
    unit: str
    goal: float | None = None
    bound: Bound = "at_least"

    @property
    def ok(self) -> bool:
        """Whether the goal is met."""
        if self.goal is None:
            return True
        return self.value >= self.goal if self.bound == "at_least" else self.value <= self.goal

    def as_json(self) -> dict[str, object]:
        """The figure as programs read it; the key `at_least` or `at_most` repeats the goal and gives its direction."""
        limit: dict[str, object] = {} if self.goal is None else {self.bound: self.goal}
        value = float(f"{self.value:.4g}")
        return {"figure": self.figure, "value": value, "unit": self.unit, "goal": self.goal, **limit, "ok": self.ok}


def machine() -> str:
    """What the figures were measured on: processor, cores, memory, system."""
    cores = len(os.sched_getaffinity(0))
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return f"{_processor()}, {cores} cores, {memory:.0f} GB, {platform.system()}, Python {platform.python_version()}"


def _processor() -> str:
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


def table(name: str, figures: Sequence[Figure]) -> str:
    """The figures as aligned text."""
    rows = [(f.figure, _number(f.value), f.unit, _goal(f)) for f in figures]
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    lines = [f"{row[0]:<{widths[0]}}  {row[1]:>{widths[1]}} {row[2]:<{widths[2]}}  {row[3]}".rstrip() for row in rows]
    return "\n".join([f"{name}: {machine()}", *lines])


def as_json(name: str, figures: Sequence[Figure]) -> str:
    """All figures as one JSON object on one line."""
    return json.dumps({"name": name, "machine": machine(), "figures": [figure.as_json() for figure in figures]})


def _number(value: float) -> str:
    digits = 0 if abs(value) >= 100 else 1 if abs(value) >= 10 else 2
    return f"{value:,.{digits}f}"


def _goal(figure: Figure) -> str:
    if figure.goal is None:
        return ""
    sign = "≥" if figure.bound == "at_least" else "≤"
    return f"{sign} {figure.goal:,g}  {'ok' if figure.ok else 'MISSED'}"
