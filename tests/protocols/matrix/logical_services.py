"""GET, SET, ACTION, ACCESS and what is made of them, by logical names."""

from collections.abc import Callable

import numpy as np

from protocols.dlms.classes.client import read_object_list
from protocols.dlms.classes.image import ImageStatus
from protocols.dlms.classes.image_exchange import Image, activate_image, send_image, verify_image
from protocols.dlms.columns import decode_columns
from protocols.dlms.cosem import Attribute
from protocols.dlms.data import Encoded, decode
from protocols.dlms.encoding import NULL, octet_string, structure
from protocols.dlms.exchange import access, associate, get, get_list, invoke, invoke_list, put, put_list, release
from protocols.dlms.objects import ProfileLayout, RegisterName, read_clock, read_profile, read_registers
from protocols.dlms.selection import Entries, Range
from protocols.dlms.services.access_items import (
    AccessAction,
    AccessGet,
    AccessItem,
    AccessKind,
    AccessOutcome,
    AccessSet,
)
from protocols.dlms.services.action import ActionRequest
from protocols.dlms.services.get import Result
from protocols.dlms.services.unconfirmed import Unconfirmed
from protocols.dlms.services.writing import SetRequest
from protocols.dlms.states import State
from protocols.dlms.tags import ActionResult, DataAccessResult
from tests.protocols.matrix.ranges import between
from tests.protocols.matrix.talk import Talk
from tests.protocols.notebook import COUNT, ECHO, NOTEBOOK, PAGES, RECITE, page, text
from tests.protocols.parties import CAPTURES, ENERGY, PROFILE, STANDS, TIMES

OK, DONE = DataAccessResult.SUCCESS, ActionResult.SUCCESS
SHORT = 20
BUFFER = Attribute(7, PROFILE, 2)
LAYOUT = ProfileLayout(PROFILE, CAPTURES, 900)
SOME = slice(4, 9)


def _pages(talk: Talk, size: int) -> list[tuple[Attribute, Encoded]]:
    return [(page(number), talk.fresh(size)) for number in PAGES]


def _fill(talk: Talk, size: int) -> list[tuple[Attribute, Encoded]]:
    """New values on the meter's pages, not by way of the line."""
    values = _pages(talk, size)
    talk.logical.notebook.pages = dict(zip(PAGES, [value for _, value in values], strict=True))
    return values


def _kept(talk: Talk, values: list[tuple[Attribute, Encoded]]) -> None:
    assert talk.logical.notebook.pages == dict(zip(PAGES, [value for _, value in values], strict=True))


def _get(size: Callable[[Talk], int]) -> Callable[[Talk], None]:
    def do(talk: Talk) -> None:
        attribute, value = _fill(talk, size(talk))[0]
        assert talk(get(talk.client, attribute)) == value

    return do


def _get_list(size: Callable[[Talk], int]) -> Callable[[Talk], None]:
    def do(talk: Talk) -> None:
        values = _fill(talk, size(talk))
        assert talk(get_list(talk.client, [attribute for attribute, _ in values])) == tuple(v for _, v in values)

    return do


def _set(size: Callable[[Talk], int]) -> Callable[[Talk], None]:
    def do(talk: Talk) -> None:
        value = talk.fresh(size(talk))
        assert talk(put(talk.client, page(2), value)) is OK
        assert talk.logical.notebook.pages[2] == value

    return do


def _set_list(size: Callable[[Talk], int]) -> Callable[[Talk], None]:
    def do(talk: Talk) -> None:
        values = _pages(talk, size(talk))
        assert talk(put_list(talk.client, values)) == (OK,) * len(values)
        _kept(talk, values)

    return do


def _action(size: Callable[[Talk], int]) -> Callable[[Talk], None]:
    def do(talk: Talk) -> None:
        value = talk.fresh(size(talk))
        answer = talk(invoke(talk.client, COUNT, value))
        assert (answer.result, answer.returned) == (DONE, None)
        assert talk.logical.notebook.calls[-1] == decode(value)

    return do


def _action_list(size: Callable[[Talk], int]) -> Callable[[Talk], None]:
    def do(talk: Talk) -> None:
        first, second, third = (talk.fresh(size(talk)) for _ in range(3))
        outcomes = talk(invoke_list(talk.client, [(ECHO, first), (COUNT, second), (ECHO, third)]))
        assert outcomes == ((DONE, first), (DONE, None), (DONE, third))
        assert talk.logical.notebook.calls[-3:] == [decode(first), decode(second), decode(third)]

    return do


def _short(_: Talk) -> int:
    return SHORT


def _long(talk: Talk) -> int:
    return talk.size


def _get_refused(talk: Talk) -> None:
    assert talk(get(talk.client, page(9))) is DataAccessResult.OBJECT_UNDEFINED


def _set_refused(talk: Talk) -> None:
    assert talk(put(talk.client, page(9), talk.fresh(SHORT))) is DataAccessResult.READ_WRITE_DENIED


def _action_return(talk: Talk) -> None:
    answer = talk(invoke(talk.client, RECITE))
    assert (answer.result, answer.returned) == (DONE, text(400))


def _action_echo(talk: Talk) -> None:
    value = talk.fresh(talk.size)
    answer = talk(invoke(talk.client, ECHO, value))
    assert (answer.result, answer.returned) == (DONE, value)


