"""Which set is meant for which series: the table, adding, removing, and the card on the metering point's page."""

from __future__ import annotations

from typing import Any

import pytest

from access.models import AuditRecord
from devices.models import DeviceGroup
from metering.models import Series
from tests import factories as make
from tests.scene import signed_in, text
from tests.validation.pages.rules.world import Rules
from validation.models import Assignment
from validation.models.rules import Role

TABLE, NEW = "/rule-sets/assignments/", "/rule-sets/assignments/new/"
_NAMES = ("series", "group", "customer_type", "energy_type")


def fields(rules: Rules, **changed: Any) -> dict[str, Any]:
    common = {"utility": rules.utility.pk, "rule_set": rules.own.pk, "role": "arrival", "priority": 100}
    return common | dict.fromkeys(_NAMES, "") | {"days_after": 5} | changed


def assign(rules: Rules, **changed: Any) -> Assignment:
    return Assignment.objects.create(**({"utility": rules.utility, "rule_set": rules.own} | changed))


def test_without_any_the_page_says_how_to_begin(rules: Rules) -> None:
    assert "No assignments yet" in text(signed_in(rules.anna).get(TABLE))


def test_the_table_has_a_line_per_rank_and_a_column_per_role(rules: Rules) -> None:
    assign(rules, customer_type="household")
    assign(rules, rule_set=rules.shipped, role=Role.FINAL, days_after=7)
    page = text(signed_in(rules.anna).get(TABLE))
    assert page.index("Types of customer") < page.index("household") < page.index("Whole utility")
    assert "7 d after" in page
    assert "Remove" not in page
    assert "Remove" in text(signed_in(rules.root).get(TABLE))
    assert "energia" not in text(signed_in(rules.stranger).get(TABLE)).lower().replace("openaim", "")


def test_a_set_is_assigned_and_taken_away_again(rules: Rules) -> None:
    client = signed_in(rules.root)
    assert client.post(NEW, fields(rules, series=rules.series.pk)).headers["Location"] == TABLE
    row = Assignment.objects.get()
    assert (row.series, row.rank) == (rules.series, 0)
    client.post(f"/rule-sets/assignments/{row.pk}/remove/")
    assert not Assignment.objects.exists()
    verbs = AuditRecord.objects.filter(username=rules.root.username).values_list("verb", flat=True)
    assert {"rule set assigned", "rule set no longer assigned"} <= set(verbs)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"series": 1 << 40}, "There is no such series."),
        ({"customer_type": "household", "series": "own"}, "not several of them"),
        ({"utility": ""}, "required"),
        ({"rule_set": 0}, "Select a valid choice"),
        ({"priority": -1}, "greater than or equal to 0"),
    ],
)
def test_what_cannot_be_assigned_is_refused(rules: Rules, changed: dict[str, Any], message: str) -> None:
    if changed.get("series") == "own":
        changed = changed | {"series": rules.series.pk}
    response = signed_in(rules.root).post(NEW, fields(rules, **changed))
    assert response.status_code == 400 and message in text(response)
    assert not Assignment.objects.exists()


def test_rows_of_another_utility_are_refused(rules: Rules) -> None:
    other = rules.stranger_utility
    foreign = make.make_series(make.make_metering_point(other))
    both = make.make_user("Administrator", utilities=[rules.utility, other])
    page = text(signed_in(both).post(NEW, fields(rules, series=foreign.pk)))
    assert "does not belong to" in page
    assert "This belongs to" in text(signed_in(both).post(NEW, fields(rules, utility=other.pk)))


def test_only_administrators_assign(rules: Rules) -> None:
    row = assign(rules)
    client = signed_in(rules.anna)
    assert client.get(NEW).status_code == 403
    assert client.post(f"/rule-sets/assignments/{row.pk}/remove/").status_code == 403
    assert signed_in(rules.stranger).post(f"/rule-sets/assignments/{row.pk}/remove/").status_code == 404


def card(rules: Rules) -> str:
    """The card on the page of the metering point."""
    page = text(signed_in(rules.anna).get(rules.series.metering_point.get_absolute_url()))
    return page.split('id="panel-rule-sets"')[1].split("</section>")[0] if 'id="panel-rule-sets"' in page else ""


def test_the_card_says_which_set_holds_and_why(rules: Rules) -> None:
    assert card(rules) == ""
    assign(rules, rule_set=rules.shipped)
    assert "Default" in card(rules) and "for the whole utility" in card(rules)
    point = rules.series.metering_point
    make.make_contract(point, make.make_customer(rules.utility, customer_type="household"))
    assign(rules, customer_type="household")
    assert "for household customers" in card(rules)
    device = point.installations.get().device
    group = DeviceGroup.objects.create(utility=rules.utility, name="Espoo")
    group.memberships.create(device=device)
    assign(rules, rule_set=rules.shipped, group=group)
    assert "its meter is in the group Espoo" in card(rules)
    for series in Series.objects.filter(metering_point=point):
        assign(rules, series=series)
    assert "assigned to this series" in card(rules)
