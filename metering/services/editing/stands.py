"""What the registers say was used in a period: the difference of two stands of one meter."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction

import numpy as np

from metering import store
from metering.models import Series
from metering.services.properties import consumption_obis
from metering.store import NO_VALUE
from protocols.dlms.obis import Obis


@dataclass(frozen=True, slots=True)
class Difference:
    """`total`: integers of the consumption series, between the stands of `source` at both ends of the period."""

    total: int
    source: Series


def register_difference(series: Series, start: datetime, end: datetime) -> Difference | None:
    """The difference of the stands at exactly `start` and `end`; None where no register has both, or it ran backwards.

    Registers are the stand series of the same metering point and quantity, in whatever rhythm. Where their resolution
    is finer than that of `series` the difference is rounded.
    """
    if series.kind != Series.Kind.CONSUMPTION:
        return None
    for register in _registers(series):
        first, last = (_stand(register, at) for at in (start, end))
        if first is not None and last is not None and last >= first:
            return Difference(round((last - first) * _factor(register, series)), register)
    return None


def _registers(series: Series) -> list[Series]:
    """Stand series of the same quantity, the ones that feed `series` first."""
    measured, point = series.measured_property, series.metering_point_id
    stands = Series.objects.filter(metering_point=point, kind=Series.Kind.STAND, measured_property__unit=measured.unit)
    alike = [each for each in stands.select_related("measured_property") if _used(each) == measured.obis]
    return sorted(alike, key=lambda each: (each.feeds_id != series.pk, each.pk))


def _used(register: Series) -> str:
    return str(consumption_obis(Obis.parse(register.measured_property.obis)))


def _stand(register: Series, at: datetime) -> int | None:
    until = at + timedelta(seconds=1)
    if register.is_profile:
        values = store.read([register.pk], at, until).values[0]
    else:
        values = store.read_registers([register.pk], at, until).values
    known = values[values != NO_VALUE]
    return int(known[0]) if np.size(known) else None


def _factor(register: Series, series: Series) -> Fraction:
    return Fraction(10) ** (register.exponent - series.exponent)
