"""Writing a rule: its condition, its parameters, allowed actions only, formulas, and steps of estimating."""

from __future__ import annotations

from html import unescape
from typing import Any

import pytest

from devices.models import DeviceGroup
from tests.queries import count_queries
from tests.scene import signed_in, text
from tests.validation.pages.rules.world import Rules
from validation.models import ResultGroup, Rule, RuleSet

FIELDS = {"name": "Too high", "action": "keep", "severity": "warning", "outages": "all"}


def post(rules: Rules, condition: str, rule_set: RuleSet | None = None, **fields: Any) -> Any:
    """Add a rule to the own set, or to another."""
    path = rules.path(rule_set or rules.own, "rules/new/")
    return signed_in(rules.root).post(path, FIELDS | {"condition": condition} | fields)


def test_first_the_condition_is_chosen(rules: Rules) -> None:
    page = text(signed_in(rules.root).get(rules.path(rules.own, "rules/new/")))
    assert "?condition=spike" in page and "higher than [limit]" in page


def test_a_rule_is_added_with_its_parameters(rules: Rules) -> None:
    group = ResultGroup.objects.create(utility=rules.utility, name="High")
    devices = DeviceGroup.objects.create(utility=rules.utility, name="Industry")
    eligible: dict[str, Any] = {
        "energy_types": ["electricity"],
        "groups": [devices.pk],
        "obis": "1-0:1.29.0, 1-0:2.29.0",
    }
    response = post(
        rules, "higher_than", p_limit="12.50 kWh", action="fixed_value", a_value="0.25 kWh", group=group.pk,
        outages="outside", **eligible,
    )  # fmt: skip
    assert response.status_code == 302
    rule = rules.own.rules.get(name="Too high")
    assert (rule.position, rule.parameters, rule.action_parameters) == (3, {"limit": "12.5 kWh"}, {"value": "0.25 kWh"})
    assert rule.eligibility == {
        "energy_types": ["electricity"], "groups": [devices.pk], "obis": ["1-0:1.29.0", "1-0:2.29.0"],
    }  # fmt: skip
    page = text(signed_in(rules.pekka).get(rules.path(rules.own)))
    assert "higher than 12.5 kWh" in page and "fixed value 0.25 kWh" in page
    assert "not in outages; electricity; group Industry; 1-0:1.29.0 or 1-0:2.29.0" in page
    assert "goes to High" in page


def test_a_rule_is_changed_where_it_is(rules: Rules) -> None:
    client, path = signed_in(rules.root), f"/rules/{rules.spike.pk}/"
    assert 'value="180"' in text(client.get(path))
    client.post(path, FIELDS | {"name": "Peaks", "condition": "spike", "p_tolerance": "150", "action": "reject"})
    rule = Rule.objects.get(pk=rules.spike.pk)
    assert (rule.name, rule.parameters["tolerance"], rule.action, rule.position) == ("Peaks", 150, "reject", 2)


