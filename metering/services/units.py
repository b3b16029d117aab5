"""Series in the units their values have: a series may become finer between the query for it and that for its values."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from copy import copy

from metering.models import Series
from metering.store import snapshot


@contextmanager
def in_one_state(series: Sequence[Series]) -> Iterator[list[Series]]:
    """These series with the exponents that values read within the block are in; one query.

    A series that became finer since it was fetched comes as a copy: what was read of it before keeps its unit.
    """
    with snapshot():
        rows = Series.objects.filter(pk__in=[each.pk for each in series]).order_by()
        exponents = dict(rows.values_list("pk", "exponent"))
        yield [_in_unit(each, exponents.get(each.pk, each.exponent)) for each in series]


def _in_unit(series: Series, exponent: int) -> Series:
    if series.exponent == exponent:
        return series
    finer = copy(series)
    finer.exponent = exponent
    return finer
