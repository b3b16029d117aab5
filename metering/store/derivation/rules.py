"""What consumption a stand counts for: which series it feeds, units, multipliers, boundaries, roll-over."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from metering.store import wire
from metering.store.derivation.timeline import ALWAYS, FOREVER, Mark, Piece, pieces
from metering.store.stands import Scale

logger = logging.getLogger(__name__)

_WIDEST_STEP = 15
"""Between units further apart than 10^15 nothing but zeros and values too large are left."""
_MOST_DIGITS = 15
"""Registers with more digits hold more than the store takes, so they never roll over in it."""
_LARGEST_PRODUCT = 1 << 62
_RANK_SHIFT = 34  # seconds up to `ALWAYS[1]` fit below


@dataclass(frozen=True, eq=False)
class Feeds:
    """Stand series and the series each feeds, ascending by id; all int64 (k,).

    `exponents` are those of the stands, `target_exponents` those of the fed series; `digits` 0 = unknown.
    """

    series_ids: NDArray[np.int64]
    targets: NDArray[np.int64]
    exponents: NDArray[np.int64]
    target_exponents: NDArray[np.int64]
    digits: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.series_ids)

    def rows(self, series_ids: NDArray[np.int64]) -> NDArray[np.intp]:
        """Where each of these series stands in here; all must."""
        return np.searchsorted(self.series_ids, series_ids)

    @cached_property
    def by_target(self) -> dict[int, list[int]]:
        """The rows of the series that feed each target."""
        rows: dict[int, list[int]] = {}
        for row, target in enumerate(self.targets.tolist()):
            rows.setdefault(target, []).append(row)
        return rows

    @cached_property
    def scale(self) -> Scale:
        """By units alone, (k,): without multipliers."""
        step = self.exponents - self.target_exponents
        return Scale(10 ** np.maximum(step, 0), 10 ** np.maximum(-step, 0), self.capacity)

    @cached_property
    def capacity(self) -> NDArray[np.int64]:
        """The number at which each register starts again, (k,); 0 = never here."""
        known = (self.digits > 0) & (self.digits <= _MOST_DIGITS)
        return np.where(known, 10 ** np.where(known, self.digits, 0), 0)


@dataclass(frozen=True, eq=False)
class Rules:
    """How the stands of `feeds` become consumption.

    `timelines` holds the series among all that feed the same targets with something recorded, and nearly always none;
    `siblings` then are all series that feed these targets.
    """

    feeds: Feeds
    siblings: Feeds
    timelines: Mapping[int, Sequence[Piece]]

    def pieces_of(self, series_id: int) -> Sequence[Piece]:
        """The pieces of one series."""
        return self.timelines.get(series_id, FOREVER)

    def varying(self, series_ids: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Whether anything is recorded of each series; same shape."""
        return np.isin(series_ids, self._ids)

    def scale(
        self, series_ids: NDArray[np.int64], starts: NDArray[np.int64], lengths: NDArray[np.int64]
    ) -> tuple[Scale, NDArray[np.bool_]]:
        """The scale of one interval of each of these series, and whether it lies within one piece; all (m,)."""
        scale, inside = self.feeds.scale.take(self.feeds.rows(series_ids)), np.ones(len(series_ids), np.bool_)
        varying = np.flatnonzero(self.varying(series_ids))
        if varying.size:
            own, inside[varying] = self.scale_of_varying(series_ids[varying], starts[varying], lengths[varying])
            scale.numerator[varying], scale.denominator[varying] = own.numerator, own.denominator
        return scale, inside

    def scale_of_varying(
        self, series_ids: NDArray[np.int64], starts: NDArray[np.int64], interval_s: NDArray[np.int64] | int
    ) -> tuple[Scale, NDArray[np.bool_]]:
        """The scale of the intervals of varying series that start at `starts`, and which lie within one piece.

        An interval that touches an end of its piece does not: what happens there is for `joints`. All arrays broadcast.
        """
        ranks = np.searchsorted(self._ids, series_ids)
        own = np.searchsorted(self._keys, (ranks << _RANK_SHIFT) + starts, side="right") - 1
        inside = self._active[own] & (starts > self._starts[own]) & (starts + interval_s < self._ends[own])
        capacity = np.broadcast_to(self.feeds.capacity[self.feeds.rows(series_ids)], own.shape)
        return Scale(self._numerator[own], self._denominator[own], capacity), inside

    def breaks(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Target and instant of everything that happens to a register, both (b,)."""
        inner = self._starts > ALWAYS[0]
        owners = self._ids[self._owner[inner]]
        return self.siblings.targets[self.siblings.rows(owners)], self._starts[inner]

    @cached_property
    def _ids(self) -> NDArray[np.int64]:
        return np.array(sorted(self.timelines), np.int64)

    @cached_property
    def _pieces(self) -> list[Piece]:
        return [piece for series in self._ids.tolist() for piece in self.timelines[series]]

    @cached_property
    def _owner(self) -> NDArray[np.intp]:
        return np.repeat(np.arange(len(self._ids)), [len(self.timelines[series]) for series in self._ids.tolist()])

    @cached_property
    def _starts(self) -> NDArray[np.int64]:
        return np.array([piece.start for piece in self._pieces], np.int64)

    @cached_property
    def _ends(self) -> NDArray[np.int64]:
        return np.array([piece.end for piece in self._pieces], np.int64)

    @cached_property
    def _keys(self) -> NDArray[np.int64]:
        return (self._owner << _RANK_SHIFT) + self._starts

    @cached_property
    def _active(self) -> NDArray[np.bool_]:
        active: NDArray[np.bool_] = np.array([piece.active for piece in self._pieces], np.bool_) & (self._numerator > 0)
        return active

    @cached_property
    def _numerator(self) -> NDArray[np.int64]:
        return self._ratios[:, 0]

    @cached_property
    def _denominator(self) -> NDArray[np.int64]:
        return self._ratios[:, 1]

    @cached_property
    def _ratios(self) -> NDArray[np.int64]:
        """Numerator and denominator with the units, (p, 2); a numerator of 0 = beyond what can be computed."""
        own = self.siblings.rows(self._ids)
        steps = (self.siblings.exponents - self.siblings.target_exponents)[own][self._owner].tolist()
        ratios = [piece.ratio * Fraction(10) ** step for piece, step in zip(self._pieces, steps, strict=True)]
        return np.array([_computable(ratio) for ratio in ratios], np.int64).reshape(-1, 2)


def _computable(ratio: Fraction) -> tuple[int, int]:
    if ratio.numerator * ratio.denominator < _LARGEST_PRODUCT:
        return ratio.as_integer_ratio()
    logger.error("Multiplier and units together make %s, which is beyond exact computing: nothing derived", ratio)
    return 0, 1


def rules_of(series_ids: NDArray[np.int64]) -> Rules | None:
    """How the stand series among these derive; None when none of them does. Two small queries, as a rule."""
    return _rules(_feeds(_FED_BY_THESE, series_ids))


def rules_feeding(series_ids: NDArray[np.int64]) -> Rules | None:
    """How the stands that feed these series derive; None when none of these is fed."""
    return _rules(_feeds(_FEEDING_THESE, series_ids))


def _rules(feeds: Feeds) -> Rules | None:
    if not len(feeds):
        return None
    timelines = _timelines("s.feeds_id", np.unique(feeds.targets))
    siblings = _feeds(_FEEDING_THESE, np.unique(feeds.targets)) if timelines else feeds
    known = set(siblings.series_ids.tolist())
    return Rules(feeds, siblings, {series: own for series, own in timelines.items() if series in known})


def rules_between(feeds: Feeds) -> Rules:
    """How register values of series become consumption, where `feeds` says which belong together."""
    return Rules(feeds, feeds, _timelines("s.id", feeds.series_ids))


# Gathered into arrays: no row ever becomes a Python object.
_FEEDS = """
SELECT coalesce(array_agg(id), '{{}}'), coalesce(array_agg(target), '{{}}'), coalesce(array_agg(exponent), '{{}}'),
    coalesce(array_agg(target_exponent), '{{}}'), coalesce(array_agg(digits), '{{}}')
FROM (
    SELECT s.id, c.id AS target, s.exponent::bigint AS exponent, c.exponent::bigint AS target_exponent,
        coalesce(s.register_digits, 0)::bigint AS digits
    FROM metering_series s JOIN metering_series c ON c.id = s.feeds_id
    WHERE s.{key} = ANY (%(ids)s::bigint[]) AND s.kind = 'stand'
    ORDER BY s.id
) AS found
"""
_FED_BY_THESE, _FEEDING_THESE = _FEEDS.format(key="id"), _FEEDS.format(key="feeds_id")


def _feeds(sql: str, ids: NDArray[np.int64]) -> Feeds:
    found = Feeds(*wire.fetch(sql, {"ids": np.unique(ids)})[0])
    near = np.abs(found.exponents - found.target_exponents) <= _WIDEST_STEP
    for series, target in zip(found.series_ids[~near].tolist(), found.targets[~near].tolist(), strict=True):
        logger.error("The units of series %s and %s, which it feeds, are too far apart to derive", series, target)
    return found if near.all() else Feeds(*(getattr(found, column)[near] for column in _COLUMNS))


_COLUMNS = ("series_ids", "targets", "exponents", "target_exponents", "digits")
_MARKS = """
SELECT s.id, floor(extract(epoch FROM m.valid_from))::bigint, '', m.numerator::numeric, m.denominator::numeric
FROM metering_series s
JOIN metering_multiplier m ON m.metering_point_id = s.metering_point_id AND m.source = s.source
WHERE {key} = ANY (%(ids)s::bigint[]) AND s.kind = 'stand'
UNION ALL
SELECT s.id, floor(extract(epoch FROM b.at))::bigint, b.side, b.value, NULL
FROM metering_series s
JOIN metering_boundarystand b ON b.metering_point_id = s.metering_point_id AND b.source = s.source
    AND b.measured_property_id = s.measured_property_id
WHERE {key} = ANY (%(ids)s::bigint[]) AND s.kind = 'stand'
"""


def _timelines(key: str, ids: NDArray[np.int64]) -> dict[int, Sequence[Piece]]:
    marks: dict[int, list[Mark]] = {}
    for series, *what in wire.fetch(_MARKS.format(key=key), {"ids": ids}):
        marks.setdefault(series, []).append(_mark(*what))
    return {series: pieces(own) for series, own in marks.items()}


def _mark(at: int, side: str, first: Any, second: Any) -> Mark:
    if side:
        stand = None if first is None else Fraction(first)
        return Mark(at, final=side == "final", initial=side == "initial", stand=stand)
    return Mark(at, ratio=Fraction(int(first), int(second)))
