"""The page of the voltage of an area, and the tab of a metering point. The profiles are made here: the simulated
meters keep no profile of their voltage."""

from datetime import date

import pytest

from events import voltage_page as page
from events.models import AreaOutage
from metering.intervals import local_day
from metering.models import TransformerArea
from tests import factories as make
from tests.events.test_voltage import make_voltage
from tests.queries import count_queries
from tests.scene import Scene, signed_in, text

MONDAY = date(2026, 10, 12)
BAD = [2300] * 86 + [2600] * 10


@pytest.fixture
def area(scene: Scene) -> TransformerArea:
    """Of the points of the scene: in the north one that is bad on Tuesday, and one that is well."""
    area = scene.near_point.transformer_area
    assert area is not None
    fine = make.make_metering_point(scene.utility, transformer_area=area, street="Hyvätie 1")
    for point, values in ((scene.near_point, [2300] * 96 + BAD), (fine, [2310] * 192)):
        make.make_values(make_voltage(point), local_day(MONDAY, scene.utility.zone)[0], values)
    return area


def url(area: TransformerArea, query: str = "date=2026-10-14") -> str:
    return f"/areas/{area.pk}/voltage/?{query}"


def test_the_worst_come_first_with_figures_of_each_day(scene: Scene, area: TransformerArea) -> None:
    shown = text(signed_in(scene.mikko).get(url(area)))
    assert "Week 42 · 12 – 18 October 2026" in shown and "230 V ± 10 % (207 to 253 V)" in shown
    assert "2.6 %; 1 of 2 metering points; 230.0 – 260.0 V" in shown
    assert shown.index(scene.near_point.gsrn) < shown.index("Hyvätie 1")
    row = shown[shown.index(scene.near_point.gsrn) : shown.index("Hyvätie 1")]
    assert "5.2 %" in row and "10.4 %" in row and row.count("–</span>") == 5
    assert "Tue 13 Oct: 5.2 % outside, 230.0 – 260.0 V" in shown and "Sat 17 Oct: no values" in shown


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("period=day&date=2026-10-12", "0 %; 0 of 2 metering points; 230.0 – 231.0 V"),
        ("period=month&date=2026-10-01", "2.6 %; 1 of 2 metering points"),
        ("period=week&date=2026-10-25", "No voltage in this period"),
    ],
)
def test_by_day_week_and_month(scene: Scene, area: TransformerArea, query: str, expected: str) -> None:
    assert expected in text(signed_in(scene.mikko).get(url(area, query)))


@pytest.mark.parametrize("query", ["period=year&date=2026-01-01", "date=tomorrow", "from=2026-10-01&to=2026-10-02"])
def test_what_cannot_be_shown_is_told(scene: Scene, area: TransformerArea, query: str) -> None:
    response = signed_in(scene.mikko).get(url(area, query))
    assert response.status_code == 200 and "This week is shown instead." in text(response)


def test_the_years_end_somewhere(scene: Scene, area: TransformerArea) -> None:
    shown = text(signed_in(scene.mikko).get(url(area, "period=month&date=1990-01-01")))
    assert 'rel="prev"' not in shown and 'rel="next"' in shown


def test_it_is_open_to_whoever_sees_the_area_and_its_values(scene: Scene, area: TransformerArea) -> None:
    assert signed_in(scene.stranger).get(url(area)).status_code == 404
    assert signed_in(scene.roleless).get(url(area)).status_code == 403


def test_queries_do_not_grow_with_points(scene: Scene, area: TransformerArea, monkeypatch: pytest.MonkeyPatch) -> None:
    client = signed_in(scene.mikko)
    client.get(url(area))
    with count_queries() as before:
        client.get(url(area))
    for _ in range(5):
        point = make.make_metering_point(scene.utility, transformer_area=area)
        make.make_values(make_voltage(point), local_day(MONDAY, scene.utility.zone)[0], [2300])
    with count_queries() as after:
        client.get(url(area))
    assert after.number <= before.number <= 16
    monkeypatch.setattr(page, "MOST_POINTS", 2)
    assert "These are the worst 2 of 7." in text(client.get(url(area)))


def test_the_outage_leads_to_the_voltage_of_its_day(scene: Scene, area: TransformerArea) -> None:
    outage = AreaOutage.objects.create(area=area, started_at=local_day(MONDAY, scene.utility.zone)[0], devices=2)
    assert f"{url(area, 'date=2026-10-12')}" in text(signed_in(scene.mikko).get(outage.get_absolute_url()))


def test_the_metering_point_has_its_own(scene: Scene, area: TransformerArea) -> None:
    tab = f"{scene.near_point.get_absolute_url()}voltage/?date=2026-10-14"
    shown = text(signed_in(scene.mikko).get(tab))
    assert "5.2 %; 1 of 1 metering points; 230.0 – 260.0 V" in shown and "Hyvätie" not in shown
    assert url(area) in shown
    assert "/areas/" not in text(signed_in(scene.pekka).get(tab)), "a part of the utility has no view of whole areas"
    silent = f"{scene.silent_point.get_absolute_url()}voltage/"
    assert "No voltage in this period" in text(signed_in(scene.mikko).get(silent))
    assert signed_in(scene.pekka).get(silent).status_code == 404
