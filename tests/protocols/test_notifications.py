"""What a meter sends on its own reaches the client whenever it comes: before, between and inside requests."""

from collections.abc import Callable

import pytest

from protocols.dlms.apdu import Notification, decode_apdu
from protocols.dlms.client import MAX_NOTIFICATIONS
from protocols.dlms.connection import State
from protocols.dlms.data import decode
from protocols.dlms.encoding import array, double_long_unsigned, integer, long_unsigned, octet_string, structure
from protocols.dlms.exchange import converse, get, notifications, put
from protocols.dlms.services.get import GetResponse
from protocols.dlms.services.notification import DataNotification, DataNotificationConfirm, EventNotification
from protocols.errors import Cause
from protocols.wrapper import WrapperFraming
from tests.protocols.failing import cause_of
from tests.protocols.notebook import ACCESSES, Access, Notebook, opened, page, text
from tests.protocols.parties import LLS, LLS_CLIENT, Dripping, connect, run

TIME = bytes.fromhex("07ea010f040e1e0500ff8800")
PUSHED: dict[str, Notification] = {
    "data": DataNotification(octet_string(b"alarm")),
    "data at a time": DataNotification(octet_string(b"alarm"), TIME, 0x00123456),
    "event": EventNotification(page(2), text(5)),
    "event at a time": EventNotification(page(2), text(5), TIME),
}
every_push = pytest.mark.parametrize("push", PUSHED.values(), ids=PUSHED)
every_access = pytest.mark.parametrize("access", ACCESSES.values(), ids=ACCESSES)


@every_access
@every_push
def test_it_is_kept_while_a_request_waits(access: Callable[[], Access], push: Notification) -> None:
    client, session = opened(access(), Notebook())
    answer = converse(put(client, page(2), text(5)), lambda data: session.push(push) + session.handle(data))
    assert (answer.name, client.state) == ("SUCCESS", State.READY)
    assert run(notifications(client), session) == [push]


@every_access
@every_push
def test_it_is_waited_for_between_requests(access: Callable[[], Access], push: Notification) -> None:
    client, session = opened(access(), Notebook())
    octets = session.push(push)
    parts = iter([octets[:7], octets[7:9], octets[9:]])
    assert converse(notifications(client), lambda _: next(parts)) == [push]
    assert run(get(client, page(2)), session) == text(0)


def test_it_comes_before_any_association() -> None:
    client, session = connect(LLS), Notebook().session()
    frame = WrapperFraming(1, LLS_CLIENT).frame(PUSHED["data"].encode())
    assert converse(notifications(client), lambda _: frame + frame) == [PUSHED["data"]] * 2
    assert client.state is State.IDLE
    assert session.handle(client.send(DataNotificationConfirm(7, TIME))) == b""
    assert session.last_confirmed == 7


def test_a_flood_keeps_the_latest() -> None:
    client, session = opened(LLS, Notebook())
    pushes = [DataNotification(integer(number % 100), b"", number) for number in range(MAX_NOTIFICATIONS + 9)]
    octets = b"".join(session.push(push) for push in pushes)
    converse(get(client, page(2)), lambda data: octets + session.handle(data))
    assert run(notifications(client), session) == pushes[9:]
    assert not client.notifications


@every_access
def test_a_confirmed_notification_gets_its_receipt(access: Callable[[], Access]) -> None:
    client, session = opened(access(), Notebook())
    pushed = DataNotification(octet_string(b"alarm"), TIME, 0xC0000009)
    (push,) = converse(notifications(client), lambda _: session.push(pushed))
    assert isinstance(push, DataNotification)
    assert (push.wants_confirmation, session.last_confirmed) == (True, None)
    assert session.handle(client.send(DataNotificationConfirm(push.invoke))) == b""
    assert (session.last_confirmed, client.state) == (0xC0000009, State.READY)
    assert not PUSHED["data at a time"].wants_confirmation  # type: ignore[union-attr]


def test_the_line_may_end_and_answers_are_out_of_place() -> None:
    client, _ = opened(LLS, Notebook())
    assert cause_of(lambda: converse(notifications(client), lambda _: b"")) is Cause.CONNECTION_CUT
    stray = WrapperFraming(1, LLS_CLIENT).frame(GetResponse(text(1)).encode())
    assert cause_of(lambda: converse(notifications(client), lambda _: stray)) is Cause.UNEXPECTED


def test_a_push_octet_by_octet_with_structured_body() -> None:
    client, session = opened(LLS, Notebook())
    row = structure(octet_string(TIME), long_unsigned(3), double_long_unsigned(123_456))
    body = structure(octet_string(b"LGZ12345678"), array([row, row]))
    octets = session.push(DataNotification(body, TIME, 1))
    drips = iter([octets[i : i + 1] for i in range(len(octets))])
    (push,) = converse(notifications(client), lambda _: next(drips))
    assert isinstance(push, DataNotification)
    values = (TIME, 3, 123_456)
    assert decode(push.body) == (b"LGZ12345678", [values, values])
    assert converse(get(client, page(2)), Dripping(session)) == text(0)


def test_a_time_of_another_length_is_garbage() -> None:
    octets = bytes.fromhex("0f00000001") + bytes((9,)) + bytes(9) + octet_string(b"alarm")
    assert cause_of(lambda: decode_apdu(octets)) is Cause.GARBAGE
