"""Only verified days: values of the others are left out of a file, and the days remembered."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from integration.exports.registry import Objection
from integration.formats.portion import Portion
from integration.models import FileExport
from metering.intervals import day_number, to_instant
from validation.loading.days import dates, midnights
from validation.services.verified import unverified

REASON = "days that are not verified"
Ints = NDArray[np.int64]


class VerifiedOnly:
    """What an export must not write because its day is not verified; nothing where that is not `wanted`."""

    def __init__(self, row: FileExport, *, wanted: bool) -> None:
        self._zone, self._wanted = row.utility.zone, wanted
        self._left_out: list[tuple[Ints, Ints]] = []

    def __call__(self, portion: Portion, series_ids: Ints) -> Sequence[Objection]:
        """Values of days that are not verified, remembered. Call it in the snapshot the portion was read in."""
        if not self._wanted or not len(portion):
            return ()
        first, last = (to_instant(int(at)).astimezone(self._zone).date() for at in (portion.at.min(), portion.at.max()))
        days = dates(first, last)
        own, number = unverified(np.unique(series_ids), first, last)
        self._left_out.append((own, number))
        day = np.searchsorted(midnights(days, self._zone), portion.at, "right") - 1
        return (Objection(_are_among(series_ids, day, own, number - day_number(first), len(days)), REASON),)

    @property
    def left_out(self) -> tuple[Ints, Ints]:
        """Series and local days (since 1970) that were left out, (n,) each; a pair may stand there twice."""
        pairs = self._left_out or [(np.empty(0, np.int64), np.empty(0, np.int64))]
        series, days = (np.concatenate(column) for column in zip(*pairs, strict=True))
        return series, days


def _are_among(series: Ints, day: NDArray[np.intp], own: Ints, number: Ints, days: int) -> NDArray[np.bool_]:
    """Whether each pair of `series` and `day`, (m,), is among the pairs of `own` and `number`, (n,)."""
    found: NDArray[np.bool_] = np.isin(series * days + day, own * days + number)
    return found
