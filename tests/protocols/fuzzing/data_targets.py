"""Decoders of values: data, columns, compact arrays, dates, selections, object lists, records of classes."""

from datetime import UTC
from typing import Any

from protocols.dlms.base_names import decode_object_list
from protocols.dlms.classes import interface_classes
from protocols.dlms.classes.client import object_entries
from protocols.dlms.clock import decode_datetime, encode_datetime
from protocols.dlms.columns import Nulls, decode_columns
from protocols.dlms.compact_array import compact_array, decode_compact_array
from protocols.dlms.cosem import ASSOCIATION_LN, CURRENT_ASSOCIATION, Attribute
from protocols.dlms.data import decode, skip
from protocols.dlms.elements import Encoded
from protocols.dlms.encoding import array, double_long_unsigned, long_unsigned, octet_string, structure, unsigned
from protocols.dlms.exchange import get
from protocols.dlms.selection import Entries, Range, RawSelection
from protocols.dlms.services.action import decode_outcomes, decode_returned
from protocols.dlms.services.get import decode_results
from protocols.dlms.tolerant import decode_tolerantly
from protocols.dlms.type_description import decode_description
from protocols.dlms.units import scaler_unit
from protocols.dlms.wildcards import CosemDate, CosemDateTime, CosemTime
from tests.protocols.fuzzing.checking import Target
from tests.protocols.fuzzing.recorded import PLAIN, beginning
from tests.protocols.matrix.securities import Naming
from tests.protocols.matrix.talk import Talk
from tests.protocols.matrix.transports import TRANSPORTS
from tests.protocols.parties import CAPTURES, HELSINKI, PROFILE, START, Meter
from tests.protocols.test_columns import compressed

INSTANTS = [
    bytes.fromhex(text) for text in ("07ea010f040e1e0500ff8800", "ffff03fe07020000ff800080", "07ea0a1900020000008000ff")
]
COMPACT: list[bytes] = [
    compact_array([structure(long_unsigned(n), double_long_unsigned(n * n)) for n in range(5)]),
    compact_array([unsigned(n) for n in range(9)]),
    compact_array([structure(octet_string(bytes(n)), array([unsigned(n)] * 2)) for n in range(3)]),
]
SHORT_NAMES = "01010204102bc0120008110009060000010000ff"
_CLASSES = interface_classes()


def _profile() -> list[bytes]:
    rows = Meter().device.objects[PROFILE].get(2, Entries(1, 12))
    assert isinstance(rows, bytes)
    return [rows, compressed(), *COMPACT]


def _data() -> list[bytes]:
    """Values of every kind, as they stand in answers."""
    everything = b"".join(bytes((tag,)) + bytes(size) for tag, size in _SIZES)
    kinds = bytes((2, len(_SIZES))) + everything
    return [
        *_profile(),
        kinds,
        b"\x04\x0a\xff\xc0",
        b"\x0a\x03abc",
        b"\x0c\x02\xc3\xa4",
        *(a[4:] for a in beginning(0xC4)),
    ]


_SIZES = [(0, 0), (3, 1), (5, 4), (6, 4), (13, 1), (15, 1), (16, 2), (17, 1), (18, 2), (20, 8), (21, 8), (22, 1),
          (23, 4), (24, 8), (25, 12), (26, 5), (27, 4), (28, 1), (29, 2), (30, 4), (31, 1), (32, 2), (33, 4),
          (255, 0)]  # fmt: skip


def _skipped(octets: bytes) -> Any:
    """Passing over a value ends where decoding it does."""
    end = skip(octets, 0)
    decode(octets[:end])
    return end


def _columns(octets: bytes) -> object:
    """All the ways to read a buffer."""
    table = decode_columns(octets, capture_period=900, zone=HELSINKI)
    decode_columns(octets, clocks=(0, 1), nulls=Nulls.MISSING)
    assert all(len(column.values) == table.rows for column in table.columns)
    return None


def _selection(octets: bytes) -> object:
    return RawSelection(octets[0] if octets else 0, Encoded(octets[1:])).parse(HELSINKI)


def _record(octets: bytes) -> object:
    """One attribute of one class, chosen by two octets: what it decodes it encodes to what it decodes again."""
    first, second = (octets[0], octets[1]) if len(octets) > 1 else (0, 0)
    kind = _CLASSES[first % len(_CLASSES)]
    row = kind.table.attributes[second % len(kind.table.attributes)]
    read = row.decode(decode(octets[2:]))
    sent = row.encode(read)
    again = row.decode(decode(sent))
    assert again == read or repr(again) == repr(read), f"{row.where}: {read!r} is read again as {again!r}"
    return None


def _record_seeds() -> list[bytes]:
    values = [data for data in _data() if len(data) < 100]
    return [
        bytes((number, place)) + value for number in range(len(_CLASSES)) for place in (1, 2, 3) for value in values
    ]


def _object_list() -> list[bytes]:
    """The one of a meter of the matrix."""
    talk = Talk(Naming.LOGICAL, PLAIN, TRANSPORTS[0])
    listed = talk(get(talk.client, Attribute(ASSOCIATION_LN, CURRENT_ASSOCIATION, 2)))
    assert isinstance(listed, bytes)
    return [listed]


TARGETS = (
    Target("data", decode, _data),
    Target("data tolerantly", decode_tolerantly, _data),
    Target("data passed over", _skipped, _data),
    Target("columns", _columns, _profile, seconds=4),
    Target("compact array", lambda octets: decode_compact_array(octets, 1), lambda: COMPACT),
    Target("type description", decode_description, lambda: [seed[1:] for seed in COMPACT]),
    Target("instant", lambda octets: decode_datetime(octets, UTC).at, lambda: INSTANTS, encode_datetime),
    Target("date", CosemDate.decode, lambda: [seed[:5] for seed in INSTANTS], CosemDate.encode),
    Target("time", CosemTime.decode, lambda: [seed[5:9] for seed in INSTANTS], CosemTime.encode),
    Target("date and time", CosemDateTime.decode, lambda: INSTANTS, CosemDateTime.encode),
    Target("selection", _selection, lambda: [Range(START, START, CAPTURES).encode(), Entries(1, 9).encode()]),
    Target("scaler and unit", lambda octets: scaler_unit(decode(octets)), lambda: [bytes.fromhex("02020f00161e")]),
    Target("results", decode_results, lambda: [b"\x02\x00\x11\x05\x01\x04"]),
    Target("outcomes", decode_outcomes, lambda: [b"\x02\x00\x01\x00\x11\x05\x03\x00"]),
    Target("returned", decode_returned, lambda: [b"\x00\x01\x00\x11\x05", b"\x00\x00"]),
    Target(
        "short names",
        lambda octets: decode_object_list(decode(octets)),
        lambda: [b"\x01\x01\x02\x04\x10\x2b\xc0\x12\x00\x08\x11\x00\x09\x06\x00\x00\x01\x00\x00\xff"],
    ),
    Target("object list", lambda octets: object_entries(decode(octets)), _object_list),
    Target("attribute", _record, _record_seeds),
)
