"""Shipped sets of a utility: made once, brought up to date, never over what is the utility's own."""

from __future__ import annotations

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from access.models import AuditRecord, Utility
from tests import factories as make
from validation.models import Assignment, Rule, RuleSet
from validation.services.shipped import shipped_sets, sync_shipped

pytestmark = pytest.mark.django_db


def test_a_utility_gets_them_once_and_default_on_arrival() -> None:
    utility = make.make_utility()

    assert sync_shipped(utility) == len(shipped_sets())
    rows = list(Rule.objects.order_by("pk").values_list("pk", "name"))
    assert sync_shipped(utility) == 0

    assert list(Rule.objects.order_by("pk").values_list("pk", "name")) == rows
    assert {row.code for row in RuleSet.objects.filter(utility=utility, shipped=True)} == set(shipped_sets())
    held = Assignment.objects.filter(utility=utility).order_by("rule_set__code")
    assert [(each.rule_set.code, each.role) for each in held] == [
        ("default", "arrival"), ("default-periodic", "arrival"),
    ]  # fmt: skip


def test_a_release_changes_rules_and_keeps_their_rows() -> None:
    utility = make.make_utility()
    sync_shipped(utility)
    own = RuleSet.objects.get(utility=utility, code="default")
    spike = own.rules.get(name="Spike")
    own.rules.filter(name="Spike").update(parameters={"tolerance": "99"})
    own.rules.filter(name="Missing").delete()
    Rule.objects.create(rule_set=own, position=60, name="Of an earlier release", condition="zero")

    assert sync_shipped(utility) == 1

    own.refresh_from_db()
    assert own.version == 2
    assert own.rules.get(name="Spike").pk == spike.pk
    assert own.rules.get(name="Spike").parameters == spike.parameters
    assert list(own.rules.order_by("position").values_list("name", flat=True)) == [
        each["name"] for each in shipped_sets()["default"]["rules"]
    ]
    assert AuditRecord.objects.filter(verb="rule set shipped", summary="Default, version 2").exists()


def test_an_assignment_taken_away_does_not_come_back_and_own_sets_stay() -> None:
    utility = make.make_utility()
    mine = RuleSet.objects.create(utility=utility, code="elhub-like", name="Ours")
    sync_shipped(utility)
    Assignment.objects.all().delete()

    assert sync_shipped(utility) == 0

    mine.refresh_from_db()
    assert (mine.name, mine.shipped, mine.rules.count()) == ("Ours", False, 0)
    assert not Assignment.objects.exists()


def test_a_utility_made_in_the_admin_has_them_at_once(client: Client) -> None:
    client.force_login(make.make_administrator())

    given = {"code": "voima", "name": "Voima", "time_zone": "Europe/Helsinki"}
    client.post(reverse("admin:access_utility_add"), given)

    assert RuleSet.objects.filter(utility=Utility.objects.get(code="voima"), code="default").exists()


def test_sync_brings_every_utility_up_to_date(capsys: pytest.CaptureFixture[str]) -> None:
    make.make_utility("energia"), make.make_utility("voima")

    call_command("sync")

    assert "Utilities: energia, voima" in capsys.readouterr().out
    assert RuleSet.objects.filter(code="default").count() == 2
