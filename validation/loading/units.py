"""The units of series."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from metering.store import wire
from validation.window import Floats, Ints

_UNITS = """
SELECT array_agg(s.id), array_agg(s.exponent::bigint), array_agg(m.unit::text)
FROM metering_series s JOIN metering_measuredproperty m ON m.id = s.measured_property_id
WHERE s.id = ANY (%(ids)s::bigint[])
"""


@dataclass(frozen=True, slots=True, eq=False)
class Units:
    """`exponents` int64 (n,): an integer of a series is worth 10^exponent of its unit; `names` of these units."""

    exponents: Ints
    names: tuple[str, ...]

    @property
    def worth(self) -> Floats:
        """float64 (n,): what one integer of each series is worth."""
        return np.power(10.0, self.exponents)


def units_of(series_ids: Ints) -> Units:
    """The units of these series, in their order. One query. KeyError for a series there is not."""
    ids, exponents, names = wire.fetch(_UNITS, {"ids": np.unique(series_ids)})[0]
    known = {} if ids is None else dict(zip(ids.tolist(), zip(exponents.tolist(), names, strict=True), strict=True))
    found = [known[series] for series in series_ids.tolist()]
    return Units(np.array([exponent for exponent, _ in found], np.int64), tuple(name for _, name in found))
