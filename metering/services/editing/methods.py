"""How values are changed over a stretch: pure functions from what is stored to what is proposed."""

from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from metering.quality import Quality
from metering.services.editing.sharing import rounded, share
from metering.services.editing.slots import Bools, Codes, Ints, Slots
from metering.store import NO_VALUE, VALUE_LIMIT

TOO_LARGE = "A value would become too large to be stored."


class MethodError(ValueError):
    """The method cannot be used here; the message says why."""


@dataclass(frozen=True, slots=True, eq=False)
class Change:
    """What is proposed for slots, all (m,): `values` and `quality` as they should be; `given`: which slots change."""

    values: Ints
    quality: Codes
    given: Bools

    @property
    def count(self) -> int:
        return int(self.given.sum())

    @property
    def total(self) -> int:
        """The sum of all values after the change."""
        return int(self.values[self.values != NO_VALUE].sum())


def put(before: Slots, values: Ints) -> Change:
    """These values instead (`NO_VALUE`: deleted); where nothing differs nothing is decided."""
    given: Bools = values != before.values
    gone: Bools = given & (values == NO_VALUE)
    codes = np.where(gone, np.uint8(Quality.DELETED), np.uint8(Quality.EDITED))
    _in_range(values)
    return Change(values, np.where(given, codes, before.quality).astype(np.uint8), given)


def delete(before: Slots) -> Change:
    """No value any more, wherever there is one."""
    return put(before, np.full(len(before), NO_VALUE, np.int64))


def accept(before: Slots) -> Change:
    """Suspect and estimated values declared right as they are."""
    quality = np.where(before.doubtful, np.uint8(Quality.ACCEPTED), before.quality).astype(np.uint8)
    return Change(before.values, quality, before.doubtful)


def constant(before: Slots, value: int) -> Change:
    """One value for every slot."""
    return put(before, np.full(len(before), value, np.int64))


def scale(before: Slots, factor: Fraction) -> Change:
    """Every value times `factor`; the rounded values add up to the rounded product of their sum."""
    _need_values(before)
    kept = before.values[before.present]
    exact = kept.astype(np.float64) * float(factor)
    if np.abs(exact).max() >= VALUE_LIMIT:
        raise MethodError(TOO_LARGE)
    total = round(int(kept.sum()) * factor)
    return put(before, _filled(before, before.present, share(exact, total)))


def scale_to(before: Slots, total: int) -> Change:
    """Every value in proportion, so that they add up to `total`."""
    _need_values(before)
    kept = before.values[before.present]
    if not kept.sum():
        raise MethodError("The values add up to zero: no factor gives them another total.")
    if (kept < 0).any() and (kept > 0).any():
        raise MethodError("Some values are negative and some positive: give a factor instead of a total.")
    return put(before, _filled(before, before.present, share(kept.astype(np.float64), total)))


def interpolate(before: Slots, around: Slots, replaced: Bools, total: int | None = None) -> Change:
    """Straight lines between neighbours, in the slots of `before` where `replaced` holds.

    `around` holds the neighbours: the same slots and those before and after them. Where one side has no neighbour the
    other's value goes on. With `total` all values of the stretch add up to it, and the lines give only the shape;
    without, the integers add up to the rounded sum of the lines.
    """
    if not replaced.any():
        raise MethodError("There is nothing to interpolate: no value of this stretch is to be replaced.")
    keeps = around.present & ~np.isin(around.at, before.at[replaced])
    if not keeps.any():
        raise MethodError("There is no value nearby to begin from or to lead to.")
    line = np.interp(before.at[replaced], around.at[keeps], around.values[keeps].astype(np.float64))
    if total is None:
        return put(before, _filled(before, replaced, rounded(line)))
    stays = int(before.values[before.present & ~replaced].sum())
    if total < stays:
        raise MethodError("The values that stay already add up to more than this total.")
    return put(before, _filled(before, replaced, share(line, total - stays)))


def copy(before: Slots, source: Slots) -> Change:
    """The values of `source`, slot by slot; where it has none the value stays."""
    if not source.present.any():
        raise MethodError("There are no values to copy from.")
    return put(before, np.where(source.present, source.values, before.values))


def _filled(before: Slots, rows: Bools, values: Ints) -> Ints:
    result = before.values.copy()
    result[rows] = values
    return result


def _need_values(before: Slots) -> None:
    if not before.present.any():
        raise MethodError("There are no values to scale.")


def _in_range(values: Ints) -> None:
    known = values[values != NO_VALUE]
    if len(known) and int(np.abs(known).max()) >= VALUE_LIMIT:
        raise MethodError(TOO_LARGE)
