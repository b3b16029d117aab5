"""Series to store values of."""

from __future__ import annotations

from typing import Any

import pytest

from access.models import Utility
from metering.models import MeasuredProperty, MeteringPoint, Series


class SeriesMaker:
    """Makes series of one metering point; which point does not matter to the store."""

    def __init__(self) -> None:
        utility = Utility.objects.get_or_create(code="store", defaults={"name": "Store"})[0]
        self.point = MeteringPoint.objects.get_or_create(utility=utility, gsrn="640000000000000009")[0]
        self.property = MeasuredProperty.objects.get_or_create(
            obis="1-0:1.8.0", unit="Wh", defaults={"name": "Active energy import"}
        )[0]

    def __call__(self, kind: str = "consumption", *, interval_s: int = 900, **fields: Any) -> int:
        """The id of a new profile series."""
        number = Series.objects.count()
        series = Series.objects.create(
            metering_point=self.point,
            measured_property=self.property,
            kind=kind,
            interval_s=interval_s,
            source=f"M{number}",
            **fields,
        )
        return int(series.pk)

    def register(self, kind: str = "consumption") -> int:
        """The id of a new daily register series."""
        return self(kind, interval_s=0, periodicity="daily")


@pytest.fixture
def make_series(db: None) -> SeriesMaker:
    return SeriesMaker()
