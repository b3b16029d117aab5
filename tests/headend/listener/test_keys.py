"""Pushes under other keys than the active ones: new ones that were sent, the broadcast key, a dedicated key."""

from dataclasses import replace

import pytest
from django.conf import settings

from access.models import AuditRecord
from devices import keystore
from devices.models import Device, DeviceKey
from headend.listener.serving import Inlets, Listening
from headend.models import DiscoveredDevice, PushCounter, PushRefusal
from protocols.dlms.keys import KeySet, ReceiveCounter, Security, SendCounter
from protocols.dlms.security import Tagging
from protocols.dlms.security.key_ring import Credentials, KeyRing, KeyUse
from protocols.dlms.security.protection import Protection
from tests.headend.listener.pushing import (
    AK,
    EK,
    LOCAL,
    Pusher,
    exchanged,
    is_confirmed,
    make_pushing_device,
    played,
    profile_push,
    pusher_of,
)
from tests.headend.outcomes import stand, total

pytestmark = pytest.mark.django_db(transaction=True)
NEW_EK, NEW_AK, BROADCAST, DEDICATED = (bytes([number]) * 16 for number in (0x51, 0x52, 0x53, 0x54))


def push(*apdus: bytes) -> list[bytes]:
    """Each over a connection of its own to one listener; the answers."""

    async def scene(listener: Listening) -> list[bytes]:
        return [await exchanged(listener, apdu) for apdu in apdus]

    return played(scene, Inlets(tcp=LOCAL))


def active(device: Device) -> dict[str, int]:
    rows = DeviceKey.objects.filter(device=device, state=DeviceKey.State.ACTIVE)
    return dict(rows.values_list("kind", "version"))


def counters() -> dict[str, int]:
    return dict(PushCounter.objects.values_list("key", "last"))


def refusals(device: Device) -> dict[str, int]:
    return dict(PushRefusal.objects.filter(device=device).values_list("cause", "count"))


@pytest.mark.parametrize(
    ("ek", "ak", "versions", "counter"),
    [
        (NEW_EK, NEW_AK, {"encryption": 2, "authentication": 2}, {"encryption 2": 1}),
        (NEW_EK, AK, {"encryption": 2, "authentication": 1}, {"encryption 2": 1}),
        (EK, NEW_AK, {"encryption": 1, "authentication": 2}, {"encryption 1": 1}),
    ],
    ids=["both", "encryption", "authentication"],
)
def test_a_push_under_new_keys_is_taken_answered_under_them_and_makes_them_the_active_ones(
    ek: bytes, ak: bytes, versions: dict[str, int], counter: dict[str, int]
) -> None:
    """headend.md §4 row 7: whatever part of a roll the device has taken."""
    device = make_pushing_device()
    keystore.store_new(device=device, keys={"encryption": NEW_EK, "authentication": NEW_AK}, why="roll")
    pusher = replace(pusher_of(device), ek=ek, ak=ak)

    (answer,) = push(pusher.ciphered(profile_push([100, 110])))

    assert is_confirmed(answer, pusher, settings.SYSTEM_TITLE)
    assert total(stand(device)) == 210
    assert active(device) == versions
    assert counters() == counter
    assert refusals(device) == {}
    assert AuditRecord.objects.get(verb="keys activated").details["why"].startswith("the device pushed")


def test_after_a_push_under_new_keys_the_former_ones_are_over() -> None:
    device = make_pushing_device()
    former = pusher_of(device)
    keystore.store_new(device=device, keys={"encryption": NEW_EK, "authentication": NEW_AK}, why="roll")
    now = replace(former, ek=NEW_EK, ak=NEW_AK, counter=SendCounter())

    before, first, late, second = push(
        former.ciphered(profile_push([1])), now.ciphered(profile_push([1, 2])),
        former.ciphered(profile_push([1, 2, 3])), now.ciphered(profile_push([1, 2, 3, 4])),
    )  # fmt: skip

    assert is_confirmed(before, former, settings.SYSTEM_TITLE)
    assert is_confirmed(first, now, settings.SYSTEM_TITLE)
    assert late == b""
    assert is_confirmed(second, now, settings.SYSTEM_TITLE)
    assert total(stand(device)) == 10
    assert counters() == {"encryption 1": 1, "encryption 2": 2}
    assert AuditRecord.objects.filter(verb="keys activated").count() == 1


def test_what_opens_with_no_key_changes_no_key() -> None:
    device = make_pushing_device()
    keystore.store_new(device=device, keys={"encryption": NEW_EK, "authentication": NEW_AK}, why="roll")
    stranger = replace(pusher_of(device), ek=bytes([9]) * 16)

    assert push(stranger.ciphered(profile_push([1]))) == [b""]

    assert active(device) == {"encryption": 1, "authentication": 1}
    assert refusals(device) == {"wrong_key": 1}


def ciphered(pusher: Pusher, use: KeyUse, security: Security = Security.BOTH, ak: bytes = AK) -> bytes:
    """A push under the broadcast key, or under the key of an association."""
    keys = KeySet(pusher.ek, ak, broadcast=BROADCAST)
    ring = KeyRing(Credentials(keys, pusher.title, pusher.counter, ReceiveCounter(), broadcast_sent=pusher.counter))
    ring.dedicate(DEDICATED)
    return Protection(ring, security, tagging=Tagging.GENERAL, use=use).protect(profile_push([7, 8]))


def test_a_push_under_the_broadcast_key_counts_for_itself() -> None:
    device = make_pushing_device()
    keystore.store_key(device=device, kind="broadcast", key=BROADCAST)
    pusher = pusher_of(device)
    message = ciphered(pusher, KeyUse.BROADCAST)

    first, copy = push(message, message)

    assert is_confirmed(first, pusher, settings.SYSTEM_TITLE)
    assert is_confirmed(copy, pusher, settings.SYSTEM_TITLE)
    assert total(stand(device)) == 15
    assert counters() == {"broadcast 1": 1}
    assert push(pusher.ciphered(profile_push([7, 8, 9])))[0]
    assert counters() == {"broadcast 1": 1, "encryption 1": 2}


def test_the_broadcast_key_alone_speaks_for_nobody() -> None:
    """All meters have it: the authentication key of the device must be in the tag."""
    device = make_pushing_device()
    keystore.store_key(device=device, kind="broadcast", key=BROADCAST)
    pusher = pusher_of(device)

    push(
        ciphered(pusher, KeyUse.BROADCAST, Security.ENCRYPTED), ciphered(pusher, KeyUse.BROADCAST, ak=bytes(16)),
    )  # fmt: skip

    assert refusals(device) == {"unprotected": 1, "wrong_authentication_key": 1}
    assert not PushCounter.objects.exists()


def test_a_device_without_a_broadcast_key_is_refused_under_it() -> None:
    device = make_pushing_device()
    assert push(ciphered(pusher_of(device), KeyUse.BROADCAST)) == [b""]
    assert sum(refusals(device).values()) == 1
    assert not PushCounter.objects.exists()


def test_a_push_under_the_key_of_an_association_is_refused_and_its_sender_named() -> None:
    """general-ded-ciphering: its key ended with the association, and only those two knew it."""
    device = make_pushing_device()
    assert push(ciphered(pusher_of(device), KeyUse.DEDICATED)) == [b""]
    refusal = PushRefusal.objects.get(device=device)
    assert (refusal.cause, "dedicated key" in refusal.detail) == ("unexpected", True)
    assert not DiscoveredDevice.objects.exists()