def _rows(result: Result, start: int, stop: int, columns: slice = slice(None)) -> None:
    """The rows of the profile that the octets hold, captured at these places."""
    assert isinstance(result, bytes)
    table = decode_columns(result, capture_period=900)
    expected = [TIMES, np.arange(len(TIMES)) % 3, STANDS, STANDS // 2][columns]
    assert table.rows == stop - start
    assert len(table.columns) == len(expected)
    for column, values in zip(table.columns, expected, strict=True):
        assert (column.values == values[start:stop]).all()


def _profile(talk: Talk) -> None:
    table = talk(read_profile(talk.client, LAYOUT))
    assert [list(column.values) for column in table.columns[::2]] == [list(TIMES), list(STANDS)]


def _range(talk: Talk) -> None:
    table = talk(read_profile(talk.client, LAYOUT, between(4, 8)))
    assert [list(column.values) for column in table.columns[::2]] == [list(TIMES[SOME]), list(STANDS[SOME])]


def _columns(talk: Talk) -> None:
    chosen = Range(between(4, 8).start, between(4, 8).end, CAPTURES[:3])
    _rows(talk(get(talk.client, BUFFER, chosen)), 4, 9, slice(3))


def _entries(talk: Talk) -> None:
    _rows(talk(get(talk.client, BUFFER, Entries(3, 7))), 2, 7)


def _entry_columns(talk: Talk) -> None:
    _rows(talk(get(talk.client, BUFFER, Entries(3, 7, 1, 2))), 2, 7, slice(2))


def _get_whole(talk: Talk) -> None:
    values = [value for _, value in _fill(talk, SHORT)]
    expected = structure(octet_string(NOTEBOOK), *values[:3], NULL, values[3])
    assert talk(get(talk.client, page(0))) == expected


def _set_whole(talk: Talk) -> None:
    kept = _fill(talk, SHORT)
    value = talk.fresh(SHORT)
    assert talk(put(talk.client, page(0), structure(NULL, NULL, value))) is OK
    _kept(talk, [kept[0], (page(3), value), *kept[2:]])


def _access(talk: Talk) -> None:
    first, second = talk.fresh(SHORT), talk.fresh(SHORT)
    items: list[AccessItem] = [
        AccessSet(page(2), first),
        AccessGet(page(2)),
        AccessAction(ECHO, second),
        AccessGet(page(9)),
    ]
    assert talk(access(talk.client, items)) == (
        AccessOutcome(AccessKind.SET, OK),
        AccessOutcome(AccessKind.GET, OK, first),
        AccessOutcome(AccessKind.ACTION, DONE, second),
        AccessOutcome(AccessKind.GET, DataAccessResult.OBJECT_UNDEFINED),
    )


def _registers(talk: Talk) -> None:
    (found,) = talk(read_registers(talk.client, [RegisterName(ENERGY)]))
    assert str(found.value) == "1.23456E+6"


def _clock(talk: Talk) -> None:
    assert talk(read_clock(talk.client)).at.isoformat() == "2026-07-01T12:30:05+03:00"


def _object_list(talk: Talk) -> None:
    listed = {entry.logical_name for entry in talk(read_object_list(talk.client))}
    assert listed >= set(talk.logical.device.objects)


def _image(talk: Talk) -> None:
    image = Image(b"FW-2.0", bytes(range(256)) + talk.fresh(100))
    talk(send_image(talk.client, image))
    assert talk.logical.receiver.data == image.data
    assert talk(verify_image(talk.client)) is ImageStatus.VERIFICATION_SUCCESSFUL
    assert talk(activate_image(talk.client)) is ImageStatus.ACTIVATION_SUCCESSFUL


def _again(talk: Talk) -> None:
    talk(release(talk.client))
    assert talk.client.state is (State.READY if talk.client.settings.established else State.IDLE)
    talk(associate(talk.client))
    _clock(talk)


def _unconfirmed_set(talk: Talk) -> None:
    value = talk.fresh(SHORT)
    talk.tell(talk.client.send(Unconfirmed(SetRequest(page(2), value))))
    assert talk(get(talk.client, page(2))) == value


def _unconfirmed_action(talk: Talk) -> None:
    value = talk.fresh(SHORT)
    talk.tell(talk.client.send(Unconfirmed(ActionRequest(COUNT, value))))
    _clock(talk)
    assert talk.logical.notebook.calls[-1] == decode(value)


CONFIRMED: dict[str, Callable[[Talk], None]] = {
    "GET": _get(_short),
    "GET blocks": _get(_long),
    "GET list": _get_list(_short),
    "GET list blocks": _get_list(_long),
    "GET refused": _get_refused,
    "GET profile": _profile,
    "GET range": _range,
    "GET range columns": _columns,
    "GET entries": _entries,
    "GET entry columns": _entry_columns,
    "GET attribute 0": _get_whole,
    "SET": _set(_short),
    "SET blocks": _set(_long),
    "SET list": _set_list(_short),
    "SET list blocks": _set_list(_long),
    "SET refused": _set_refused,
    "SET attribute 0": _set_whole,
    "ACTION": _action(_short),
    "ACTION blocks": _action(_long),
    "ACTION long return": _action_return,
    "ACTION blocks both": _action_echo,
    "ACTION list": _action_list(_short),
    "ACTION list blocks": _action_list(_long),
    "ACCESS": _access,
    "registers": _registers,
    "clock": _clock,
    "object list": _object_list,
    "image": _image,
    "RLRQ, AARQ": _again,
}
UNCONFIRMED: dict[str, Callable[[Talk], None]] = {
    "SET unconfirmed": _unconfirmed_set,
    "ACTION unconfirmed": _unconfirmed_action,
}
