"""Pushes over real sockets into a real database: what is stored, and acknowledged after it."""

import asyncio

import pytest
from django.conf import settings

from devices.life_cycle import KEYS_REFUSED, State
from devices.models import Contact, Device
from devices.services.life_cycle import move
from events.models import Event
from headend.listener.serving import Inlets, Listening
from headend.models import PushCounter, ReadMark
from protocols.dlms.cosem import Attribute
from protocols.wrapper import WrapperFraming
from tests.headend.listener.pushing import (
    ALARMS,
    IMPORT,
    LOCAL,
    PROFILE,
    START,
    answered,
    is_confirmed,
    listed,
    make_pushing_device,
    notification,
    number,
    played,
    profile_push,
    pusher_of,
    wrapped,
)
from tests.headend.outcomes import stand, total

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_confirmed_push_is_stored_and_then_acknowledged() -> None:
    device = make_pushing_device()
    pusher = pusher_of(device)
    octets = wrapped(pusher.ciphered(profile_push([100, 110, 125])))

    answer = played(lambda listener: answered(listener.tcp, octets))  # type: ignore[arg-type]

    assert is_confirmed(answer, pusher, settings.SYSTEM_TITLE)
    assert total(stand(device)) == 335
    assert PushCounter.objects.get(system_title=device.system_title).last == 1
    contact = Contact.objects.get(device=device)
    assert contact.last_contact_at is not None
    assert (contact.last_reading_at - START).total_seconds() == 1800  # type: ignore[operator]
    assert ReadMark.objects.get(device=device, obis=str(PROFILE)).until == contact.last_reading_at
    device.refresh_from_db()
    assert device.state == Device.State.IN_OPERATION


@pytest.mark.parametrize("size", [1, 7, 1000])
def test_a_stream_is_cut_anywhere(size: int) -> None:
    """A chunk may hold any part of any number of frames."""
    device = make_pushing_device()
    pusher = pusher_of(device)
    octets = wrapped(pusher.ciphered(profile_push([1, 2], confirmed=False))) + wrapped(
        pusher.ciphered(profile_push([1, 2, 4]))
    )
    pieces = [octets[at : at + size] for at in range(0, len(octets), size)]

    answer = played(lambda listener: answered(listener.tcp, *pieces))  # type: ignore[arg-type]

    assert is_confirmed(answer, pusher, settings.SYSTEM_TITLE)
    assert total(stand(device)) == 7
    assert PushCounter.objects.get().last == 2


def test_a_push_over_udp_is_acknowledged() -> None:
    device = make_pushing_device()
    pusher = pusher_of(device)
    octets = wrapped(pusher.ciphered(profile_push([5])))

    async def scene(listener: Listening) -> bytes:
        came: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()

        class Ear(asyncio.DatagramProtocol):
            def datagram_received(self, data: bytes, addr: object) -> None:
                framing = WrapperFraming(1)
                framing.receive_data(data)
                came.set_result(framing.next_apdu() or b"")

        line, _ = await asyncio.get_running_loop().create_datagram_endpoint(Ear, remote_addr=listener.udp)
        line.sendto(octets)
        try:
            return await asyncio.wait_for(came, 5)
        finally:
            line.close()

    answer = played(scene, Inlets(udp=LOCAL))
    assert is_confirmed(answer, pusher, settings.SYSTEM_TITLE)
    assert total(stand(device)) == 5


def test_registers_and_alarm_bits_of_one_push() -> None:
    device = make_pushing_device()
    body = listed((Attribute(3, IMPORT, 2), number(4242)), (Attribute(1, ALARMS, 2), number(0b101)))
    octets = wrapped(pusher_of(device).ciphered(notification(body, confirmed=True)))

    assert played(lambda listener: answered(listener.tcp, octets))  # type: ignore[arg-type]

    events = Event.objects.filter(device=device).order_by("code")
    assert [(event.code, event.at, event.log) for event in events] == [(0, START, str(ALARMS)), (2, START, str(ALARMS))]
    assert Contact.objects.get(device=device).last_contact_at is not None


@pytest.mark.parametrize(
    ("reason", "after"), [("No contact for 7 days", Device.State.IN_OPERATION), (KEYS_REFUSED, Device.State.ERROR)]
)
def test_a_push_ends_silence_but_not_refused_keys(reason: str, after: str) -> None:
    """DOMAIN 3.6: keys for reading may be wrong while those for pushing are right."""
    device = make_pushing_device()
    move([device.pk], State.ERROR, reason=reason)
    octets = wrapped(pusher_of(device).ciphered(profile_push([100, 110])))
    played(lambda listener: answered(listener.tcp, octets))  # type: ignore[arg-type]
    device.refresh_from_db()
    assert device.state == after
