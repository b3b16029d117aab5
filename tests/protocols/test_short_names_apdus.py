"""APDUs of short-name referencing: their octets as the standard has them, round trips, and no cut without notice."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from protocols.dlms.apdu import Apdu, decode_apdu
from protocols.dlms.data import Encoded
from protocols.dlms.encoding import double_long_unsigned, octet_string, unsigned
from protocols.dlms.selection import Entries, RawSelection
from protocols.dlms.services.short_access import Variable
from protocols.dlms.services.short_read import (
    LastReadBlock,
    LastReadRequestBlock,
    ReadBlock,
    ReadBlockReceived,
    ReadNext,
    ReadRequest,
    ReadRequestBlock,
    ReadResponse,
)
from protocols.dlms.services.short_report import InformationReport
from protocols.dlms.services.short_write import (
    LastWriteBlock,
    UnconfirmedWriteRequest,
    WriteBlock,
    WriteBlockReceived,
    WriteRequest,
    WriteResponse,
)
from protocols.dlms.tags import DataAccessResult
from protocols.errors import Cause, RemoteProtocolError
from tests.protocols.test_data import ANY
from tests.protocols.test_fuzz import damaged

NAME = NUMBER = st.integers(0, 0xFFFF)
BINARY = st.binary(max_size=300)
DATA = ANY.map(lambda pair: pair[0])
REASON = st.sampled_from([result for result in DataAccessResult if result is not DataAccessResult.SUCCESS])
VARIABLE = st.builds(Variable, NAME, st.none() | st.builds(RawSelection, st.integers(0, 255), DATA))
VARIABLES = st.lists(VARIABLE, max_size=4).map(tuple)
PAIRS = st.lists(st.tuples(VARIABLE, DATA), max_size=4)
TIME = st.just(b"") | st.binary(min_size=12, max_size=20)


def split(pairs: list[tuple[Variable, Encoded]]) -> tuple[tuple[Variable, ...], tuple[Encoded, ...]]:
    return tuple(variable for variable, _ in pairs), tuple(value for _, value in pairs)


APDUS: dict[str, st.SearchStrategy[Apdu]] = {
    "read": st.builds(ReadRequest, VARIABLES),
    "read next": st.builds(ReadNext, NUMBER),
    "read part": st.builds(ReadRequestBlock, NUMBER, BINARY),
    "read last part": st.builds(LastReadRequestBlock, NUMBER, BINARY),
    "value": st.builds(lambda value: ReadResponse((value,)), DATA),
    "values": st.builds(ReadResponse, st.lists(DATA | REASON, min_size=2, max_size=4).map(tuple)),
    "refusal": st.builds(lambda reason: ReadResponse((reason,)), REASON),
    "block": st.builds(ReadBlock, NUMBER, BINARY),
    "last block": st.builds(LastReadBlock, NUMBER, BINARY),
    "part received": st.builds(ReadBlockReceived, NUMBER),
    "write": PAIRS.map(lambda pairs: WriteRequest(*split(pairs))),
    "write block": st.builds(WriteBlock, NUMBER, BINARY),
    "write last block": st.builds(LastWriteBlock, NUMBER, BINARY),
    "written": st.builds(WriteResponse, st.lists(st.sampled_from(DataAccessResult), max_size=4).map(tuple)),
    "block received": st.builds(WriteBlockReceived, NUMBER),
    "unconfirmed": PAIRS.map(lambda pairs: UnconfirmedWriteRequest(*split(pairs))),
    "report": st.tuples(PAIRS, TIME).map(lambda both: InformationReport(*split(both[0]), both[1])),
}


@pytest.mark.parametrize("name", APDUS)
@settings(max_examples=50, deadline=None)
@given(data=st.data())
def test_round_trip(name: str, data: st.DataObject) -> None:
    apdu = data.draw(APDUS[name])
    assert decode_apdu(apdu.encode()) == apdu


@pytest.mark.parametrize("name", [name for name in APDUS if name != "value"])
@settings(max_examples=50, deadline=None)
@given(data=st.data())
def test_every_cut_is_garbage(name: str, data: st.DataObject) -> None:
    octets = data.draw(APDUS[name]).encode()
    with pytest.raises(RemoteProtocolError) as error:
        decode_apdu(octets[: data.draw(st.integers(0, len(octets) - 1))])
    assert error.value.cause in (Cause.GARBAGE, Cause.TOO_LARGE)


REFUSED = DataAccessResult.READ_WRITE_DENIED
WIRE: dict[str, tuple[str, Apdu]] = {
    "one variable": ("0501022bc8", ReadRequest((Variable(0x2BC8),))),
    "two variables": ("050202000802fa08", ReadRequest((Variable(8), Variable(0xFA08)))),
    "entries": (
        "05010411080202040600000001060000000a120001120000",
        ReadRequest((Variable(0x1108, RawSelection(2, Encoded(Entries(1, 10).encode()[1:]))),)),
    ),
    "next": ("0501050003", ReadNext(3)),
    "request in parts": ("050106000001020102", ReadRequestBlock(1, b"\x01\x02")),
    "request ends": ("050106010002020304", LastReadRequestBlock(2, b"\x03\x04")),
    "value": ("0c0100060001e240", ReadResponse((double_long_unsigned(123_456),))),
    "refused": ("0c010103", ReadResponse((REFUSED,))),
    "values": ("0c030011050103001106", ReadResponse((unsigned(5), REFUSED, unsigned(6)))),
    "block": ("0c0102000001020102", ReadBlock(1, b"\x01\x02")),
    "last block": ("0c010201000203030405", LastReadBlock(2, b"\x03\x04\x05")),
    "part received": ("0c01030001", ReadBlockReceived(1)),
    "write": ("0601022bc8010902abcd", WriteRequest((Variable(0x2BC8),), (octet_string(b"\xab\xcd"),))),
    "write block": ("060107000001010902abcd", WriteBlock(1, b"\xab\xcd")),
    "write last block": ("060107010002010901ff", LastWriteBlock(2, b"\xff")),
    "written": ("0d0100", WriteResponse((DataAccessResult.SUCCESS,))),
    "partly written": ("0d02000103", WriteResponse((DataAccessResult.SUCCESS, REFUSED))),
    "block received": ("0d01020001", WriteBlockReceived(1)),
    "unconfirmed": ("1601020008011105", UnconfirmedWriteRequest((Variable(8),), (unsigned(5),))),
    "report": ("180001020008011105", InformationReport((Variable(8),), (unsigned(5),))),
    "timed report": (
        "18010f32303236303130313030303030305a01020008011105",
        InformationReport((Variable(8),), (unsigned(5),), b"20260101000000Z"),
    ),
}


@pytest.mark.parametrize("name", WIRE)
def test_octets_of_the_standard(name: str) -> None:
    text, apdu = WIRE[name]
    octets = bytes.fromhex(text)
    assert apdu.encode() == octets
    assert decode_apdu(octets) == apdu


def test_a_report_whose_time_has_no_flag_is_understood() -> None:
    octets = bytes.fromhex("180c07ea0101ff00000000ff8000") + bytes.fromhex("01020008011105")
    report = decode_apdu(octets)
    assert isinstance(report, InformationReport)
    assert (len(report.sent_at), report.values) == (12, (unsigned(5),))


@pytest.mark.parametrize(
    "octets",
    [
        "0501032bc8",
        "0502022bc8050001",
        "05010500",
        "0501022bc800",
        "05ff022bc8",
        "0c0104",
        "0c010300",
        "0c01020100010201",
        "0c0102010001010102",
        "0601022bc800",
        "0601022bc80211051106",
        "0601022bc801110500",
        "060107000001020901ff",
        "060107000001010a01ff",
        "0d0103",
        "0d0100ff",
        "0d0201",
        "0d010107",
        "160102",
        "18010f3230",
    ],
)
def test_malformed_octets_are_garbage(octets: str) -> None:
    with pytest.raises(RemoteProtocolError) as error:
        decode_apdu(bytes.fromhex(octets))
    assert error.value.cause is Cause.GARBAGE


def test_damage_raises_only_the_library_s_own_errors() -> None:
    rng = random.Random("short names")
    for text, _ in WIRE.values():
        for _ in range(200):
            try:
                decode_apdu(damaged(bytes.fromhex(text), rng))
            except RemoteProtocolError as error:
                assert str(error)
