"""Meters whose stands feed one consumption series, and what is recorded of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from metering.models import Multiplier, Series
from metering.services.boundaries import ExchangedRegister, record_exchange
from metering.services.factors import set_multiplier
from metering.store import Counts, Origin, place, read, write

from .conftest import SeriesMaker
from .samples import instant, present_values

ORIGIN = Origin(job_id=1)


@dataclass(frozen=True)
class Meter:
    """A stand series, by its serial number."""

    series: Series

    @property
    def id(self) -> int:
        return int(self.series.pk)

    @property
    def serial(self) -> str:
        return self.series.source

    def shows(self, stands: Iterable[tuple[dt.datetime, int]]) -> Counts:
        """Stands of the meter arrive."""
        at, values = zip(*stands, strict=True)
        seconds = [int(each.timestamp()) for each in at]
        return write(place(self.series.interval_s, self.id, seconds, values).batch, origin=ORIGIN)

    def multiplied(self, at: dt.datetime, numerator: int, denominator: int = 1) -> Counts:
        """From an instant on its stands count that much."""
        return set_multiplier(
            multiplier=Multiplier(
                metering_point=self.series.metering_point,
                source=self.serial,
                valid_from=at,
                numerator=numerator,
                denominator=denominator,
            )
        )


@dataclass(frozen=True)
class Consumption:
    """A consumption series and the meters that feed it, the oldest first."""

    id: int
    meters: tuple[Meter, ...]

    @property
    def meter(self) -> Meter:
        return self.meters[0]

    def exchanged(self, at: dt.datetime, final: int | str | None, initial: int | str | None) -> Counts:
        """The first meter was replaced by the second."""
        old, new = self.meters
        register = ExchangedRegister(old.series.measured_property, _decimal(final), _decimal(initial))
        return record_exchange(
            metering_point=old.series.metering_point, at=at, old=old.serial, new=new.serial, registers=[register]
        )

    def values(self, days: int = 2) -> dict[str, int]:
        """What is known of it from the sample day on, by the start of the interval."""
        return present_values(read([self.id], instant(0), instant(days)))


def consumption(
    make_series: SeriesMaker, meters: int = 1, *, interval_s: int = 900, exponent: int = 0, **stand: int | None
) -> Consumption:
    """A consumption series of 10^`exponent` units fed by that many meters; `stand` are fields of their series."""
    used = make_series("consumption", interval_s=interval_s, exponent=exponent)
    feeds = Series.objects.get(pk=used)
    fields = {"exponent": exponent, **stand}
    ids = [make_series("stand", interval_s=interval_s, feeds=feeds, **fields) for _ in range(meters)]
    return Consumption(used, tuple(Meter(Series.objects.get(pk=pk)) for pk in ids))


def _decimal(stand: int | str | None) -> Decimal | None:
    return None if stand is None else Decimal(stand)
