"""Rule sets on screen: sentences, order, switching, copying, what is refused, and who may what."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client

from access.models import AuditRecord
from tests import factories as make
from tests.queries import count_queries
from tests.scene import signed_in, text
from tests.validation.findings import make_finding
from tests.validation.pages.rules.world import NASTY, Rules, add_rule
from validation.models import Assignment, Rule, RuleSet

LIST = "/rule-sets/"


def names(rule_set: RuleSet) -> list[str]:
    return list(rule_set.rules.order_by("position").values_list("name", flat=True))


def enabled(rule: Rule) -> bool:
    return Rule.objects.get(pk=rule.pk).enabled


def test_the_list_says_what_there_is(rules: Rules) -> None:
    page = text(signed_in(rules.pekka).get(LIST))
    assert "Default" in page and "Shipped" in page
    assert NASTY not in page and "&lt;script&gt;" in page
    assert "New rule set" not in page
    assert "New rule set" in text(signed_in(rules.root).get(LIST))


def test_each_sees_the_sets_of_their_utilities(rules: Rules) -> None:
    assert "Default" not in text(signed_in(rules.stranger).get(LIST))
    assert signed_in(rules.stranger).get(rules.path(rules.own)).status_code == 404
    assert signed_in(make.make_user(utilities=[rules.utility])).get(LIST).status_code == 403
    assert Client().get(LIST).status_code == 302


def test_rules_are_sentences_in_their_order(rules: Rules) -> None:
    page = text(signed_in(rules.pekka).get(rules.path(rules.own)))
    assert page.index("no value where one was due") < page.index("180 %")
    assert "not in outages" in page
    assert "found nothing yet" in page
    assert 'action="/rules/' not in page


def test_the_list_and_the_page_cost_the_same_whatever_there_is(rules: Rules) -> None:
    client = signed_in(rules.root)
    for path in (LIST, rules.path(rules.own)):
        client.get(path)
        with count_queries() as before:
            client.get(path)
        for number in range(5):
            add_rule(rules.own, "negative", name=f"Negative {number}", enabled=False)
            RuleSet.objects.create(utility=rules.utility, code=f"{path}-{number}", name=f"Set {path} {number}")
        with count_queries() as after:
            client.get(path)
        assert after.number == before.number, after.statements


def test_false_positives_are_what_people_accepted(rules: Rules) -> None:
    for day, state in enumerate(("accepted", "estimated", "estimated", "edited"), start=1):
        make_finding(rules.series, rule=rules.spike, day=date(2026, 10, day), state=state, closed_by=rules.anna)
    make_finding(rules.series, rule=rules.spike, day=date(2026, 10, 9), state="accepted")
    page = text(signed_in(rules.pekka).get(rules.path(rules.own)))
    assert "found 5, 25 % false positives" in page


def test_a_copy_has_the_same_rules_and_may_be_changed(rules: Rules) -> None:
    client = signed_in(rules.root)
    assert "Default, our own" in text(client.get(rules.path(rules.shipped, "copy/")))
    client.post(rules.path(rules.shipped, "copy/"), {"name": "Our default"})
    copy = RuleSet.objects.get(name="Our default")
    assert names(copy) == names(rules.shipped) and not copy.shipped
    assert "Add a rule" in text(client.get(rules.path(copy)))
    again = client.post(rules.path(rules.shipped, "copy/"), {"name": "Our default"})
    assert again.status_code == 400 and "a set of this name already" in text(again)


def test_rules_change_places(rules: Rules) -> None:
    add_rule(rules.own, "negative")
    client = signed_in(rules.root)
    moved = client.post(f"/rules/{rules.spike.pk}/up/")
    assert moved.headers["Location"] == f"{rules.path(rules.own)}#rule-{rules.spike.pk}"
    assert names(rules.own) == ["Spike", "Missing", "Negative"]
    client.post(f"/rules/{rules.spike.pk}/down/")
    client.post(f"/rules/{rules.spike.pk}/down/")
    client.post(f"/rules/{rules.spike.pk}/down/")
    assert names(rules.own) == ["Missing", "Negative", "Spike"]
    assert rules.own.rules.get(name="Spike").position == 3


def test_a_rule_is_switched_and_the_set_becomes_a_version_newer(rules: Rules) -> None:
    client = signed_in(rules.root)
    client.post(f"/rules/{rules.spike.pk}/off/")
    assert not enabled(rules.spike)
    assert "Switch on" in text(client.get(rules.path(rules.own)))
    client.post(f"/rules/{rules.spike.pk}/on/")
    assert enabled(rules.spike)
    rules.own.refresh_from_db()
    assert rules.own.version == 3
    assert AuditRecord.objects.filter(verb="rule switched off", username=rules.root.username).count() == 1


def test_a_deleted_rule_leaves_no_gap_in_the_order(rules: Rules) -> None:
    signed_in(rules.root).post(f"/rules/{rules.missing.pk}/delete/")
    assert list(rules.own.rules.values_list("name", "position")) == [("Spike", 1)]


def test_a_shipped_set_stays_as_it_is(rules: Rules) -> None:
    client, rule = signed_in(rules.root), rules.shipped.rules.get()
    page = text(client.get(rules.path(rules.shipped)))
    assert "Copy to change" in page and "Add a rule" not in page and "Delete" not in page
    for act in ("up", "off", "delete"):
        page = text(client.post(f"/rules/{rule.pk}/{act}/", follow=True))
        assert "comes with the product" in page
    assert client.post(rules.path(rules.shipped, "delete/"), follow=True).status_code == 200
    assert Rule.objects.filter(pk=rule.pk, enabled=True).exists()


def test_a_set_in_use_is_not_deleted_and_says_where_it_is_used(rules: Rules) -> None:
    Assignment.objects.create(utility=rules.utility, rule_set=rules.own, customer_type="household")
    client = signed_in(rules.root)
    page = text(client.post(rules.path(rules.own, "delete/"), follow=True))
    assert "is in use and stays" in page and "for household" in page
    Assignment.objects.all().delete()
    assert "is deleted" in text(client.post(rules.path(rules.own, "delete/"), follow=True))
    assert not RuleSet.objects.filter(pk=rules.own.pk).exists()


def test_only_administrators_change_rules(rules: Rules) -> None:
    for user in (rules.anna, rules.pekka):
        client = signed_in(user)
        assert client.post(f"/rules/{rules.spike.pk}/off/").status_code == 403
        assert client.get(rules.path(rules.own, "rules/new/")).status_code == 403
        assert client.post(rules.path(rules.own, "delete/")).status_code == 403
    assert signed_in(rules.stranger).post(f"/rules/{rules.spike.pk}/off/").status_code == 404
    assert enabled(rules.spike)


def test_a_set_is_made_and_described(rules: Rules) -> None:
    client = signed_in(rules.root)
    made = {"utility": rules.utility.pk, "name": "Gas households", "description": "", "kind": "profile"}
    client.post("/rule-sets/new/", made)
    rule_set = RuleSet.objects.get(code="gas-households")
    client.post(rules.path(rule_set, "change/"), {"name": "Gas homes", "description": "For gas"})
    rule_set.refresh_from_db()
    assert (rule_set.name, rule_set.description, rule_set.version) == ("Gas homes", "For gas", 2)
    assert client.post("/rule-sets/new/", made | {"name": ""}).status_code == 400


def test_what_contradicts_is_said_on_the_page(rules: Rules) -> None:
    add_rule(rules.own, "missing", name="Missing too", action="zero")
    assert "contradicts" in text(signed_in(rules.pekka).get(rules.path(rules.own)))


@pytest.mark.parametrize("tab", ["", "estimation/", "assigned/", "changes/"])
def test_every_tab_is_a_page(rules: Rules, tab: str) -> None:
    assert signed_in(rules.root).get(rules.path(rules.own, tab)).status_code == 200
