"""Keys are rolled in two steps, each version once NEW, ACTIVE, EXPIRED: headend.md §1.4, §4 rows 7 and 8."""

import json
import threading

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from access.models import AuditRecord
from devices import keystore
from devices.key_checks import UnfitKeyError
from devices.keystore import KeyStateError
from devices.keystore.counters import reserve_new
from devices.models import Contact, Device, DeviceKey
from tests.beside import Stop, beside, until_it_waits
from tests.factories import make_administrator, make_device, make_utility

OLD, NEW, OTHER = bytes(range(16)), bytes(range(16, 32)), bytes(range(32, 48))
pytestmark = pytest.mark.django_db
State = DeviceKey.State


@pytest.fixture
def device() -> Device:
    device = make_device(make_utility())
    for kind in ("encryption", "authentication"):
        keystore.store_key(device=device, kind=kind, key=OLD)
    Contact.objects.create(device=device, next_counter=70_000)
    return device


def states(device: Device, kind: str = "encryption") -> list[tuple[int, str]]:
    return list(DeviceKey.objects.filter(device=device, kind=kind).order_by("version").values_list("version", "state"))


def active(device: Device) -> dict[str, bytes]:
    return keystore.open_keys(keystore.active_keys([device.pk]).get(device.pk, []))


def test_a_new_key_waits_beside_the_active_one_until_it_is_activated(device: Device) -> None:
    keystore.store_new(device=device, keys={"encryption": NEW}, why="yearly")
    assert states(device) == [(1, State.ACTIVE), (2, State.NEW)]
    assert active(device)["encryption"] == OLD
    keystore.activate(device=device, kinds=["encryption"], why="meter took it")
    assert states(device) == [(1, State.EXPIRED), (2, State.ACTIVE)]
    assert active(device) == {"encryption": NEW, "authentication": OLD}


def test_one_expires_at_the_instant_the_other_becomes_valid(device: Device) -> None:
    keystore.store_new(device=device, keys={"encryption": NEW}, why="")
    before = timezone.now()
    keystore.activate(device=device, kinds=["encryption"], why="")
    former, new = DeviceKey.objects.filter(device=device, kind="encryption").order_by("version")
    assert former.valid_until == new.valid_from and new.valid_from is not None
    assert before <= new.valid_from <= timezone.now() and new.valid_until is None


def test_a_new_encryption_key_begins_at_250_and_the_former_one_keeps_its_counter(device: Device) -> None:
    """headend.md §4 row 8: a counter belongs to its key, and none goes down under the same key."""
    keystore.store_new(device=device, keys={"encryption": NEW, "authentication": NEW}, why="")
    keystore.activate(device=device, kinds=["authentication"], why="")
    assert Contact.objects.get(device=device).next_counter == 70_000
    keystore.activate(device=device, kinds=["encryption"], why="")
    assert Contact.objects.get(device=device).next_counter == 250
    assert DeviceKey.objects.get(device=device, kind="encryption", version=1).next_counter == 70_000


def test_a_key_the_device_had_before_is_refused_its_counters_are_used(device: Device) -> None:
    keystore.store_new(device=device, keys={"encryption": NEW}, why="")
    keystore.activate(device=device, kinds=["encryption"], why="")
    with pytest.raises(KeyStateError, match="has had this encryption key before"):
        keystore.store_new(device=device, keys={"encryption": OLD}, why="")


def test_there_is_one_new_key_of_a_kind(device: Device) -> None:
    keystore.store_new(device=device, keys={"encryption": NEW}, why="")
    with pytest.raises(KeyStateError, match="has a new encryption key already"):
        keystore.store_new(device=device, keys={"authentication": NEW, "encryption": OTHER}, why="")
    assert states(device, "authentication") == [(1, State.ACTIVE)]
    row = keystore.sealed_row(device_id=device.pk, kind="encryption", key=OTHER, version=3, state=State.NEW)
    with pytest.raises(IntegrityError, match="device_key_one_new"), transaction.atomic():
        row.save()


def test_what_is_discarded_or_withdrawn_never_comes_back(device: Device) -> None:
    keystore.store_new(device=device, keys={"encryption": NEW}, why="")
    keystore.discard_new(device=device, kinds=["encryption"], why="the meter refused it")
    keystore.withdraw(device=device, kinds=["encryption"], why="stolen")
    assert states(device) == [(1, State.WITHDRAWN), (2, State.WITHDRAWN)]
    assert "encryption" not in active(device)
    for act in (keystore.activate, keystore.withdraw, keystore.discard_new):
        with pytest.raises(KeyStateError):
            act(device=device, kinds=["encryption"], why="")
    keystore.store_new(device=device, keys={"encryption": OTHER}, why="")
    keystore.activate(device=device, kinds=["encryption"], why="")
    assert states(device)[2] == (3, State.ACTIVE)


