"""Every attempt begins with what is on file at that moment, and is kept."""

import pytest
from django.utils import timezone

from devices.models import Device
from headend import causes
from headend.knowledge import know
from headend.models import Attempt, JobItem
from headend.plan import Readings, Trace
from headend.services.claims import Claim
from headend.sessions import target_of
from headend.storing import Outcome, store_outcomes
from tests.factories import make_utility
from tests.headend.claiming import claim, job_over
from tests.headend.meters import make_keyed_device

pytestmark = pytest.mark.django_db


def _called(held: Claim) -> tuple[str, int]:
    known, _ = know([held.item.device])
    target = target_of(known[held.item.device_id], held.first_counter)
    return target.host, target.port


def _fails(held: Claim) -> None:
    trace = Trace(timezone.now(), 0.5, held.item.device.address, (), 0, 0, causes.NO_ANSWER)
    store_outcomes([Outcome(held.item, None, Readings(), trace)], owner="a")
    JobItem.objects.update(not_before=timezone.now())


def test_the_address_is_the_one_on_file_when_the_attempt_begins() -> None:
    """headend.md §4 row 12: a retry calls the new address, and each attempt says which one it called."""
    utility = make_utility()
    device = make_keyed_device(utility, 4059)
    job_over(utility)
    (first,) = claim()
    assert _called(first) == ("127.0.0.1", 4059)
    _fails(first)

    Device.objects.filter(pk=device.pk).update(host="127.0.0.2", port=4060)
    (second,) = claim()
    assert _called(second) == ("127.0.0.2", 4060)
    _fails(second)
    assert list(Attempt.objects.order_by("number").values_list("number", "address")) == [
        (1, "127.0.0.1:4059"), (2, "127.0.0.2:4060"),
    ]  # fmt: skip
