"""Other series that measured something meanwhile: the check meter, and what else the metering point has."""

from __future__ import annotations

from typing import Any

import numpy as np

from metering.quality import is_suspect
from metering.store import NO_VALUE, wire
from protocols.dlms.obis import Obis
from validation.limits import unit_of
from validation.loading.batch import Batch
from validation.loading.columns import on_columns
from validation.loading.scaling import by_powers
from validation.window import Floats, Ints

REACTIVE = "reactive"
_REACTIVE_OF = {"1-0:1.29.0": "1-0:3.29.0", "1-0:2.29.0": "1-0:4.29.0"}
"""The reactive energy that goes with active energy: both imported, or both exported."""

_CHECKS = """
SELECT coalesce(array_agg(k.n - 1), '{}'), coalesce(array_agg(s.id), '{}'),
    coalesce(array_agg(s.exponent::bigint), '{}'), coalesce(array_agg(m.unit::text), '{}')
FROM unnest(%(ids)s::bigint[]) WITH ORDINALITY AS k (id, n)
JOIN validation_checkmeter c ON c.series_id = k.id
JOIN metering_series s ON s.id = c.check_series_id
JOIN metering_measuredproperty m ON m.id = s.measured_property_id
"""
# A meter that came later goes before the one it replaced.
_PARTNERS = """
SELECT coalesce(array_agg(n - 1), '{}'), coalesce(array_agg(id), '{}'), coalesce(array_agg(exponent), '{}'),
    coalesce(array_agg(obis), '{}'), coalesce(array_agg(own), '{}')
FROM (
    SELECT k.n, s.id, s.exponent::bigint AS exponent, m.obis::text AS obis, mine.obis::text AS own
    FROM unnest(%(ids)s::bigint[]) WITH ORDINALITY AS k (id, n)
    JOIN metering_series me ON me.id = k.id
    JOIN metering_measuredproperty mine ON mine.id = me.measured_property_id
    JOIN metering_series s ON s.metering_point_id = me.metering_point_id AND s.id <> me.id
        AND s.interval_s = %(interval)s::integer AND s.kind <> 'stand'
    JOIN metering_measuredproperty m ON m.id = s.measured_property_id
    ORDER BY s.id
) AS found
"""


def load_check(batch: Batch) -> dict[str, Any]:
    """Values of check meters, exact in integers of the series; none that are doubted, nor of another quantity."""
    rows, ids, exponents, units = wire.fetch(_CHECKS, {"ids": batch.series_ids})[0]
    check = np.full(batch.window.shape, NO_VALUE)
    bases = [unit_of(unit) for unit in units]
    same = np.array([base == batch.bases[row] for (base, _), row in zip(bases, rows, strict=True)], np.bool_)
    rows, ids = rows[same], ids[same]
    if len(ids):
        matrix, _ = on_columns(ids, batch.boundaries)
        powers = (exponents + np.array([power for _, power in bases], np.int64))[same]
        values = np.where(is_suspect(matrix.quality), NO_VALUE, matrix.values)
        check[rows] = by_powers(values, (powers - batch.powers[rows])[:, None])
    return {"check": check}


def load_partners(batch: Batch) -> dict[str, Any]:
    """The other series of the metering points in the same rhythm by code, and the reactive energy by name."""
    rows, ids, exponents, codes, own = wire.fetch(
        _PARTNERS, {"ids": batch.series_ids, "interval": batch.window.interval_s}
    )[0]
    spelled = {code: str(Obis.parse(code)) for code in {*codes, *own}}
    names = np.array([spelled[code] for code in codes], np.str_)
    reactive = np.array([_REACTIVE_OF.get(spelled[code], "") for code in own], np.str_)
    partners: dict[str, Ints] = {}
    units: dict[str, Floats] = {}
    chosen = {name: names == name for name in np.unique(names).tolist()} | {REACTIVE: names == reactive}
    for name, which in chosen.items():
        if which.any():
            partners[name], units[name] = _together(batch, rows[which], ids[which], exponents[which])
    return {"partners": partners, "partner_units": units}


def _together(batch: Batch, rows: Ints, ids: Ints, exponents: Ints) -> tuple[Ints, Floats]:
    """The values of these series in the rows of the window, and what an integer of each row is worth.

    Of several series of one row, those of meters that followed each other, each stands where the later ones have
    nothing, in the finest of their units.
    """
    finest = np.full(len(batch.series_ids), np.iinfo(np.int64).max)
    np.minimum.at(finest, rows, exponents)
    matrix, _ = on_columns(ids, batch.boundaries)
    values = by_powers(matrix.values, (exponents - finest[rows])[:, None])
    found = np.full(batch.window.shape, NO_VALUE)
    for turn in _turns(rows):
        there = values[turn] != NO_VALUE
        found[rows[turn]] = np.where(there, values[turn], found[rows[turn]])
    known = finest != np.iinfo(np.int64).max
    return found, np.where(known, np.power(10.0, np.where(known, finest, 0)), 1.0)


def _turns(rows: Ints) -> list[Ints]:
    """Indices of `rows`, in each of the lists every row once: the first of each, the second ones, and so on."""
    order = np.argsort(rows, kind="stable")
    starts = np.flatnonzero(np.diff(rows[order], prepend=-1))
    turn = np.arange(len(order)) - np.repeat(starts, np.diff(starts, append=len(order)))
    return [order[turn == number] for number in range(int(turn.max(initial=-1)) + 1)]
