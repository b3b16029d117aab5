"""When devices go into error, and when they do not."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from devices.life_cycle import KEYS_REFUSED
from devices.models import Contact, Device, StateChange
from devices.services.life_cycle import State
from headend.services.error_states import find_errors
from tests import factories as make

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def _device(heard_days: float | None, failures: int = 4, cause: str = "no_answer", **fields: Any) -> Device:
    """A device in operation for a year, tried an hour ago and heard so many days ago."""
    device = make.make_device(make.make_utility(), **{"state": State.IN_OPERATION} | fields)
    now = timezone.now()
    heard = None if heard_days is None else now - heard_days * DAY
    tried = now - timedelta(hours=1)
    Contact.objects.create(device=device, last_contact_at=heard, last_attempt_at=tried, failures=failures, cause=cause)
    return device


def _state(device: Device) -> tuple[str, str]:
    device.refresh_from_db()
    return str(device.state), device.error_reason


def test_a_silent_device_goes_into_error_once_with_a_reason() -> None:
    silent, late = _device(7.1), _device(6.9)
    assert (find_errors(), find_errors()) == (1, 0)
    assert _state(silent) == ("error", "No contact for 7 days")
    assert _state(late) == ("in_operation", "")
    assert StateChange.objects.get().user is None


def test_who_was_heard_when_it_was_tried_last_is_not_silent() -> None:
    """The head-end stood still for a month: not the devices are to blame."""
    device = _device(30, failures=0, cause="")
    assert find_errors() == 0
    assert _state(device) == ("in_operation", "")


def test_a_line_that_alters_messages_says_nothing_of_keys() -> None:
    device = _device(1, failures=5, cause="altered")
    assert find_errors() == 0
    assert _state(device) == ("in_operation", "")


def test_a_device_that_only_pushes_is_silent_when_its_pushes_stay_away() -> None:
    device = _device(8, failures=0, cause="")
    Contact.objects.filter(device=device).update(last_attempt_at=None)
    find_errors()
    assert _state(device)[0] == "error"


def test_a_device_hung_up_yesterday_has_time() -> None:
    device = _device(None, state=State.INSTALLED)
    change = StateChange.objects.create(device=device, before="inventory", after="installed", at=timezone.now() - DAY)
    assert find_errors() == 0
    StateChange.objects.filter(pk=change.pk).update(at=timezone.now() - 8 * DAY)
    assert find_errors() == 1


def test_refused_keys_are_an_error_after_three_failures() -> None:
    twice, thrice = _device(0.1, 2, "wrong_key"), _device(0.1, 3, "wrong_key")
    find_errors()
    assert _state(twice) == ("in_operation", "")
    assert _state(thrice) == ("error", KEYS_REFUSED)


@pytest.mark.parametrize("state", [State.INVENTORY, State.DISCOVERED, State.REMOVED, State.SCRAPPED])
def test_what_is_not_at_work_has_no_error(state: State) -> None:
    _device(30, state=state)
    _device(30, 9, "wrong_key", state=state)
    assert find_errors() == 0
