"""Metering points whose registers something is recorded of."""

from collections.abc import Iterable

from metering.models import MeteringPoint


def hold_points(ids: Iterable[int]) -> None:
    """Lock metering points, so that until the end of the transaction nobody adds a series to them.

    One made meanwhile would derive by the rules from before, and nobody would derive it again.
    """
    points = MeteringPoint.objects.filter(pk__in=set(ids)).order_by("pk").select_for_update()
    list(points.values_list("pk", flat=True))
