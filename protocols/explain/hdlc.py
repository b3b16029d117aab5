"""HDLC frames field by field (IEC 62056-46); the segments of a message are joined below the last one."""

from protocols.errors import ProtocolError
from protocols.explain.context import Conversation
from protocols.explain.cursor import Cursor, Stop
from protocols.explain.pieces import Explainer
from protocols.explain.words import station_name
from protocols.hdlc.address import Address, decode_address
from protocols.hdlc.checksum import checksum
from protocols.hdlc.control import CONTROLS, Control, Kind

FLAG = b"\x7e"
_SEGMENTED = 0x08
_BLOCK = b"\xe0"
"""Tag of a general block, which follows others of a push without LLC octets in meters of Landis+Gyr."""
_LLC = {b"\xe6\xe6\x00": "request, from the client", b"\xe6\xe7\x00": "response, from the server"}
_PARAMETERS = {
    5: "largest information field sent",
    6: "largest information field received",
    7: "window sent",
    8: "window received",
}
_WORDS = {
    Kind.I: "information",
    Kind.RR: "receive ready",
    Kind.RNR: "receive not ready",
    Kind.REJ: "reject",
    Kind.SNRM: "set normal response mode: the client connects",
    Kind.DISC: "disconnect",
    Kind.UA: "unnumbered acknowledge",
    Kind.DM: "disconnected mode",
    Kind.FRMR: "frame reject",
    Kind.UI: "unnumbered information",
    Kind.UNKNOWN: "not defined",
}


def seems_hdlc(octets: bytes) -> bool:
    """Whether a flag and the format of a type 3 frame begin here."""
    return len(octets) > 2 and octets[:1] == FLAG and octets[1] & 0xF0 == 0xA0


def explain_hdlc(cursor: Cursor, talk: Conversation, beneath: Explainer) -> None:
    """One frame and the flags around it; a flag that also opens the next frame is left to that one."""
    with cursor.group("HDLC frame") as node:
        since = cursor.at
        cursor.take(1)
        cursor.leaf("flag", since)
        size = (cursor.number(1) & 7) << 8 | cursor.number(1)
        cursor.at = since + 1
        begin, missing = cursor.at, size - cursor.left
        cursor.fenced(min(size, cursor.left), lambda inner: _frame(inner, talk, beneath, begin))
        if missing > 0:
            cursor.complain(f"cut: {missing} of {size} octets are missing")
        elif cursor.peek() == FLAG and not seems_hdlc(cursor.peek(3)):
            cursor.take(1)
            cursor.leaf("flag", cursor.at - 1)
        node.meaning = f"{node.meaning}, {size} octets" if node.meaning else f"{size} octets"


def _frame(cursor: Cursor, talk: Conversation, beneath: Explainer, begin: int) -> None:
    since = cursor.at
    segmented = bool(cursor.number(2) >> 8 & _SEGMENTED)
    cursor.leaf("format", since, f"type 3, {'segment, more follow' if segmented else 'whole or last segment'}")
    destination, source = _address(cursor, "destination"), _address(cursor, "source")
    since = cursor.at
    control = CONTROLS[cursor.number(1)]
    cursor.leaf("control", since, f"{control}: {_WORDS[control.kind]}")
    cursor.node.meaning = f"{control} from {source} to {destination}"
    if cursor.left > 2:
        _check(cursor, "HCS", begin)
        size = max(cursor.left - 2, 0)
        _information(cursor, talk, beneath, size, control, segmented, (str(destination), str(source)))
    _check(cursor, "FCS", begin)


def _address(cursor: Cursor, name: str) -> Address:
    since = cursor.at
    try:
        address = decode_address(cursor.peek(4), 0)
    except ProtocolError as error:
        raise Stop(str(error)) from None
    if address is None:
        raise Stop("an address is cut")
    cursor.take(address.size)
    parts = f"{address} (logical device {address.upper}, physical {address.lower})"
    cursor.leaf(name, since, station_name(address.upper) if address.lower is None else parts)
    return address


def _check(cursor: Cursor, name: str, begin: int) -> None:
    since = cursor.at
    due = checksum(cursor.octets[begin:since])
    right = cursor.take(2) == due
    cursor.leaf(name, since, "right" if right else f"wrong: {due.hex(' ').upper()} is due", trouble=not right)


def _information(
    cursor: Cursor,
    talk: Conversation,
    beneath: Explainer,
    size: int,
    control: Control,
    segmented: bool,
    key: tuple[str, str],
) -> None:
    if control.kind in (Kind.SNRM, Kind.UA):
        cursor.part("link parameters", size, _parameters)
    elif control.kind not in (Kind.I, Kind.UI):
        cursor.part("information", size, Cursor.skip)
    elif segmented or talk.begun(key):
        _segment(cursor, talk, beneath, size, segmented, key)
    else:
        cursor.part("information", size, lambda inner: _message(inner, talk, beneath), f"{size} octets")


def _segment(
    cursor: Cursor, talk: Conversation, beneath: Explainer, size: int, segmented: bool, key: tuple[str, str]
) -> None:
    since = cursor.at
    if cursor.peek(3) in _LLC:
        talk.forget(key)
    raw = cursor.take(size)
    cursor.leaf("segment", since, f"{size} octets, {'more follow' if segmented else 'the last ones'}")
    joined = talk.piece(key, raw, last=not segmented)
    if joined:
        message = f"{len(joined)} octets"
        cursor.layer("all segments", joined, "joined", lambda inner: _message(inner, talk, beneath), message)


def _message(cursor: Cursor, talk: Conversation, beneath: Explainer) -> None:
    since = cursor.at
    words = _LLC.get(cursor.peek(3))
    if words:
        cursor.take(3)
        cursor.leaf("LLC", since, words)
    elif cursor.peek(1) != _BLOCK:
        cursor.complain("the LLC octets E6 E6 00 or E6 E7 00 are missing", "LLC")
    beneath(cursor, talk)


def _parameters(cursor: Cursor) -> None:
    """Information of SNRM and UA: 81 80 length, then parameters (IEC 62056-46 6.4.4.4.3.2)."""
    since = cursor.at
    head = cursor.take(3)
    if head[:2] != b"\x81\x80":
        cursor.at = since
        raise Stop("link parameters begin with 81 80")
    cursor.leaf("head", since, f"{head[2]} octets")
    while cursor.left:
        since = cursor.at
        number, size = cursor.number(1), cursor.number(1)
        value = cursor.number(size)
        cursor.leaf(_PARAMETERS.get(number, f"parameter {number}"), since, str(value))
