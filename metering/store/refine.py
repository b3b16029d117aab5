"""Finer units: a series and the consumption it feeds multiplied, in all states they ever had.

Energy does not change, so no version is made: what was stored, replaced and summed up reads the same before and after,
now and as of any instant, in the exponent the series has. One row in the ledger says what happened. Only consumption
that the coarser units had made round is derived again, as a write of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from django.db import transaction
from numpy.typing import NDArray

from metering.store import wire
from metering.store.archive.fitting import too_large
from metering.store.archive.months import ArchiveError
from metering.store.derivation.finer import derive_rounded_again
from metering.store.ledger import enter, lock_series
from metering.store.outcome import Origin
from metering.store.rescale import factor, rescale_blocks, rescale_registers


class RefineError(ValueError):
    """A series cannot be made that fine; it says which and why."""


@dataclass(frozen=True, slots=True, eq=False)
class Refined:
    """Series (n,) int64 whose integers became `factors` (n,) int64 times as large; at most 10^16, where all are 0."""

    series_ids: NDArray[np.int64]
    factors: NDArray[np.int64]


FINEST = -12

Handler = Callable[[Refined], None]
on_refined: list[Handler] = []
"""Whoever keeps integers of series elsewhere multiplies them here, in the same transaction."""


def hold_exponents(series_ids: Sequence[int] | NDArray[np.int64]) -> dict[int, int]:
    """Lock these series, and those they feed, and tell their exponents: until the end of the transaction they stay.

    A writer that turns decimals into integers must do so after this, or a series refined meanwhile takes its integers
    for another unit.
    """
    ids = lock_series(np.asarray(series_ids, np.int64)).ids
    return dict(wire.fetch("SELECT id, exponent::integer FROM metering_series WHERE id = ANY (%(ids)s)", {"ids": ids}))


def refine(series_ids: Sequence[int] | NDArray[np.int64], exponent: int, *, origin: Origin | None = None) -> list[int]:
    """Give these series, and those they feed, integers of 10^`exponent` units where theirs are coarser.

    All stored blocks, register values, versions of both and summaries are multiplied exactly, in one transaction under
    the locks of the series, with bounded memory. Returns the series that became finer; one that is as fine or finer
    stays as it is. RefineError, with nothing changed, where a value, online or archived, would reach 2^52, an archived
    one cannot be looked at, or the exponent is below −12.
    """
    if exponent < FINEST:
        raise RefineError(f"No series has units finer than 10^{FINEST}, so none gets 10^{exponent}")
    with transaction.atomic():
        steps = {series: own - exponent for series, own in hold_exponents(series_ids).items() if own > exponent}
        if steps:
            _refine(steps, exponent, origin or Origin(rule="refine"))
        return sorted(steps)


def _refine(steps: dict[int, int], exponent: int, origin: Origin) -> None:
    for series, step in steps.items():
        for rescale in (rescale_blocks, rescale_registers):
            largest = rescale(series, step)
            if largest is not None:
                raise RefineError(
                    f"Series {series} cannot have the exponent {exponent}: its value {largest} would be too large"
                )
    # After those online: a month that was archived meanwhile is looked at here, if not before.
    _refuse_archived(np.array(sorted(steps), np.int64), exponent)
    wire.execute(_EXPONENTS, {"ids": np.array(sorted(steps), np.int64), "exponent": exponent})
    enter(replace(origin, message=_told(steps, exponent)))
    refined = Refined(np.array(list(steps), np.int64), np.array([factor(step) for step in steps.values()], np.int64))
    for handler in on_refined:
        handler(refined)
    derive_rounded_again(steps, origin)


def _refuse_archived(ids: NDArray[np.int64], exponent: int) -> None:
    """Archived values are multiplied when they are read, which must stay possible."""
    try:
        found = too_large(ids, exponent)
    except ArchiveError as error:
        raise RefineError(f"No series with archived values can have the exponent {exponent} now. {error}") from error
    if found is not None:
        raise RefineError(
            f"Series {found.series_id} cannot have the exponent {exponent}: its value {found.value} "
            f"(10^{found.exponent}) of the archived month {found.month:%Y-%m} would be too large"
        )


def _told(steps: dict[int, int], exponent: int) -> str:
    named = ", ".join(f"{series} (10^{exponent + step})" for series, step in sorted(steps.items())[:_NAMED])
    more = f" and {len(steps) - _NAMED} more" if len(steps) > _NAMED else ""
    return f"Series {named}{more} made finer: units of 10^{exponent}"


_NAMED = 10
_EXPONENTS = """
UPDATE metering_series
SET register_digits = register_digits + exponent - %(exponent)s::smallint, exponent = %(exponent)s::smallint
WHERE id = ANY (%(ids)s)
"""
