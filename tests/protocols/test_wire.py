"""Octets written by hand from the ASN.1 of the Green Book (9.5), so that encoders and decoders do not only agree."""

import pytest

from protocols.dlms.apdu import Apdu, decode_apdu
from protocols.dlms.cosem import Attribute, Method
from protocols.dlms.data import Encoded
from protocols.dlms.encoding import NULL, double_long_unsigned, integer
from protocols.dlms.obis import Obis
from protocols.dlms.selection import Entries, RawSelection
from protocols.dlms.services.access import AccessRequest, AccessResponse
from protocols.dlms.services.access_items import AccessAction, AccessGet, AccessKind, AccessOutcome, AccessSet
from protocols.dlms.services.action import ActionListRequest, ActionListResponse
from protocols.dlms.services.action_blocks import (
    ActionBlock,
    ActionBlockReceived,
    ActionFirstBlock,
    ActionListFirstBlock,
    ActionNext,
    LastActionBlock,
    LastActionReturnBlock,
)
from protocols.dlms.services.notification import DataNotificationConfirm
from protocols.dlms.services.unconfirmed import Unconfirmed
from protocols.dlms.services.writing import SetFirstBlock, SetRequest
from protocols.dlms.services.writing_lists import (
    SetListCompleted,
    SetListFirstBlock,
    SetListRequest,
    SetListResponse,
)
from protocols.dlms.tags import ActionResult, DataAccessResult

ENERGY = Attribute(3, Obis.parse("1-0:1.8.0"), 2)
PROFILE = Attribute(7, Obis.parse("1-0:99.1.0"), 2)
RELAY = Method(70, Obis.parse("0-0:96.3.10"), 1)
NAMED, ROWS, SWITCH = "0003 0100010800FF 02", "0007 0100630100FF 02", "0046 000060030AFF 01"
ENTRIES = "0204 0600000001 0600000002 120001 120000"
SELECTED = RawSelection(2, Encoded(bytes.fromhex(ENTRIES)))
OK, DENIED = DataAccessResult.SUCCESS, DataAccessResult.READ_WRITE_DENIED
WIRE: dict[str, tuple[Apdu, str]] = {
    "set-request-with-first-datablock": (SetFirstBlock(ENERGY, b"\x0f"), f"C1 02 C1 {NAMED} 00 00 00000001 01 0F"),
    "the same, last": (SetFirstBlock(ENERGY, b"\x0f", last=True), f"C1 02 C1 {NAMED} 00 01 00000001 01 0F"),
    "set-request-with-list": (
        SetListRequest(((ENERGY, None), (PROFILE, SELECTED)), (integer(1), NULL)),
        f"C1 04 C1 02 {NAMED} 00 {ROWS} 01 02 {ENTRIES} 02 0F01 00",
    ),
    "set-request-with-list-and-first-datablock": (
        SetListFirstBlock(((ENERGY, None),), b"\x01\x0f"),
        f"C1 05 C1 01 {NAMED} 00 00 00000001 02 010F",
    ),
    "set-response-last-datablock-with-list": (SetListCompleted(3, (OK, DENIED)), "C5 04 C1 02 00 03 00000003"),
    "set-response-with-list": (SetListResponse((OK, DENIED)), "C5 05 C1 02 00 03"),
    "unconfirmed set": (Unconfirmed(SetRequest(ENERGY, integer(1), invoke=0x81)), f"C1 01 81 {NAMED} 00 0F01"),
    "action-request-next-pblock": (ActionNext(258), "C3 02 C1 00000102"),
    "action-request-with-list": (
        ActionListRequest((RELAY, RELAY), (integer(0), NULL)),
        f"C3 03 C1 02 {SWITCH} {SWITCH} 02 0F00 00",
    ),
    "action-request-with-first-pblock": (ActionFirstBlock(RELAY, b"\x0f"), f"C3 04 C1 {SWITCH} 00 00000001 01 0F"),
    "action-request-with-list-and-first-pblock": (
        ActionListFirstBlock((RELAY,), b"\x01\x0f"),
        f"C3 05 C1 01 {SWITCH} 00 00000001 02 010F",
    ),
    "action-request-with-pblock": (ActionBlock(2, b"\x01"), "C3 06 C1 00 00000002 01 01"),
    "the same block, last": (LastActionBlock(2, b"\x01"), "C3 06 C1 01 00000002 01 01"),
    "action-response-with-pblock": (LastActionReturnBlock(1, bytes(128)), "C7 02 C1 01 00000001 8180" + "00" * 128),
    "action-response-with-list": (
        ActionListResponse(
            (
                (ActionResult.SUCCESS, None),
                (ActionResult.SUCCESS, integer(1)),
                (ActionResult.OTHER_REASON, DataAccessResult.HARDWARE_FAULT),
            )
        ),
        "C7 03 C1 03 00 00 00 01 00 0F01 FA 01 01 01",
    ),
    "action-response-next-pblock": (ActionBlockReceived(1), "C7 04 C1 00000001"),
    "access-request": (
        AccessRequest(
            (AccessGet(ENERGY), AccessSet(ENERGY, integer(1)), AccessAction(RELAY), AccessGet(PROFILE, SELECTED))
        ),
        f"D9 C0000001 00 04 01 {NAMED} 02 {NAMED} 03 {SWITCH} 04 {ROWS} 02 {ENTRIES} 04 00 0F01 00 00",
    ),
    "access-request of a time": (
        AccessRequest((AccessSet(PROFILE, NULL, SELECTED),), 0x40ABCDEF, bytes(range(12))),
        f"D9 40ABCDEF 0C 000102030405060708090A0B 01 05 {ROWS} 02 {ENTRIES} 01 00",
    ),
    "access-response": (
        AccessResponse(
            (
                AccessOutcome(AccessKind.GET, OK, double_long_unsigned(5)),
                AccessOutcome(AccessKind.SET, DENIED),
                AccessOutcome(AccessKind.ACTION, ActionResult.OTHER_REASON),
            )
        ),
        "DA C0000001 00 00 03 0600000005 00 00 03 01 00 02 03 03 FA",
    ),
    "access-response that repeats": (
        AccessResponse((AccessOutcome(AccessKind.GET, OK, integer(1)),), (AccessGet(ENERGY),), 0xD0000001),
        f"DA D0000001 00 01 01 01 {NAMED} 01 0F01 01 01 00",
    ),
    "data-notification-confirm": (DataNotificationConfirm(0x40000007), "10 40000007 00"),
}


@pytest.mark.parametrize(("event", "octets"), WIRE.values(), ids=WIRE)
def test_the_wire_is_the_standards(event: Apdu, octets: str) -> None:
    assert event.encode().hex() == bytes.fromhex(octets).hex()
    decoded = decode_apdu(bytes.fromhex(octets))
    assert decoded == (event.request if isinstance(event, Unconfirmed) else event)


def test_the_entries_are_what_the_blue_book_writes() -> None:
    assert SELECTED.parse() == Entries(1, 2)
    assert Entries(1, 2).encode() == b"\x02" + SELECTED.parameters
