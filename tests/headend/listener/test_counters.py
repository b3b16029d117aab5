"""Replay and counter rules, and what is said of messages that do not open: headend.md §4 rows 8 and 23."""

from dataclasses import replace

import pytest
from django.conf import settings

from access.roles import METERING_OPERATOR
from devices.models import Device
from headend.listener.serving import Inlets, Listening
from headend.models import PushCounter, PushRefusal
from protocols.dlms.keys import Security, SendCounter
from protocols.dlms.security import Tagging
from tests.factories import make_user
from tests.headend.listener.pushing import (
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
from tests.scene import signed_in, text

pytestmark = pytest.mark.django_db(transaction=True)


def push(*apdus: bytes) -> list[bytes]:
    """Each over a connection of its own to one listener; the answers."""

    async def scene(listener: Listening) -> list[bytes]:
        return [await exchanged(listener, apdu) for apdu in apdus]

    return played(scene, Inlets(tcp=LOCAL))


def refusals(device: Device) -> dict[str, int]:
    return dict(PushRefusal.objects.filter(device=device).values_list("cause", "count"))


def last() -> int:
    return PushCounter.objects.get().last


def test_the_same_octets_again_are_acknowledged_and_change_nothing() -> None:
    """A device that got no acknowledgement sends them again, also to a listener that was started meanwhile."""
    device = make_pushing_device()
    pusher = pusher_of(device)
    message = pusher.ciphered(profile_push([7]))
    first, second = push(message, message)
    (third,) = push(message)
    assert all(is_confirmed(each, pusher, settings.SYSTEM_TITLE) for each in (first, second, third))
    assert total(stand(device)) == 7
    assert (last(), refusals(device)) == (1, {})


def test_a_lower_counter_is_refused_and_counted_also_after_a_restart() -> None:
    device = make_pushing_device()
    pusher = pusher_of(device)
    old, new = pusher.ciphered(profile_push([1])), pusher.ciphered(profile_push([2]))
    assert push(new)[0]
    assert push(old, old) == [b"", b""]
    assert total(stand(device)) == 2
    assert (last(), PushCounter.objects.get().refused, refusals(device)) == (2, 2, {"replay": 2})


def test_an_equal_counter_with_other_content_is_refused() -> None:
    device = make_pushing_device()
    pusher = pusher_of(device)
    first = pusher.ciphered(profile_push([1]))
    second = replace(pusher, counter=SendCounter(1)).ciphered(profile_push([9]))
    assert [bool(answer) for answer in push(first, second)] == [True, False]
    assert total(stand(device)) == 1
    assert refusals(device) == {"replay": 1}


WRONG = {
    "wrong_key": lambda pusher: replace(pusher, ek=bytes(16)).ciphered(profile_push([1])),
    "wrong_authentication_key": lambda pusher: replace(pusher, ak=bytes(16)).ciphered(profile_push([1])),
    "unprotected": lambda pusher: replace(pusher, security=Security.ENCRYPTED).ciphered(profile_push([1])),
    "wrong_title": lambda pusher: _for_another(pusher),
    "garbage": lambda pusher: pusher.ciphered(b"\x0f\0\0\0\7\x05abc"),
    "unexpected": lambda pusher: pusher.ciphered(bytes.fromhex("c001c1000100002a0000ff0200"), Tagging.GENERAL),
}


def _for_another(pusher: Pusher) -> bytes:
    """general-ciphering names the recipient; this one is not us."""
    return pusher.ciphered(profile_push([1]), Tagging.IDENTIFIED, b"STRANGER")


@pytest.mark.parametrize("cause", WRONG)
def test_what_is_wrong_is_named_and_moves_no_counter(cause: str) -> None:
    """headend.md §4 row 23: wrong key, wrong counter, wrong title and bad tag are told apart."""
    device = make_pushing_device()
    pusher = pusher_of(device)
    pusher.counter.next_value = 1000
    bad = WRONG[cause](pusher)  # type: ignore[no-untyped-call]
    assert push(bad) == [b""]
    assert refusals(device) == {cause: 1}
    assert not PushCounter.objects.exists()
    assert push(replace(pusher, counter=SendCounter(1)).ciphered(profile_push([3])))[0]
    assert last() == 1


def test_a_tag_that_was_altered_is_named() -> None:
    device = make_pushing_device()
    message = bytearray(pusher_of(device).ciphered(profile_push([1])))
    message[-1] ^= 1
    assert push(bytes(message)) == [b""]
    assert refusals(device) == {"wrong_authentication_key": 1}


def test_a_push_that_names_its_key_is_taken() -> None:
    """headend.md §4 row 18: general-ciphering with an identified key."""
    device = make_pushing_device()
    pusher = pusher_of(device)
    message = pusher.ciphered(profile_push([6]), Tagging.IDENTIFIED, settings.SYSTEM_TITLE)
    assert is_confirmed(push(message)[0], pusher, settings.SYSTEM_TITLE)
    assert total(stand(device)) == 6


def test_a_device_without_keys_is_told_apart() -> None:
    device = make_pushing_device()
    message = pusher_of(device).ciphered(profile_push([1]))
    device.keys.all().delete()
    assert push(message) == [b""]
    assert refusals(device) == {"no_keys": 1}


def test_the_page_of_the_device_says_why_its_pushes_are_refused() -> None:
    """headend.md §4 row 23: nobody has to guess from "decrypt failed"."""
    device = make_pushing_device()
    push(replace(pusher_of(device), ek=b"\1" * 16).ciphered(profile_push([1])))
    client = signed_in(make_user(METERING_OPERATOR, utilities=[device.utility]))
    page = text(client.get(device.get_absolute_url()))
    assert "Refused pushes" in page
    assert "The encryption key is wrong" in page
