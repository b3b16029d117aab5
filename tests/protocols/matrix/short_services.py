"""Read, write and what is made of them, by short names."""

from collections.abc import Callable

from protocols.dlms.base_names import ASSOCIATION_BASE, BaseNames
from protocols.dlms.cosem import Attribute, Method
from protocols.dlms.data import decode
from protocols.dlms.exchange import (
    associate,
    get,
    get_list,
    invoke,
    learn_names,
    put,
    put_list,
    release,
    unconfirmed_write,
)
from protocols.dlms.objects import CLOCK_TIME, DEVICE_NAME, ProfileLayout, read_clock, read_profile, read_value
from protocols.dlms.selection import Entries
from protocols.dlms.tags import ActionResult, DataAccessResult
from tests.protocols.matrix.ranges import between
from tests.protocols.matrix.talk import Talk
from tests.protocols.short_parties import CAPTURES, IMPORT, NAMES, PROFILE, RELAY, STANDS, TEXT, TIMES

LAYOUT = ProfileLayout(PROFILE, CAPTURES, 900)
VALUE = Attribute(1, TEXT, 2)
OK = DataAccessResult.SUCCESS
SHORT = 20
NAMED = {item for item in NAMES.objects if item.base < ASSOCIATION_BASE}


def _read(size: Callable[[Talk], int]) -> Callable[[Talk], None]:
    def do(talk: Talk) -> None:
        value = talk.fresh(size(talk))
        talk.short.grid.text = decode(value)  # type: ignore[assignment]
        assert talk(get(talk.client, VALUE)) == value

    return do


def _read_list(size: Callable[[Talk], int]) -> Callable[[Talk], None]:
    def do(talk: Talk) -> None:
        value = talk.fresh(size(talk))
        talk.short.grid.text = decode(value)  # type: ignore[assignment]
        found = talk(get_list(talk.client, [VALUE, DEVICE_NAME, VALUE, Attribute(3, TEXT, 2)]))
        assert found[0] == found[2] == value
        assert isinstance(found[1], bytes)
        assert (decode(found[1]), found[3]) == (b"LGZ12345678", DataAccessResult.OBJECT_CLASS_INCONSISTENT)

    return do


def _write(size: Callable[[Talk], int]) -> Callable[[Talk], None]:
    def do(talk: Talk) -> None:
        value = talk.fresh(size(talk))
        assert talk(put(talk.client, VALUE, value)) is OK
        assert talk.short.grid.text == decode(value)

    return do


def _write_list(size: Callable[[Talk], int]) -> Callable[[Talk], None]:
    def do(talk: Talk) -> None:
        first, second = talk.fresh(size(talk)), talk.fresh(size(talk))
        writes = [(VALUE, first), (Attribute(3, IMPORT, 2), first), (CLOCK_TIME, second), (VALUE, second)]
        assert talk(put_list(talk.client, writes)) == (OK, DataAccessResult.READ_WRITE_DENIED, OK, OK)
        assert talk.short.grid.text == talk.short.grid.set_to[-1] == decode(second)

    return do


def _short(_: Talk) -> int:
    return SHORT


def _long(talk: Talk) -> int:
    return talk.size


def _profile(talk: Talk) -> None:
    table = talk(read_profile(talk.client, LAYOUT))
    assert [list(column.values) for column in table.columns[::2]] == [list(TIMES), list(STANDS)]


def _range(talk: Talk) -> None:
    table = talk(read_profile(talk.client, LAYOUT, between(4, 8)))
    assert [list(column.values) for column in table.columns[::2]] == [list(TIMES[4:9]), list(STANDS[4:9])]


def _entries(talk: Talk) -> None:
    table = talk(read_profile(talk.client, LAYOUT, Entries(3, 9)))
    assert list(table.columns[2].values) == list(STANDS[2:9])


def _method(talk: Talk) -> None:
    value = talk.fresh(SHORT)
    answer = talk(invoke(talk.client, Method(70, RELAY, 1), value))
    assert (answer.result, answer.returned) == (ActionResult.SUCCESS, None)
    assert talk.short.grid.switched[-1] == decode(value)


def _refused(talk: Talk) -> None:
    assert talk(put(talk.client, Attribute(3, IMPORT, 2), talk.fresh(SHORT))) is DataAccessResult.READ_WRITE_DENIED
    assert talk(invoke(talk.client, Method(70, RELAY, 2))).result is ActionResult.OBJECT_UNDEFINED


def _clock(talk: Talk) -> None:
    assert talk(read_clock(talk.client)).at.isoformat() == "2026-07-01T12:30:05+03:00"


def _names(talk: Talk) -> None:
    talk.client.short_names = BaseNames()
    known = talk(learn_names(talk.client))
    assert {item for item in known.objects if item.base < ASSOCIATION_BASE} == NAMED
    assert talk(read_value(talk.client, Attribute(3, IMPORT, 2))) == 123_456


def _again(talk: Talk) -> None:
    talk(release(talk.client))
    talk(associate(talk.client))
    _clock(talk)


def _unconfirmed(talk: Talk) -> None:
    value = talk.fresh(SHORT)
    talk.tell(unconfirmed_write(talk.client, VALUE, value))
    assert talk(get(talk.client, VALUE)) == value


CONFIRMED: dict[str, Callable[[Talk], None]] = {
    "read": _read(_short),
    "read blocks": _read(_long),
    "read list": _read_list(_short),
    "read list blocks": _read_list(_long),
    "read profile": _profile,
    "read range": _range,
    "read entries": _entries,
    "write": _write(_short),
    "write blocks": _write(_long),
    "write list": _write_list(_short),
    "write list blocks": _write_list(_long),
    "method": _method,
    "refused": _refused,
    "clock": _clock,
    "object list": _names,
    "RLRQ, AARQ": _again,
}
UNCONFIRMED: dict[str, Callable[[Talk], None]] = {"write unconfirmed": _unconfirmed}
