"""Finding or making the series a meter's registers and profile columns go to."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import partial

from django.db import transaction
from django.db.models import Count

from access import audit
from access.models import User, Utility
from metering.models import MeasuredProperty, Series
from metering.services.properties import Key, consumption_obis, ensure_properties
from metering.services.registers import join_points
from metering.store import Counts, Origin, Span, change_rules
from protocols.dlms.obis import Obis


@dataclass(frozen=True, slots=True)
class SeriesSpec:
    """What identifies a series, before anybody knows whether it exists. `interval_s` is 0 for periodic series."""

    metering_point_id: int
    obis: Obis
    unit: str
    kind: Series.Kind
    periodicity: Series.Periodicity
    interval_s: int
    source: str

    def __hash__(self) -> int:
        """Of what tells series apart as a rule: hashing an enumeration takes a call, and specs are looked up often."""
        return hash((self.metering_point_id, self.obis, self.source))

    @property
    def property_key(self) -> Key:
        return (str(self.obis), self.unit)

    @property
    def feeds(self) -> "SeriesSpec | None":
        """The consumption series derived from this one: only interval stands feed one."""
        if self.kind != Series.Kind.STAND or self.periodicity != Series.Periodicity.INTERVAL:
            return None
        return replace(self, obis=consumption_obis(self.obis), kind=Series.Kind.CONSUMPTION, source="")


@transaction.atomic
def set_register_digits(*, series: Iterable[Series], digits: int | None, user: User | None = None) -> Counts:
    """Say with how many digits, in units of each of these stand series, its register counts; None = unknown.

    The consumption they feed is derived again: a step backwards becomes a roll-over or, where none is known any more,
    negative and suspect. Returns what became of it. ValidationError where digits make no sense or a series is no stand.
    """
    rows = list(series)
    for row in rows:
        row.register_digits = digits
        row.clean_fields(exclude=["metering_point", "measured_property", "feeds"])
        row.validate_constraints(exclude=["metering_point", "measured_property", "feeds"])
    ids = [row.pk for row in rows]
    origin = Origin(user_id=None if user is None else user.pk, rule="register digits", message=f"{digits} digits")
    update = partial(Series.objects.filter(pk__in=ids).update, register_digits=digits)
    counts = change_rules([Span(ids)], change=update, origin=origin)
    _record_digits(ids, digits, user)
    return counts


def _record_digits(ids: Sequence[int], digits: int | None, user: User | None) -> None:
    told = "unknown" if digits is None else str(digits)
    for utility in Utility.objects.filter(metering_points__series__in=ids).annotate(registers=Count("pk")):
        audit.record("set", f"Digits of {utility.registers} registers: {told}", user=user, utility=utility)


def fed_stands(meters: Iterable[tuple[int, str]]) -> dict[tuple[int, str], list[int]]:
    """By meter, as (metering point, serial number): the ids of its stand series consumption is derived from."""
    found: dict[tuple[int, str], list[int]] = {meter: [] for meter in meters}
    points, sources = {point for point, _ in found}, {source for _, source in found}
    rows = Series.objects.filter(metering_point__in=points, source__in=sources, kind=Series.Kind.STAND)
    for pk, point, source in rows.exclude(feeds=None).values_list("pk", "metering_point", "source"):
        if (point, source) in found:
            found[point, source].append(pk)
    return found


_Identity = tuple[int, int, str, str, int, str]


@transaction.atomic
def ensure_series(specs: Iterable[SeriesSpec], exponents: dict[SeriesSpec, int]) -> dict[SeriesSpec, Series]:
    """The series of every spec, made where missing, stands linked to the consumption they feed.

    `exponents` gives the exponent of a series that is made now (0 where not named), and of the consumption made for it;
    an existing one keeps its own. Three queries where none is missing, eight where some are, whatever their number.
    """
    wanted = list(dict.fromkeys(specs))
    consumption = list(dict.fromkeys(spec.feeds for spec in wanted if spec.feeds))
    properties = ensure_properties(spec.property_key for spec in (*wanted, *consumption))
    there = _found((*wanted, *consumption), properties)
    missing = [spec for spec in (*wanted, *consumption) if spec not in there]
    if missing:
        join_points(spec.metering_point_id for spec in missing)
        finest = _with_consumption(wanted, exponents)
        for group in (consumption, wanted):
            rows = [_row(spec, properties, finest, there) for spec in group if spec not in there]
            Series.objects.bulk_create(rows, ignore_conflicts=True)
            there |= _found(group, properties)
    return {spec: there[spec] for spec in wanted}


def _with_consumption(specs: Iterable[SeriesSpec], exponents: dict[SeriesSpec, int]) -> dict[SeriesSpec, int]:
    """The exponents of these and of what they feed: as fine as the finest that feeds it."""
    found: dict[SeriesSpec, int] = {}
    for spec in specs:
        found[spec] = exponents.get(spec, 0)
        if spec.feeds:
            found[spec.feeds] = min(found[spec], found.get(spec.feeds, found[spec]))
    return found


def _found(specs: Sequence[SeriesSpec], properties: dict[Key, MeasuredProperty]) -> dict[SeriesSpec, Series]:
    points = {spec.metering_point_id for spec in specs}
    rows = Series.objects.filter(metering_point_id__in=points).select_related("measured_property")
    by_identity = {_identity(row): row for row in rows}
    identities = ((spec, _identity_of(spec, properties)) for spec in specs)
    return {spec: by_identity[identity] for spec, identity in identities if identity in by_identity}


def _row(
    spec: SeriesSpec,
    properties: dict[Key, MeasuredProperty],
    exponents: dict[SeriesSpec, int],
    there: dict[SeriesSpec, Series],
) -> Series:
    return Series(
        metering_point_id=spec.metering_point_id,
        measured_property=properties[spec.property_key],
        kind=spec.kind,
        periodicity=spec.periodicity,
        interval_s=spec.interval_s,
        exponent=exponents[spec],
        source=spec.source,
        feeds=there[spec.feeds] if spec.feeds else None,
    )


def _identity_of(spec: SeriesSpec, properties: dict[Key, MeasuredProperty]) -> _Identity:
    quantity = (spec.metering_point_id, properties[spec.property_key].pk, str(spec.kind))
    return (*quantity, str(spec.periodicity), spec.interval_s, spec.source)


def _identity(row: Series) -> _Identity:
    quantity = (row.metering_point_id, row.measured_property_id, str(row.kind))
    return (*quantity, str(row.periodicity), row.interval_s, row.source)
