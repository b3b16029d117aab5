"""What both sides propose and grant: the initiate messages inside AARQ and AARE (Green Book 9.4.6.1)."""

from protocols.explain.context import Conversation
from protocols.explain.cursor import Cursor, Stop
from protocols.explain.pieces import present
from protocols.explain.words import conformance_names

_LN, _SN = 0x0007, 0xFA00
_HEAD = b"\x5f\x1f\x04\x00"


def initiate_request(cursor: Cursor, talk: Conversation) -> None:
    """Tag 1: what the client proposes."""
    if present(cursor, "dedicated key"):
        talk.dedicated = cursor.text(
            "dedicated key", lambda raw: f"{len(raw)} octets, for the ded- messages that follow"
        )
    since = cursor.at
    given = cursor.number(1)
    allowed = bool(cursor.number(1)) if given else True
    cursor.leaf("response allowed", since, f"{'yes' if allowed else 'no'}{'' if given else ' (not said)'}")
    if present(cursor, "quality of service"):
        cursor.field("quality of service", 1)
    cursor.field("DLMS version", 1)
    _conformance(cursor, "proposed conformance")
    cursor.field("largest PDU of the client", 2, _size)


def initiate_response(cursor: Cursor, talk: Conversation) -> None:
    """Tag 8: what the server grants."""
    if present(cursor, "quality of service"):
        cursor.field("quality of service", 1)
    cursor.field("DLMS version", 1)
    _conformance(cursor, "agreed conformance")
    cursor.field("largest PDU of the server", 2, _size)
    cursor.field("VAA name", 2, _vaa_name)


def _conformance(cursor: Cursor, name: str) -> None:
    """[APPLICATION 31] BIT STRING of 24 bits; some meters write the tag in one octet."""
    with cursor.group(name) as node:
        since = cursor.at
        head = _HEAD if cursor.peek(2) == _HEAD[:2] else _HEAD[:1] + _HEAD[2:]
        if cursor.peek(len(head)) != head:
            raise Stop(f"{cursor.peek(4).hex(' ')} is not the head of a conformance block, 5f 1f 04 00")
        cursor.take(len(head))
        cursor.leaf("head", since, "24 bits")
        since = cursor.at
        names = conformance_names(cursor.number(3))
        cursor.leaf("bits", since, ", ".join(names) or "none")
        node.meaning = f"{len(names)} services"


def _size(value: int) -> str:
    return f"{value} octets" if value else "no limit"


def _vaa_name(value: int) -> str:
    known = {_LN: " (logical names)", _SN: " (short names)"}
    return f"{value:#06x}{known.get(value, '')}"
