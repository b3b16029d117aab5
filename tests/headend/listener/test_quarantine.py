"""Callers nobody knows: what is remembered of them, and how they become devices that deliver (Show 5)."""

from typing import Any

import pytest
from django.conf import settings

from access.roles import CUSTOMER_SERVICE, METERING_OPERATOR
from devices.models import Device
from headend.listener import quarantine
from headend.listener.serving import Inlets, Listening
from headend.models import AcceptanceRule, DiscoveredDevice
from headend.services.discovered import accept_by_rules
from protocols.dlms.cosem import Attribute
from protocols.dlms.encoding import octet_string
from tests.factories import (
    make_device_model,
    make_installation,
    make_metering_point,
    make_user,
    make_utility,
)
from tests.headend.listener.pushing import (
    AK,
    EK,
    LOCAL,
    SERIAL,
    Pusher,
    exchanged,
    is_confirmed,
    listed,
    make_pushing_device,
    notification,
    played,
    profile_push,
    put_layouts,
)
from tests.headend.outcomes import stand, total
from tests.scene import signed_in, text

pytestmark = pytest.mark.django_db(transaction=True)
TITLE = b"AIM\0\0\0\0\x2a"


def push(*apdus: bytes) -> list[bytes]:
    async def scene(listener: Listening) -> list[bytes]:
        return [await exchanged(listener, apdu) for apdu in apdus]

    return played(scene, Inlets(tcp=LOCAL))


def found() -> DiscoveredDevice:
    return DiscoveredDevice.objects.get()


def test_an_unknown_title_is_remembered_with_what_it_says() -> None:
    make_pushing_device(number=7)
    stranger = Pusher(TITLE)
    message = stranger.ciphered(profile_push([1]))
    assert push(message, stranger.ciphered(profile_push([2]))) == [b"", b""]
    caller = found()
    assert (caller.system_title, caller.manufacturer, caller.number) == (TITLE.hex().upper(), "AIM", 42)
    assert (caller.count, caller.address, caller.ciphered, caller.state) == (2, "127.0.0.1", True, "new")
    assert caller.model == make_device_model()
    assert len(caller.last_message) == len(message)


def test_a_plain_stranger_is_known_by_its_address_and_serial_number() -> None:
    body = listed((Attribute(1, SERIAL, 2), octet_string(b"ZZ4711")))
    assert push(notification(body), notification(body)) == [b"", b""]
    caller = found()
    assert (caller.caller, caller.serial_number, caller.count) == ("127.0.0.1 ZZ4711", "ZZ4711", 2)


def test_the_quarantine_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quarantine, "MOST", 2)
    messages = [Pusher(b"AIM\0\0\0\0" + bytes((n,))).ciphered(profile_push([1])) for n in range(1, 6)]
    push(*messages, messages[0])
    assert list(DiscoveredDevice.objects.order_by("caller").values_list("count", flat=True)) == [2, 1]


def test_a_rule_accepts_and_the_next_push_delivers_once_keys_are_there() -> None:
    utility = make_utility()
    AcceptanceRule.objects.create(
        utility=utility, model=make_device_model(), manufacturer="AIM", first_number=40, last_number=50,
        serial_prefix="OAM", serial_digits=6,
    )  # fmt: skip
    push(Pusher(TITLE).ciphered(profile_push([1])), Pusher(b"AIM\0\0\0\0\x33").ciphered(profile_push([1])))
    device = Device.objects.get()
    assert (device.serial_number, device.state, device.utility) == ("OAM000042", "discovered", utility)
    states = DiscoveredDevice.objects.order_by("number").values_list("number", "state")
    assert list(states) == [(42, "accepted"), (51, "new")]


def test_one_caller_a_rule_cannot_accept_keeps_no_other_waiting() -> None:
    utility = make_utility()
    push(*(Pusher(b"AIM\0\0\0\0" + bytes((n,))).ciphered(profile_push([1])) for n in (40, 41)))
    DiscoveredDevice.objects.filter(number=40).update(system_title="no title")
    AcceptanceRule.objects.create(
        utility=utility, model=make_device_model(), manufacturer="AIM", first_number=40, last_number=50,
        serial_prefix="OAM", serial_digits=6,
    )  # fmt: skip
    operator = make_user(METERING_OPERATOR, utilities=[utility])
    rows = DiscoveredDevice.objects.order_by("number")
    assert accept_by_rules(rows=rows, utilities=[utility], user=operator) == 1
    assert list(rows.values_list("number", "state")) == [(40, "new"), (41, "accepted")]


def accepted(client: Any, **said: str) -> Any:
    data = {
        "utility": str(make_utility().pk), "model": str(make_device_model().pk), "serial_number": "OAM000042",
        "encryption_key": EK.hex(), "authentication_key": AK.hex(), **said,
    }  # fmt: skip
    return client.post(found().get_absolute_url(), data)


def test_an_operator_accepts_a_caller_and_it_delivers() -> None:
    """Show 5: unknown, accepted from quarantine, delivering."""
    operator = make_user(METERING_OPERATOR, utilities=[make_utility()])
    stranger = Pusher(TITLE)
    push(stranger.ciphered(profile_push([1])))
    client = signed_in(operator)
    assert TITLE.hex().upper() in text(client.get("/discovered/"))
    page = text(client.get(found().get_absolute_url()))
    assert "AIM00000042" in page

    response = accepted(client)

    device = Device.objects.get()
    assert response.url == device.get_absolute_url()
    assert (device.state, device.system_title) == (Device.State.DISCOVERED, TITLE.hex().upper())
    make_installation(device, make_metering_point(make_utility()))
    put_layouts(device)
    (answer,) = push(stranger.ciphered(profile_push([20, 22])))
    assert is_confirmed(answer, stranger, settings.SYSTEM_TITLE)
    assert total(stand(device)) == 42


def test_a_wrong_key_is_refused_where_it_is_entered_and_never_shown() -> None:
    operator = make_user(METERING_OPERATOR, utilities=[make_utility()])
    push(Pusher(TITLE).ciphered(profile_push([1])))
    response = accepted(signed_in(operator), encryption_key="00112233")
    page = text(response)
    assert response.status_code == 400
    assert "4 octets" in page
    assert "00112233" not in page
    assert not Device.objects.exists()


def test_who_may_not_accept_may_not() -> None:
    """Customer service sees no unknown callers; nobody accepts for a utility that is not open to them."""
    push(Pusher(TITLE).ciphered(profile_push([1])))
    service = signed_in(make_user(CUSTOMER_SERVICE, utilities=[make_utility()]))
    assert service.get("/discovered/").status_code == 403
    other = signed_in(make_user(METERING_OPERATOR, utilities=[make_utility("other")]))
    assert accepted(other).status_code == 400
    assert not Device.objects.exists()


@pytest.mark.parametrize(("action", "before", "after"), [("ignore", "new", "ignored"), ("wait", "ignored", "new")])
def test_callers_are_put_aside_and_taken_out_again(action: str, before: str, after: str) -> None:
    push(Pusher(TITLE).ciphered(profile_push([1])))
    DiscoveredDevice.objects.update(state=before)
    client = signed_in(make_user(METERING_OPERATOR, utilities=[make_utility()]))
    client.post(f"/discovered/?action={action}&pk={found().pk}", {"count": "1"})
    assert found().state == after
