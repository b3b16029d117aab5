"""Voltage outside the band by point and local day: exact numbers, interruptions apart, days of 23 and 25 hours."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from django.core.exceptions import ValidationError

from access.models import Utility
from events import voltage
from events.models import VoltageBand
from events.voltage import Voltages, voltages
from metering.intervals import local_day
from metering.models import MeteringPoint, Series
from metering.quality import Quality
from tests import factories as make
from tests.queries import count_queries

pytestmark = pytest.mark.django_db
HELSINKI = ZoneInfo("Europe/Helsinki")
DAY = date(2026, 10, 12)


@pytest.fixture
def utility() -> Utility:
    return make.make_utility()


def make_voltage(point: MeteringPoint, phase: int = 1, *, exponent: int = -1, interval_s: int = 900) -> Series:
    """A series of the voltage of a phase, as a meter with a voltage profile has it."""
    obis = voltage.PHASES[phase - 1]
    return make.make_series(point, obis, "V", kind="instantaneous", exponent=exponent, interval_s=interval_s)


def edges_of(days: list[date]) -> list[datetime]:
    return [local_day(day, HELSINKI)[0] for day in [*days, days[-1] + timedelta(days=1)]]


def of(days: list[date]) -> Voltages:
    return voltages(MeteringPoint.objects.all(), days, edges_of(days))


def start(day: date = DAY) -> datetime:
    return local_day(day, HELSINKI)[0]


def test_share_and_extremes_of_a_day(utility: Utility) -> None:
    """The ends of the band are inside it; all phases of a point count together."""
    point = make.make_metering_point(utility)
    make.make_values(make_voltage(point, 1), start(), [2300] * 92 + [2069, 2070, 2530, 2531])
    make.make_values(make_voltage(point, 2), start(), [2300] * 95 + [2601])
    make.make_values(make_voltage(point, 3), start(), [1999] * 3 + [2300] * 93)
    figures = of([DAY]).figures
    assert figures.values.tolist() == [[288]] and figures.outside.tolist() == [[6]]
    assert figures.share.tolist() == [[6 / 288]]
    assert figures.lowest.tolist() == [[199.9]] and figures.highest.tolist() == [[260.1]]
    assert figures.interrupted.tolist() == [[0]]


@pytest.mark.parametrize(
    ("exponent", "values", "outside", "lowest", "highest"),
    [
        (0, [206, 207, 253, 254], 2, 206.0, 254.0),
        (-2, [20699, 20700, 25300, 25301], 2, 206.99, 253.01),
        (-3, [206999, 207000, 253000, 253001], 2, 206.999, 253.001),
        (1, [20, 21, 25, 26], 2, 200.0, 260.0),
    ],
)
def test_every_scale_has_the_same_band(
    utility: Utility, exponent: int, values: list[int], outside: int, lowest: float, highest: float
) -> None:
    make.make_values(make_voltage(make.make_metering_point(utility), exponent=exponent), start(), values)
    figures = of([DAY]).figures
    assert (figures.values.item(), figures.outside.item()) == (4, outside)
    assert (figures.lowest.item(), figures.highest.item()) == (lowest, highest)


def test_an_interruption_is_no_voltage(utility: Utility) -> None:
    make.make_values(make_voltage(make.make_metering_point(utility)), start(), [2300, 0, 114, 115, 2300])
    figures = of([DAY]).figures
    assert (figures.values.item(), figures.interrupted.item(), figures.outside.item()) == (3, 2, 1)
    assert figures.lowest.item() == 11.5


def test_a_point_without_supply_has_no_extremes(utility: Utility) -> None:
    make.make_values(make_voltage(make.make_metering_point(utility)), start(), [0] * 96)
    found = of([DAY])
    assert found.by_point.interrupted.tolist() == [96] and found.worst().tolist() == [0]
    assert np.isnan(found.by_point.share).all() and np.isnan(found.by_point.lowest).all()


def test_only_what_was_measured_or_decided_counts(utility: Utility) -> None:
    codes = [Quality.MEASURED, Quality.SUSPECT, Quality.ESTIMATED, Quality.EDITED, Quality.ACCEPTED]
    make.make_values(make_voltage(make.make_metering_point(utility)), start(), [2600] * 5, codes)
    assert of([DAY]).figures.values.item() == 3


@pytest.mark.parametrize(("day", "hours"), [(date(2026, 3, 29), 23), (date(2026, 10, 25), 25), (DAY, 24)])
def test_days_are_those_of_the_utility(utility: Utility, day: date, hours: int) -> None:
    days = [day - timedelta(days=1), day, day + timedelta(days=1)]
    series = make_voltage(make.make_metering_point(utility), interval_s=3600)
    values = [2300] * 24 + [2600] * hours + [2300] * 24
    make.make_values(series, start(days[0]), values)
    figures = of(days).figures
    assert figures.values.tolist() == [[24, hours, 24]] and figures.outside.tolist() == [[0, hours, 0]]


def test_series_of_different_rhythm_in_one_area(utility: Utility) -> None:
    for interval_s, count in ((600, 144), (900, 96), (86_400, 1)):
        point = make.make_metering_point(utility)
        first = start() if interval_s < 86_400 else datetime(2026, 10, 12, tzinfo=ZoneInfo("UTC"))
        make.make_values(make_voltage(point, interval_s=interval_s), first, [2300] * count)
    assert of([DAY]).figures.values.tolist() == [[144], [96], [1]]


def test_the_worst_come_first_and_those_without_values_not_at_all(utility: Utility) -> None:
    points = [make.make_metering_point(utility) for _ in range(5)]
    told: list[list[int]] = [[2300, 2300], [2300, 2540], [2300, 2900], [2540, 2540], []]
    for point, values in zip(points, told, strict=True):
        series = make_voltage(point)
        if values:
            make.make_values(series, start(), values)
    found = of([DAY])
    assert [int(found.point_ids[row]) for row in found.worst()] == [points[i].pk for i in (3, 2, 1, 0)]
    assert found.by_day.values.tolist() == [8] and found.by_day.outside.tolist() == [4]
    assert found.by_day.highest.tolist() == [290.0]


def test_other_series_do_not_count(utility: Utility) -> None:
    point = make.make_metering_point(utility)
    make.make_values(make.make_series(point, "1-0:1.29.0", "Wh"), start(), [9000])
    make.make_series(point, "1-0:32.7.0", "V", kind="instantaneous", periodicity="on_demand")
    assert of([DAY]).point_ids.size == 0 and of([DAY]).worst().size == 0


def test_queries_do_not_grow_with_points_and_portions_change_nothing(
    utility: Utility, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(6):
        make.make_values(make_voltage(make.make_metering_point(utility)), start(), [2300, 2600 + number])
    with count_queries() as counted:
        whole = of([DAY])
    assert counted.number <= 5
    monkeypatch.setattr(voltage, "MOST_AT_ONCE", 200)
    parts = of([DAY])
    assert parts.figures.highest.tolist() == whole.figures.highest.tolist() == [[260 + n / 10] for n in range(6)]


def test_the_most_particular_band_counts(utility: Utility) -> None:
    """Nominal voltage and limits: of the metering point, else of its area, else of the utility, else EN 50160."""
    area = make.make_transformer_area(utility, "T-1")
    own, of_area, of_utility = (make.make_metering_point(utility, transformer_area=each) for each in (area, area, None))
    elsewhere = make.make_metering_point(make.make_utility("other"))
    for point in (own, of_area, of_utility, elsewhere):
        make.make_values(make_voltage(point), start(), [577, 1200, 2300, 2440])
    VoltageBand.objects.create(utility=utility, above_percent=6)
    VoltageBand.objects.create(utility=utility, area=area, nominal_v=120)
    VoltageBand.objects.create(utility=utility, metering_point=own, nominal_v=Decimal("57.7"))
    found = of([DAY])
    outside = dict(zip(found.point_ids.tolist(), found.by_point.outside.tolist(), strict=True))
    assert outside == {own.pk: 3, of_area.pk: 3, of_utility.pk: 3, elsewhere.pk: 2}
    words = {pk: str(band) for pk, band in zip(found.point_ids.tolist(), found.bands, strict=True)}
    assert words[own.pk] == "57.7 V ± 10 % (51.93 to 63.47 V)"
    assert words[of_utility.pk] == "230 V − 10 + 6 % (207 to 243.8 V)"
    assert words[elsewhere.pk] == "230 V ± 10 % (207 to 253 V)"


def test_supply_ends_below_5_percent_of_the_nominal_voltage(utility: Utility) -> None:
    point = make.make_metering_point(utility)
    VoltageBand.objects.create(utility=utility, metering_point=point, nominal_v=Decimal("57.7"))
    make.make_values(make_voltage(point), start(), [28, 29])
    assert of([DAY]).by_point.interrupted.tolist() == [1]


def test_the_average_of_an_interval_is_voltage_too(utility: Utility) -> None:
    point = make.make_metering_point(utility)
    make.make_values(make_voltage(point, 4), start(), [2300, 2600])
    assert of([DAY]).by_point.outside.tolist() == [1]


def test_a_band_is_of_one_place_of_its_utility(utility: Utility) -> None:
    point, area = make.make_metering_point(utility), make.make_transformer_area(make.make_utility("other"), "T-1")
    with pytest.raises(ValidationError, match="not of both"):
        VoltageBand(utility=utility, area=area, metering_point=point).full_clean()
    with pytest.raises(ValidationError, match="another utility"):
        VoltageBand(utility=utility, area=area).full_clean()