@pytest.mark.parametrize(
    ("condition", "fields", "message"),
    [
        ("higher_than", {"p_limit": ""}, "Limit is needed."),
        ("higher_than", {"p_limit": "12"}, "Limit is a number and a unit, such as 12.5 kWh."),
        ("higher_than", {"p_limit": "12 bananas"}, "Nothing is measured in bananas."),
        ("higher_than", {"p_limit": "12 kWh", "action": "fixed_value"}, "Value is needed."),
        ("spike", {"p_tolerance": "-1"}, "lies between"),
        ("higher_than", {"p_limit": "1 kWh", "action": "zero"}, "cannot go with “Zero”: it goes with Keep"),
        ("check_function", {"p_formula": "value >"}, "The formula"),
        ("check_function", {"p_formula": "valu > 1"}, "valu"),
        ("check_function", {"p_formula": "value + 1"}, "compare it with something"),
        ("check_function", {"p_formula": 'value > series("9-9:9.9.9")'}, "9-9:9.9.9"),
        ("missing", {"action": "zero", "name": "Second"}, "contradicts"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_typed_is_lost(
    rules: Rules, condition: str, fields: dict[str, Any], message: str
) -> None:
    response = post(rules, condition, **fields)
    page = unescape(text(response))
    assert response.status_code == 400
    assert message in page
    assert all(value in page for name, value in fields.items() if name != "action")
    assert rules.own.rules.count() == 2


def test_blank_cells_of_aim_cannot_be_chosen_and_are_refused(rules: Rules) -> None:
    client, path = signed_in(rules.root), rules.path(rules.aim, "rules/new/")
    offered = text(client.get(path))
    assert "?condition=zero" in offered and "?condition=spike" not in offered
    form = text(client.get(f"{path}?condition=zero"))
    assert 'value="previous_day"' in form and 'value="zero"' not in form.replace('name="condition" value="zero"', "")
    assert "Not for this condition: Zero, Fixed total, spread, Estimate, Reject." in form
    refused = unescape(text(post(rules, "zero", rules.aim, action="zero")))
    assert "in a set of AIM's cells only it goes with" in refused
    assert "not among AIM" in text(post(rules, "spike", rules.aim, p_tolerance="180"))
    assert rules.aim.rules.count() == 0


def test_a_formula_comes_with_the_names_it_may_use(rules: Rules) -> None:
    page = text(signed_in(rules.root).get(rules.path(rules.own, "rules/new/?condition=check_function")))
    assert "daily_average" in page and "previous(" in page


def test_rules_of_periodic_values_have_their_own_conditions_and_names(rules: Rules) -> None:
    client = signed_in(rules.root)
    periodic = RuleSet.objects.create(utility=rules.utility, code="p", name="Periodic", kind=RuleSet.Kind.PERIODIC)
    offered = text(client.get(rules.path(periodic, "rules/new/")))
    assert "previous month" in offered and "?condition=spike" not in offered
    form = text(client.get(rules.path(periodic, "rules/new/?condition=check_function")))
    assert "month_consumption" in form and "Also in outages" not in form
    assert post(rules, "zero", periodic).status_code == 302
    assert "Estimating" not in text(client.get(rules.path(periodic)))


def test_a_shipped_set_takes_no_rule(rules: Rules) -> None:
    response = post(rules, "negative", rules.shipped)
    assert response.status_code == 409 and "comes with the product" in text(response)


def test_a_group_of_another_utility_cannot_be_named(rules: Rules) -> None:
    foreign = ResultGroup.objects.create(utility=rules.stranger_utility, name="Foreign")
    assert post(rules, "negative", group=foreign.pk).status_code == 400


def test_steps_of_estimating_are_added_moved_changed_and_removed(rules: Rules) -> None:
    client, tab = signed_in(rules.root), rules.path(rules.own, "estimation/")
    page = text(client.get(tab))
    assert page.index("A straight line over gaps up to 120 min") < page.index("The average day")
    client.post(rules.path(rules.own, "steps/new/?method=like_days"), {"p_count": "4", "p_weeks": "5"})
    client.post(rules.path(rules.own, "steps/3/up/"))
    client.post(rules.path(rules.own, "steps/1/"), {"p_limit": "60"})
    client.post(rules.path(rules.own, "steps/3/remove/"))
    rules.own.refresh_from_db()
    assert rules.own.estimation == [
        {"method": "linear", "parameters": {"limit": 60}},
        {"method": "like_days", "parameters": {"count": 4, "weeks": 5}},
    ]
    assert rules.own.version == 5


def test_a_step_that_is_wrong_is_refused(rules: Rules) -> None:
    client = signed_in(rules.root)
    response = client.post(rules.path(rules.own, "steps/1/"), {"p_limit": "0"})
    assert response.status_code == 400 and "lies between 1 and 1440" in text(response)
    assert client.get(rules.path(rules.own, "steps/9/")).status_code == 404
    assert client.get(rules.path(rules.own, "steps/new/?method=guess")).status_code == 404
    assert signed_in(rules.anna).post(rules.path(rules.own, "steps/1/remove/")).status_code == 403


def test_the_form_costs_a_bounded_number_of_queries(rules: Rules) -> None:
    client = signed_in(rules.root)
    client.get(f"/rules/{rules.spike.pk}/")
    with count_queries() as counted:
        client.get(f"/rules/{rules.spike.pk}/")
    assert counted.number <= 20