def test_activating_is_all_or_nothing(device: Device) -> None:
    keystore.store_new(device=device, keys={"encryption": NEW}, why="")
    with pytest.raises(KeyStateError, match="no new key to activate: authentication"):
        keystore.activate(device=device, kinds=["encryption", "authentication"], why="")
    assert states(device) == [(1, State.ACTIVE), (2, State.NEW)]


@pytest.mark.parametrize(
    ("state", "instants"),
    [("new", {"valid_from": timezone.now()}), ("expired", {"valid_until": None}), ("active", {"valid_from": None})],
)
def test_the_database_refuses_instants_that_contradict_the_state(
    device: Device, state: str, instants: dict[str, object]
) -> None:
    rows = DeviceKey.objects.filter(device=device, kind="encryption")
    with pytest.raises(IntegrityError, match="device_key_validity"), transaction.atomic():
        rows.update(state=state, **instants)


def test_keys_the_device_cannot_have_are_refused(device: Device) -> None:
    with pytest.raises(UnfitKeyError, match="15 octets"):
        keystore.store_new(device=device, keys={"encryption": bytes(15)}, why="")
    with pytest.raises(UnfitKeyError, match="16 are needed"):
        keystore.store_new(device=device, keys={"mbus_user": bytes(32)}, why="")
    keystore.store_new(device=device, keys={"mbus_user": OTHER, "consumer": OTHER, "mbus_firmware": OTHER}, why="")


def test_who_did_it_and_why_is_in_the_audit_trail_and_no_key(device: Device) -> None:
    user = make_administrator(username="aino")
    keystore.store_new(device=device, keys={"encryption": NEW}, why="yearly roll", user=user)
    keystore.activate(device=device, kinds=["encryption"], why="the meter answered with it", user=user)
    stored, activated = AuditRecord.objects.order_by("id")
    assert (stored.verb, stored.username, stored.details["why"]) == ("keys stored", "aino", "yearly roll")
    assert activated.details == {"why": "the meter answered with it", "keys": ["encryption 2"]}
    told = json.dumps([stored.summary, stored.details, activated.summary, activated.details])
    assert NEW.hex() not in told.lower() and OLD.hex() not in told.lower()


def test_no_key_shows_in_refusals_rows_or_tracebacks(device: Device) -> None:
    (row,) = keystore.store_new(device=device, keys={"encryption": NEW}, why="")
    with pytest.raises(KeyStateError) as refused:
        keystore.store_new(device=device, keys={"encryption": OTHER}, why="")
    shown = f"{refused.value!r} {refused.value} {row!r} {row}".lower()
    for key in (OLD, NEW, OTHER):
        assert key.hex() not in shown and repr(key) not in shown


@pytest.mark.django_db(transaction=True)
def test_two_who_store_a_new_key_at_once_one_is_refused(device: Device) -> None:
    """headend.md §4 row 7: simultaneous replacements lock no meter out."""
    outcomes: list[str] = []

    def store(key: bytes) -> None:
        try:
            keystore.store_new(device=device, keys={"encryption": key}, why="")
            outcomes.append("stored")
        except KeyStateError:
            outcomes.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=store, args=(key,)) for key in (NEW, OTHER)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["refused", "stored"]
    assert states(device) == [(1, State.ACTIVE), (2, State.NEW)]


@pytest.mark.django_db(transaction=True)
def test_counters_reserved_while_the_key_is_activated_are_never_given_again(device: Device) -> None:
    """One session tries the new key as a push proves it: no counter may be used twice under one key."""
    keystore.store_new(device=device, keys={"encryption": NEW}, why="")
    reserved = Stop()

    def reserve() -> int:
        with transaction.atomic():
            first = reserve_new(device_id=device.pk, minimum=1, count=64)
            reserved.wait()
            return first

    with beside(reserve) as reserving:
        reserved.until_reached()
        with beside(lambda: keystore.activate(device=device, kinds=["encryption"], why="")) as activating:
            until_it_waits(activating)
            reserved.let_go()
            activating.result(timeout=60)
        assert Contact.objects.get(device=device).next_counter >= reserving.result(timeout=60) + 64
