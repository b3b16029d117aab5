"""Several channels or meters seen together: siblings (V22), check meter (V28), power factor and phases (V26)."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

import numpy as np

from metering.store.batch import NO_VALUE
from validation import kernels
from validation.actions import Action
from validation.conditions.choices import DOUBTED, FLAGGED, FLOOR, TOLERANCE, percent
from validation.conditions.condition import Condition, Outcome, register
from validation.conditions.quantities import at_least, other_units
from validation.facts import Facts, Need
from validation.limits import unit_of
from validation.parameters import Kind, Parameter, Quantity, Values
from validation.window import Bools, Floats, Ints, Window

VOLTAGES = ("1-0:32.7.0", "1-0:52.7.0", "1-0:72.7.0")
_REACTIVE = "reactive"


def _siblings(window: Window, facts: Facts, _: Values) -> Outcome:
    if facts.siblings is None:
        raise LookupError("Series of the same device were not loaded")
    return Outcome(kernels.missing_beside_siblings(window.values, facts.siblings, window.edges) & window.due)


def _check_meter(window: Window, facts: Facts, parameters: Values) -> Outcome:
    if facts.check is None:
        raise LookupError("Check meters were not loaded")
    tolerance = parameters["tolerance"]
    absolute, share = at_least(tolerance, facts), float(parameters["percent"])
    silent = _empty(facts.check)
    rows = np.flatnonzero(~silent)
    failing = np.zeros(window.shape, np.bool_)
    failing[rows] = kernels.differs_from_check_meter(
        window.values[rows], facts.check[rows], share, absolute[rows], window.edges
    )
    return Outcome(failing, not_judged={"no values of a check meter": silent, **other_units(facts, tolerance)})


def _power_factor(window: Window, facts: Facts, parameters: Values) -> Outcome:
    reactive = facts.partners.get(_REACTIVE)
    if reactive is None:
        return _silent(window, "no series of reactive energy")
    least, floor = float(parameters["least"]), parameters["floor"]
    same = _in_units_of(window, facts, _REACTIVE, reactive)
    failing = kernels.low_power_factor(window.values, same, least, at_least(floor, facts), window.edges)
    return Outcome(failing, not_judged={"no series of reactive energy": _empty(reactive), **other_units(facts, floor)})


def _in_units_of(window: Window, facts: Facts, name: str, partner: Ints) -> Ints:
    """The partner in integers of the series, rounded: varh beside Wh of another power of ten."""
    ratio = facts.partner_units.get(name, facts.units) / facts.units
    if (ratio == 1).all():
        return partner
    there = partner != NO_VALUE
    return np.where(there, np.rint(np.where(there, partner, 0) * ratio[:, None]), NO_VALUE).astype(np.int64)


def _phase(window: Window, facts: Facts, parameters: Values) -> Outcome:
    found = [code for code in VOLTAGES if code in facts.partners]
    if len(found) < 2:
        return _silent(window, "no voltages of several phases")
    volts = np.stack([facts.partners[code] for code in found])
    low, normal = (_volts(facts, found, parameters[name]) for name in ("low", "normal"))
    failing = kernels.missing_phase(volts, low, normal, window.edges).any(axis=0) & window.present
    return Outcome(failing, not_judged={"no voltages of several phases": (volts == NO_VALUE).all(axis=(0, 2))})


def _volts(facts: Facts, codes: Sequence[str], limit: Quantity) -> Floats:
    """float64 (phases, n, 1): a limit in the integers of the voltages, which are in V."""
    base, power = unit_of(limit.unit)
    volts = float(limit.amount) * 10.0**power if base == "V" else np.nan
    return np.stack([volts / facts.partner_units.get(code, np.ones(len(facts.units))) for code in codes])[..., None]


def _empty(partner: Ints) -> Bools:
    rows: Bools = partner.max(axis=1, initial=NO_VALUE) == NO_VALUE
    return rows


def _silent(window: Window, reason: str) -> Outcome:
    return Outcome(np.zeros(window.shape, np.bool_), not_judged={reason: np.ones(len(window), np.bool_)})


_PARTNERS = frozenset({Need.PARTNERS})
register(
    Condition(
        "beside_siblings", "Missing beside other channels", "no value, though another channel of the device has one",
        _siblings, (), frozenset({Need.SIBLINGS}), frozenset({Action.KEEP, Action.ESTIMATE}), "V22",
    )
)  # fmt: skip
register(
    Condition(
        "check_meter", "Differs from check meter",
        "differs from the check meter by more than {percent}", _check_meter,
        (percent("percent", "Difference", 2, high=100, help="What the classes of both meters allow."), TOLERANCE),
        frozenset({Need.CHECK}), DOUBTED, "V28",
    )
)  # fmt: skip
register(
    Condition(
        "power_factor", "Low power factor", "power factor below {least}", _power_factor,
        (Parameter("least", "Least", Kind.NUMBER, Decimal("0.5"), low=Decimal("0.01"), high=1), FLOOR),
        _PARTNERS, FLAGGED, "V26",
    )
)  # fmt: skip
register(
    Condition(
        "missing_phase", "A phase is missing", "a voltage below {low} while another reaches {normal}", _phase,
        (
            Parameter("low", "Missing below", Kind.QUANTITY, "115 V", low=0, high=1_000_000),
            Parameter("normal", "There from", Kind.QUANTITY, "207 V", low=0, high=1_000_000),
        ),
        _PARTNERS, FLAGGED, "V26",
    )
)  # fmt: skip
