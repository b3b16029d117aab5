"""The states of a device: which ways are open, to whom, and what is kept of each change. DOMAIN 3.6."""

from datetime import timedelta
from itertools import product

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from access.models import AuditRecord
from access.roles import CUSTOMER_SERVICE, METERING_OPERATOR
from aim.action import bind
from devices.life_cycle import NEXT, State, open_by_hand
from devices.models import Device, StateChange
from devices.services.installations import remove
from devices.services.life_cycle import change_by_hand, heard, move
from tests import factories as make

pytestmark = pytest.mark.django_db


def _device(state: State = State.INVENTORY, model: str = "aim-sm3") -> Device:
    utility = make.make_utility()
    return make.make_device(utility, model=make.make_device_model(model), state=state)


@pytest.mark.parametrize(("former", "to"), list(product(State, State)))
def test_only_open_ways_are_gone_and_each_is_kept(former: State, to: State) -> None:
    device = _device(former)
    moved = move([device.pk], to, reason="test")
    device.refresh_from_db()
    changes = list(StateChange.objects.values_list("before", "after", "reason"))
    if to in NEXT[former]:
        assert (moved, device.state, changes) == ([device.pk], to, [(former, to, "test")])
    else:
        assert (moved, device.state, changes) == ([], former, [])


def test_a_change_tells_who_when_why_and_in_which_action() -> None:
    user, device, at = make.make_user(), _device(), timezone.now() - timedelta(hours=1)
    with bind("a" * 32):
        move([device.pk], State.SCRAPPED, reason="burnt", user=user, at=at)
    row = StateChange.objects.get()
    assert (row.user, row.reason, row.at, row.action) == (user, "burnt", at, "a" * 32)


def test_many_move_in_one_statement(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    devices = [_device(), _device(State.DISCOVERED), _device(State.SCRAPPED)]
    with django_assert_num_queries(1):
        moved = move([device.pk for device in devices], State.INSTALLED)
    assert moved == [devices[0].pk, devices[1].pk]


def test_a_good_contact_ends_the_error_and_its_reason_goes() -> None:
    device = _device(State.IN_OPERATION)
    move([device.pk], State.ERROR, reason="No contact for 7 days")
    device.refresh_from_db()
    assert (device.state, device.error_reason) == (State.ERROR, "No contact for 7 days")
    assert heard([device.pk]) == [device.pk]
    device.refresh_from_db()
    assert (device.state, device.error_reason) == (State.IN_OPERATION, "")
    assert heard([device.pk]) == []


def test_a_contact_does_not_bring_back_what_was_removed() -> None:
    assert heard([_device(State.REMOVED).pk, _device(State.SCRAPPED).pk]) == []


def test_the_life_of_a_meter_from_the_store_to_the_scrap_yard() -> None:
    utility = make.make_utility()
    device, operator = _device(), make.make_user(METERING_OPERATOR, utilities=[utility])
    installation = make.make_installation(device, make.make_metering_point(utility))
    heard([device.pk])
    remove(installation=installation, at=make.INSTALLED_AT + timedelta(days=3), user=operator)
    device.refresh_from_db()
    change_by_hand(device=device, to=State.SCRAPPED, reason="too old", user=operator)
    states = StateChange.objects.order_by("pk").values_list("after", flat=True)
    assert list(states) == ["installed", "in_operation", "removed", "scrapped"]
    assert AuditRecord.objects.get(verb="state changed").summary == f"{device}: removed → scrapped, too old"


def test_what_follows_from_installing_is_not_said_by_hand() -> None:
    operator = make.make_user(METERING_OPERATOR)
    with pytest.raises(ValidationError, match="cannot become installed by hand"):
        change_by_hand(device=_device(), to=State.INSTALLED, reason="x", user=operator)
    concentrator = _device(model="aim-dc1")
    change_by_hand(device=concentrator, to=State.INSTALLED, reason="station 7", user=operator)
    concentrator.refresh_from_db()
    assert concentrator.state == State.INSTALLED


def test_who_may_not_scrap_is_told_so_and_nobody_changes_without_a_reason() -> None:
    device, service = _device(), make.make_user(CUSTOMER_SERVICE)
    with pytest.raises(ValidationError, match="Your role does not let you"):
        change_by_hand(device=device, to=State.SCRAPPED, reason="old", user=service)
    with pytest.raises(ValidationError, match="Say why"):
        change_by_hand(device=device, to=State.SCRAPPED, reason=" ", user=make.make_user(METERING_OPERATOR))
    assert not StateChange.objects.exists()


def test_who_looked_at_an_older_state_changes_nothing() -> None:
    device, operator = _device(), make.make_user(METERING_OPERATOR)
    move([device.pk], State.DISCOVERED)
    with pytest.raises(ValidationError, match="changed meanwhile"):
        change_by_hand(device=device, to=State.SCRAPPED, reason="old", user=operator)


def test_every_state_has_a_way_out_and_every_way_by_hand_is_one() -> None:
    assert set(NEXT) == set(State) and all(NEXT.values())
    for state, model in product(State, ("aim-sm3", "aim-dc1")):
        assert set(open_by_hand(_device(state, model))) <= NEXT[state]
