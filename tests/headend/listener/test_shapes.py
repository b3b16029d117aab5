"""Messages of one shape are read together, and mean what each means alone."""

from collections.abc import Sequence
from dataclasses import astuple
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pytest

from devices.models import Device
from headend.listener.manners import manners
from headend.listener.messages import Arrival, Message, Read, Sender
from headend.listener.outcomes import item_of
from headend.listener.reading import MANY, read_all
from headend.listener.shapes import Shapes, shape_of
from headend.plan import ProfileRows
from protocols.dlms.clock import encode_datetime
from protocols.dlms.cosem import Attribute
from protocols.dlms.data import Encoded
from protocols.dlms.encoding import array, double_long_unsigned, octet_string, structure, unsigned
from protocols.dlms.keys import Security
from protocols.dlms.tags import Tag
from tests.headend.listener.pushing import (
    ALARMS,
    CLOCK,
    IMPORT,
    PROFILE,
    START,
    clock,
    listed,
    make_pushing_device,
    notification,
    number,
    profile_push,
    rows,
)
from tests.headend.outcomes import known_now

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
NEVER_SET = b"\x09\x0c" + b"\xff" * 9 + b"\x80\x00\xff"


@pytest.fixture
def sender() -> Sender:
    return sender_of(make_pushing_device())


def sender_of(device: Device) -> Sender:
    known = known_now(device)
    return Sender(known, bytes.fromhex(device.system_title), {}, item_of(device), manners.of(known))


def messages_of(sender: Sender, apdus: Sequence[bytes]) -> list[Message]:
    return [Message(Arrival(apdu, "", None, START), sender, apdu, None, Security.NONE) for apdu in apdus]


def told(read: object) -> Any:
    """All that a message was found to mean, as plain values."""
    assert isinstance(read, Read), read
    readings = read.readings
    return (
        [_plain(each) for each in readings.profiles],
        [*map(astuple, readings.registers), *map(astuple, readings.logs)],
        readings.layouts, readings.identification, read.left, read.confirm,
    )  # fmt: skip


def _plain(found: ProfileRows) -> Any:
    arrays = found.at, found.status, found.values, found.held
    return found.stretch, found.layout, [(each.tolist(), each.dtype) for each in arrays]


def both_ways(sender: Sender, apdus: Sequence[bytes]) -> tuple[list[Any], list[Any]]:
    """What they mean in one batch, and one by one."""
    messages = messages_of(sender, apdus)
    together = read_all(messages, Shapes())
    alone = [read_all([message], Shapes())[message] for message in messages]
    return [told(together[message]) for message in messages], [told(each) for each in alone]


def days(count: int, *, confirmed: bool = True) -> list[bytes]:
    """Pushes of three rows each, one a day."""
    return [profile_push([n, n + 1, n + 5], START + n * DAY, confirmed=confirmed) for n in range(count)]


def with_profile(buffer: Encoded, *others: tuple[Attribute, Encoded], n: int = 0) -> bytes:
    at = START + n * DAY
    content = ((Attribute(8, CLOCK, 2), clock(at)), *others, (Attribute(7, PROFILE, 2), buffer))
    return notification(listed(*content), at=at)


@pytest.mark.parametrize("confirmed", [True, False])
def test_profiles_are_read_together_as_alone(sender: Sender, confirmed: bool) -> None:
    together, alone = both_ways(sender, days(6, confirmed=confirmed))

    assert together == alone
    assert len({str(each) for each in together}) == 6


def test_a_shape_is_learned_once_and_serves_later_batches(sender: Sender) -> None:
    shapes = Shapes()
    messages = messages_of(sender, days(2 * MANY))
    first = read_all(messages[:MANY], shapes)
    (learned,) = shapes.of(sender.manner, len(messages[0].apdu))
    later = read_all(messages[MANY:], shapes)

    assert shapes.of(sender.manner, len(messages[0].apdu)) == [learned]
    assert len(first) == len(later) == MANY
    assert all(isinstance(each, Read) and each.readings.profiles for each in later.values())


def test_few_messages_teach_no_shape(sender: Sender) -> None:
    shapes = Shapes()
    few = messages_of(sender, days(MANY - 1))
    read_all(few, shapes)

    assert not shapes.of(sender.manner, len(few[0].apdu))


def test_registers_and_alarms_beside_a_profile_are_read_by_its_clock(sender: Sender) -> None:
    pushes = [
        with_profile(
            rows([n, n + 1], START + n * DAY),
            (Attribute(3, IMPORT, 2), number(1000 + n)),
            (Attribute(1, ALARMS, 2), double_long_unsigned(n)),
            n=n,
        )
        for n in range(5)
    ]

    together, alone = both_ways(sender, pushes)

    assert together == alone
    assert len(alone[3][1]) == 2


def test_messages_of_the_same_size_and_other_objects_have_a_shape_of_their_own(sender: Sender) -> None:
    """Size and manner are alike, the object list is not: nothing is read by the shape of the other."""
    other = Attribute(7, type(PROFILE).parse("1-0:99.2.0"), 2)
    foreign = [notification(listed((Attribute(8, CLOCK, 2), clock(START)), (other, rows([1, 2, 3]))), at=START)]
    ours = days(5, confirmed=False)
    assert len(foreign[0]) == len(ours[0])

    together, alone = both_ways(sender, [*ours[:2], *foreign, *ours[2:]])

    assert together == alone
    assert together[2][4] == [f"the columns of profile {other.obis} are not on file"]
    assert together[3][4] == []


def test_a_row_without_a_clock_is_left_out_of_its_own_message_only(sender: Sender) -> None:
    pushes = days(5)
    head = b"\x02\x04\x09\x0c"
    second = pushes[2].index(head, pushes[2].index(head) + 1)
    start = second + len(head) - 2
    pushes[2] = pushes[2][:start] + NEVER_SET + pushes[2][start + len(NEVER_SET) :]

    together, alone = both_ways(sender, pushes)

    assert together == alone
    assert [len(each[0][0][2][0][0]) for each in together] == [3, 3, 2, 3, 3]


def test_differences_to_the_row_before_are_never_read_with_rows_of_others(sender: Sender) -> None:
    """A difference in the first row adds to nothing; after the rows of another message it would add to those."""
    pushes = [with_profile(array([_row(START + k * DAY / 96, n + k) for k in range(3)]), n=n) for n in range(5)]

    together, alone = both_ways(sender, pushes)

    assert together == alone
    assert shape_of(pushes[0], sender.manner) is None


def _row(at: datetime, more: int) -> Encoded:
    difference = Encoded(bytes((Tag.DELTA_UNSIGNED, more)))
    return structure(octet_string(encode_datetime(at)), unsigned(0), difference, double_long_unsigned(0))


def test_one_octet_off_and_the_shape_does_not_fit(sender: Sender) -> None:
    apdus = days(2)
    shape = shape_of(apdus[0], sender.manner)
    assert shape is not None
    octets = np.frombuffer(apdus[1], np.uint8)

    assert shape.fits(octets[None]).all()
    for place in np.flatnonzero(shape.fixed).tolist():
        changed = octets.copy()
        changed[place] ^= 1
        assert not shape.fits(changed[None]).any()
