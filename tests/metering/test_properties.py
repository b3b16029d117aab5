"""What a code means: stand, amount or momentary value, and of which energy."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import metering
from metering.models import MeasuredProperty, Series
from metering.services.properties import consumption_obis, energy_type, kind_of, register_properties
from metering.services.series import SeriesSpec, ensure_series
from protocols.dlms.obis import Obis
from tests.factories import make_metering_point, make_utility

SHIPPED = json.loads((Path(metering.__file__).parent / "properties.json").read_text())
_Kind = Series.Kind


@pytest.mark.parametrize(
    ("code", "kind", "energy"),
    [
        ("1-0:1.8.0", _Kind.STAND, "electricity"),
        ("1-0:3.8.1", _Kind.STAND, "electricity"),
        ("1-0:1.29.0", _Kind.CONSUMPTION, "electricity"),
        ("1-0:1.7.0", _Kind.INSTANTANEOUS, "electricity"),
        ("1-0:1.6.0", _Kind.INSTANTANEOUS, "electricity"),
        ("1-0:32.7.0", _Kind.INSTANTANEOUS, "electricity"),
        ("1-0:13.7.0", _Kind.INSTANTANEOUS, "electricity"),
        ("1-0:14.7.0", _Kind.INSTANTANEOUS, "electricity"),
        ("7-0:3.0.0", _Kind.STAND, "gas"),
        ("7-0:3.1.0", _Kind.STAND, "gas"),
        ("7-0:41.0.0", _Kind.INSTANTANEOUS, "gas"),
        ("7-0:43.0.0", _Kind.INSTANTANEOUS, "gas"),
        ("8-0:1.0.0", _Kind.STAND, "water"),
        ("8-0:2.0.0", _Kind.INSTANTANEOUS, "water"),
        ("9-0:1.0.0", _Kind.STAND, "water"),
        ("6-0:1.0.0", _Kind.STAND, "heat"),
        ("6-0:2.0.0", _Kind.STAND, "heat"),
        ("6-0:8.0.0", _Kind.INSTANTANEOUS, "heat"),
        ("6-0:10.0.0", _Kind.INSTANTANEOUS, "heat"),
        ("5-0:1.0.0", _Kind.STAND, "cold"),
        ("5-0:12.0.0", _Kind.INSTANTANEOUS, "cold"),
        ("4-0:1.0.0", _Kind.STAND, "heat"),
        ("0-0:96.1.0", _Kind.INSTANTANEOUS, "electricity"),
    ],
)
def test_kind_and_energy_of_a_code(code: str, kind: Series.Kind, energy: str) -> None:
    assert (kind_of(Obis.parse(code)), energy_type(code)) == (kind, energy)


def test_consumption_of_electricity_has_a_code_of_its_own() -> None:
    codes = ("1-0:1.8.0", "1-1:2.8.3", "7-0:3.1.0", "8-0:1.0.0", "6-0:1.0.0")
    fed = [str(consumption_obis(Obis.parse(code))) for code in codes]
    assert fed == ["1-0:1.29.0", "1-1:2.29.3", "7-0:3.1.0", "8-0:1.0.0", "6-0:1.0.0"]


def test_shipped_properties_are_what_their_codes_say() -> None:
    assert len({(row["obis"], row["unit"]) for row in SHIPPED}) == len(SHIPPED)
    for row in SHIPPED:
        assert row["obis"] == str(Obis.parse(row["obis"]))
        assert row["energy_type"] == energy_type(row["obis"]), row


def test_whatever_is_derived_has_a_name() -> None:
    """The consumption of every shipped total of electricity is shipped too, in the same unit."""
    named = {(row["obis"], row["unit"]) for row in SHIPPED}
    totals = [row for row in SHIPPED if kind_of(Obis.parse(row["obis"])) == _Kind.STAND and row["obis"].endswith(".0")]
    assert len(totals) > 20
    assert {(str(consumption_obis(Obis.parse(row["obis"]))), row["unit"]) for row in totals} <= named


@pytest.mark.django_db
def test_registering_again_changes_nothing() -> None:
    count = register_properties()
    rows = list(MeasuredProperty.objects.order_by("id").values())
    assert register_properties() == count
    assert list(MeasuredProperty.objects.order_by("id").values()) == rows


@pytest.mark.django_db
@pytest.mark.parametrize(("code", "unit"), [("7-0:3.1.0", "m³"), ("8-0:1.0.0", "m³"), ("6-0:1.0.0", "Wh")])
def test_a_profile_of_stands_feeds_consumption_of_its_own_length(code: str, unit: str) -> None:
    """Another capture period is another series by identity, and feeds another one."""
    register_properties()
    point, obis = make_metering_point(make_utility()), Obis.parse(code)
    specs = [
        SeriesSpec(point.pk, obis, unit, _Kind.STAND, Series.Periodicity.INTERVAL, length, "M1")
        for length in (3600, 900)
    ]
    made = ensure_series(specs, dict.fromkeys(specs, -3))
    hours, quarters = (made[spec] for spec in specs)
    assert hours.pk != quarters.pk
    assert hours.feeds is not None
    assert quarters.feeds is not None
    assert (hours.feeds.interval_s, quarters.feeds.interval_s) == (3600, 900)
    assert (hours.feeds.measured_property, hours.feeds.kind) == (hours.measured_property, _Kind.CONSUMPTION)
    assert (hours.feeds.exponent, hours.measured_property.known) == (-3, True)
