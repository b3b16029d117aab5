"""Interval lengths of series: declared, or found from how far apart a file's times mostly are."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from integration.formats.portion import Kind
from integration.formats.table.zones import DAY_S

UNKNOWN = -1
SINGLE = "single"
"""What stands for the interval of values that have none, each at its own instant."""

_MINUTES = re.compile(r"([0-9]{1,4})\s*(?:min(?:utes)?)?")
_SHORTEST = 60
_HOUR = 3600
_FAR = np.int64(1 << 33)
"""More than any distance between two times."""


def common_steps(series: NDArray[np.int32], times: NDArray[np.int64], count: int) -> NDArray[np.int64]:
    """The most frequent distance between neighbouring times of each of `count` series (the smaller of two equally
    frequent ones); 0 where a series has only one time. `series` and `times` (m,) in any order."""
    order = np.lexsort((times, series))
    series, times = series[order], times[order]
    steps = np.diff(times)
    inside = (series[1:] == series[:-1]) & (steps > 0)
    pairs, counts = np.unique(series[1:][inside] * _FAR + steps[inside], return_counts=True)
    owners, steps = np.divmod(pairs, _FAR)
    best = np.lexsort((-steps, counts, owners))
    common = np.zeros(count, dtype=np.int64)
    common[owners[best]] = steps[best]
    return common


def is_interval(seconds: int) -> bool:
    """Whether a day can be divided into intervals of this length."""
    return _SHORTEST <= seconds <= DAY_S and DAY_S % seconds == 0


def length_of(text: str) -> int | None:
    """Seconds of an interval as files name it: `15 min`, `15`; 0 for `single`. None where it is neither."""
    if text.casefold() == SINGLE:
        return 0
    found = _MINUTES.fullmatch(text.casefold())
    seconds = int(found[1]) * 60 if found else 0
    return seconds if is_interval(seconds) else None


def length_text(seconds: int) -> str:
    """The inverse of `length_of`, for whole minutes."""
    return f"{seconds // 60} min" if seconds else SINGLE


class Lengths:
    """Remembers what was found, so that a series keeps its length through the file."""

    def __init__(self, declared: int | None) -> None:
        self._declared = declared
        self._found: dict[tuple[bytes, ...], int] = {}

    def steps(
        self,
        series: NDArray[np.int32],
        labels: NDArray[np.int64],
        keys: Sequence[tuple[bytes, ...]],
        named: Sequence[int | None],
    ) -> NDArray[np.int64]:
        """Distances (s,) to expect between neighbouring labels; 0 = unknown. `named`: those the file names."""
        if self._declared is not None:
            return np.full(len(keys), self._declared, dtype=np.int64)
        steps = common_steps(series, labels, len(keys))
        told = [self._found.get(key, 0) if name is None else name for key, name in zip(keys, named, strict=True)]
        known = np.array(told, dtype=np.int64)
        return np.where(known > 0, known, steps)

    def settle(
        self,
        series: NDArray[np.int32],
        at: NDArray[np.int64],
        keys: Sequence[tuple[bytes, ...]],
        kinds: Sequence[Kind],
        named: Sequence[int | None],
    ) -> NDArray[np.int64]:
        """The interval length (s,) of each series: seconds, 0 for register values, `UNKNOWN` where nothing tells."""
        if self._declared is not None:
            return np.full(len(keys), self._declared, dtype=np.int64)
        self._found.update((key, length) for key, length in zip(keys, named, strict=True) if length is not None)
        if not all(key in self._found for key in keys):
            self._find(common_steps(series, at, len(keys)).tolist(), keys, kinds)
        usual = _usual(self._found.values())
        alone = {Kind.CONSUMPTION: usual}
        lengths = (self._found.get(key, alone.get(kind, 0)) for key, kind in zip(keys, kinds, strict=True))
        return np.fromiter(lengths, dtype=np.int64, count=len(keys))

    def _find(self, steps: list[int], keys: Sequence[tuple[bytes, ...]], kinds: Sequence[Kind]) -> None:
        for key, step, kind in zip(keys, steps, kinds, strict=True):
            if step and key not in self._found:
                self._found[key] = _length(step, kind)


def _length(step: int, kind: Kind) -> int:
    """What values `step` seconds apart are. A local day has 23 to 25 hours. Stands further apart than that, or at odd
    times, are register values; consumption of months has no interval length either."""
    if _SHORTEST <= step < DAY_S - _HOUR and DAY_S % step == 0:
        return step
    if kind is not Kind.CONSUMPTION or step > DAY_S + _HOUR:
        return 0
    return DAY_S if step >= DAY_S - _HOUR else UNKNOWN


def _usual(lengths: Iterable[int]) -> int:
    common = Counter(lengths).most_common(1)
    return common[0][0] if common else UNKNOWN
