"""Meters hung up, exchanged and taken down with stands: consumption stays exact, and what is impossible is told."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from access.models import AuditRecord
from devices.models import Device, Installation
from devices.services.installations import remove
from devices.services.life_cycle import State, move
from devices.services.on_site import Exchange, Install, Remove, hanging
from metering.intervals import local_day
from metering.models import BoundaryStand, MeteringPoint, Series
from metering.services.series import set_register_digits
from metering.store import NO_VALUE, read, read_registers
from tests import factories as make

pytestmark = pytest.mark.django_db
IMPORT, EXPORT = ("1-0:1.8.0", "Wh"), ("1-0:2.8.0", "Wh")
HELSINKI = ZoneInfo("Europe/Helsinki")
WH, KWH = Decimal(1), Decimal(1000)
QUARTER = timedelta(minutes=15)


class Place:
    """A metering point with a meter, and another one in the store."""

    def __init__(self) -> None:
        self.utility = make.make_utility()
        self.point: MeteringPoint = make.make_metering_point(self.utility)
        self.old, self.new = make.make_device(self.utility), make.make_device(self.utility)
        make.make_installation(self.old, self.point)

    @property
    def installation(self) -> Installation:
        found = hanging(self.old)
        assert found is not None
        return found

    def stands(self, device: Device) -> Series:
        return Series.objects.get(source=device.serial_number, measured_property__obis=IMPORT[0], interval_s=900)

    def used(self, start: datetime, end: datetime) -> list[int]:
        series = Series.objects.get(metering_point=self.point, kind="consumption", measured_property__obis="1-0:1.29.0")
        values: list[int] = read([series.pk], start, end).values[0].tolist()
        return values

    def exchange(self, at: datetime, final: Decimal | None, initial: Decimal | None) -> Exchange:
        final_stands = {} if final is None else {IMPORT: final}
        return Exchange(self.installation, self.new, at, final_stands, {} if initial is None else {IMPORT: initial})


@pytest.fixture
def place(db: None) -> Place:
    return Place()


def _noted(device: Device, at: datetime) -> dict[str, Decimal]:
    """The on-demand stands of a device at an instant, by OBIS code, with their quality good."""
    rows = Series.objects.filter(source=device.serial_number, periodicity="on_demand").select_related(
        "measured_property"
    )
    found = {}
    for row in rows:
        values = read_registers([row.pk], at, at + timedelta(seconds=1))
        assert values.quality.tolist() == [0]
        found[row.measured_property.obis] = Decimal(values.values.tolist()[0]).scaleb(row.exponent)
    return found


@pytest.mark.parametrize("day", ["2026-03-29", "2026-10-25", "2026-06-10"])
@pytest.mark.parametrize("hour", [0, 2, 3, 23])
def test_consumption_over_an_exchange_is_exact_on_days_of_23_24_and_25_hours(place: Place, day: str, hour: int) -> None:
    start, end = local_day(datetime.fromisoformat(day).date(), HELSINKI)
    at = start + timedelta(hours=min(hour, (end - start) // timedelta(hours=1) - 1), minutes=40)
    slots = (end - start) // QUARTER
    before = (at - start) // QUARTER + 1
    make.make_values(place.stands(place.old), start, [1000 + 10 * n for n in range(before)])
    final = Decimal(1000 + 10 * (before - 1) + 7)
    place.exchange(at, final, Decimal(3)).carry_out(user=None)
    make.make_values(place.stands(place.new), start + QUARTER * before, [8 + 10 * n for n in range(slots - before + 1)])
    used = place.used(start, end)
    assert used == [10] * (before - 1) + [7 + 5] + [10] * (slots - before)
    assert sum(used) == (final - 1000) + (8 + 10 * (slots - before) - 3)


def test_a_register_that_rolls_over_before_its_final_stand_counts_on(place: Place) -> None:
    set_register_digits(series=[place.stands(place.old)], digits=4)
    start = make.INSTALLED_AT
    make.make_values(place.stands(place.old), start, [9985, 9995])
    place.exchange(start + timedelta(minutes=20), Decimal(2), Decimal(0)).carry_out(user=None)
    make.make_values(place.stands(place.new), start + 2 * QUARTER, [4, 9])
    assert place.used(start, start + 3 * QUARTER) == [10, (10_002 - 9995) + 4, 5]


def test_stands_are_values_of_both_meters_at_that_instant(place: Place) -> None:
    user, at = make.make_user(), datetime(2026, 2, 3, 10, 7, 9, tzinfo=UTC)
    place.exchange(at, Decimal("12345678.9"), Decimal("0.25")).carry_out(user=user)
    assert _noted(place.old, at) == {"1-0:1.8.0": Decimal("12345678.9")}
    assert _noted(place.new, at) == {"1-0:1.8.0": Decimal("0.25")}
    sides = BoundaryStand.objects.filter(measured_property__obis="1-0:1.8.0").values_list("source", "side", "value")
    assert set(sides) == {
        (place.old.serial_number, "final", Decimal("12345678.9")),
        (place.new.serial_number, "initial", Decimal("0.25")),
    }


def test_an_exchange_changes_both_devices_and_is_audited(place: Place) -> None:
    at = make.INSTALLED_AT + timedelta(days=1)
    place.exchange(at, Decimal(1), Decimal(0)).carry_out(user=None)
    states = dict(Device.objects.values_list("pk", "state"))
    assert (states[place.old.pk], states[place.new.pk]) == ("removed", "installed")
    rows = list(Installation.objects.order_by("period").values_list("device", "period"))
    assert [(pk, period.lower, period.upper) for pk, period in rows] == [
        (place.old.pk, make.INSTALLED_AT, at), (place.new.pk, at, None),
    ]  # fmt: skip
    assert AuditRecord.objects.filter(verb="exchanged").count() == 1


def test_an_interval_whose_stands_nobody_noted_stays_empty(place: Place) -> None:
    start = make.INSTALLED_AT
    make.make_values(place.stands(place.old), start, [10, 20])
    work = place.exchange(start + timedelta(minutes=20), None, None)
    assert any("1-0:1.8.0: unless both profiles hold one, that interval stays empty" in line for line in work.told())
    work.carry_out(user=None)
    make.make_values(place.stands(place.new), start + 2 * QUARTER, [4, 9])
    assert place.used(start, start + 3 * QUARTER) == [10, NO_VALUE, 5]


def test_a_refused_exchange_leaves_everything_as_it_was(place: Place) -> None:
    make.make_values(place.stands(place.old), make.INSTALLED_AT, [500])
    work = place.exchange(make.INSTALLED_AT + timedelta(hours=1), Decimal(499), Decimal(0))
    with pytest.raises(ValidationError, match="lower than what"):
        work.carry_out(user=None)
    assert place.installation.device == place.old
    assert not BoundaryStand.objects.exists()
    assert Device.objects.get(pk=place.new.pk).state == State.INVENTORY


def test_removal_keeps_the_final_stand_and_what_is_polled_on_the_shelf_counts_nothing(place: Place) -> None:
    start = make.INSTALLED_AT
    make.make_values(place.stands(place.old), start, [10, 20])
    Remove(place.installation, start + QUARTER, {IMPORT: Decimal(20)}).carry_out(user=None)
    make.make_values(place.stands(place.old), start + 2 * QUARTER, [20, 20])
    assert place.used(start, start + 3 * QUARTER) == [10, NO_VALUE, NO_VALUE]
    assert _noted(place.old, start + QUARTER) == {"1-0:1.8.0": Decimal(20)}
    assert hanging(place.old) is None


def test_a_removed_meter_hangs_again_elsewhere_and_its_stands_go_on(place: Place) -> None:
    at = make.INSTALLED_AT + timedelta(days=1)
    Remove(place.installation, at, {IMPORT: Decimal(700)}).carry_out(user=None)
    place.old.refresh_from_db()
    other = make.make_metering_point(place.utility)
    lower = Install(place.old, other, at + timedelta(days=1), {IMPORT: Decimal(699)})
    assert [line for line in lower.objections() if "is lower than what" in line]
    Install(place.old, other, at + timedelta(days=1), {IMPORT: Decimal(700)}).carry_out(user=None)
    place.old.refresh_from_db()
    assert place.old.state == State.INSTALLED


def _objections(work: Install | Exchange | Remove) -> str:
    return " ".join(work.objections())


def test_what_is_impossible_to_install_is_told_with_what_helps(place: Place) -> None:
    """DOMAIN 3.5: duplicate and impossible installations are refused."""
    at = make.INSTALLED_AT + timedelta(days=1)
    elsewhere = make.make_metering_point(place.utility)
    foreign = make.make_metering_point(make.make_utility("voima"))
    gas = make.make_metering_point(place.utility, energy_type="gas")
    closed = make.make_metering_point(place.utility, state=MeteringPoint.State.CLOSED)
    assert "remove it there first" in _objections(Install(place.old, elsewhere, at, {}))
    assert "exchange it, or remove it first" in _objections(Install(place.new, place.point, at, {}))
    assert "belongs to" in _objections(Install(place.new, foreign, at, {}))
    assert "the metering point is one of gas" in _objections(Install(place.new, gas, at, {}))
    assert "is closed" in _objections(Install(place.new, closed, at, {}))
    assert "in the future" in _objections(Install(place.new, elsewhere, timezone.now() + timedelta(hours=1), {}))
    assert "has no register 1-0:9.8.0" in _objections(Install(place.new, elsewhere, at, {("1-0:9.8.0", "VAh"): WH}))
    move([place.new.pk], State.SCRAPPED)
    place.new.refresh_from_db()
    assert "take it back into the inventory first" in _objections(Install(place.new, elsewhere, at, {}))


def test_an_installation_before_one_that_has_ended_is_refused(place: Place) -> None:
    ended = make.INSTALLED_AT + timedelta(days=10)
    remove(installation=place.installation, at=ended)
    early = make.INSTALLED_AT + timedelta(days=5)
    place.old.refresh_from_db()
    told = _objections(Install(place.old, make.make_metering_point(place.utility), early, {}))
    assert "until 2026-01-11 02:00: say a later instant" in told
    assert "say a later instant" in _objections(Install(place.new, place.point, early, {}))
    assert not _objections(Install(place.new, place.point, ended, {}))


def test_an_end_is_after_the_begin_and_comes_once(place: Place) -> None:
    installation = place.installation
    assert "say a later instant" in _objections(Remove(installation, make.INSTALLED_AT, {}))
    assert "hangs there already" in _objections(Exchange(installation, place.old, timezone.now(), {}, {}))
    done = make.INSTALLED_AT + timedelta(days=1)
    Remove(installation, done, {}).carry_out(user=None)
    assert "was taken down already, on 2026-01-02 02:00" in _objections(Remove(installation, timezone.now(), {}))


def test_stands_fit_between_what_is_stored(place: Place) -> None:
    start = make.INSTALLED_AT
    make.make_values(place.stands(place.old), start, [100_000, 101_000, 103_500])
    at = start + timedelta(minutes=20)
    for stand, told in ((100_999, "lower than what"), (103_501, "higher than what")):
        words = _objections(Remove(place.installation, at, {IMPORT: Decimal(stand)}))
        assert told in words and "kWh" in words
    assert not _objections(Remove(place.installation, at, {IMPORT: Decimal(102_000)}))


def test_a_preview_says_what_the_meter_counted_since_its_newest_stand(place: Place) -> None:
    make.make_values(place.stands(place.old), make.INSTALLED_AT, [100_000])
    told = " ".join(place.exchange(make.INSTALLED_AT + QUARTER, 112 * KWH, Decimal(500)).told())
    assert "ends with 112 kWh at 1-0:1.8.0, 12 kWh more than the newest stand stored" in told
    assert f"{place.new} begins with 0.5 kWh" in told
    assert "until 2026-01-01 02:15:00" in told
    assert "Nobody noted both stands of 1-0:2.8.0" in told
