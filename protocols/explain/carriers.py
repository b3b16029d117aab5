"""What carries APDUs besides HDLC: wrapper, M-Bus, gateway prefix, the sign-on of IEC 62056-21."""

from protocols.explain.apdu import explain_apdu
from protocols.explain.context import Conversation
from protocols.explain.cursor import Cursor
from protocols.explain.hdlc import explain_hdlc, seems_hdlc
from protocols.explain.text_blocks import explain_text_block, text_block_size
from protocols.explain.words import station_name
from protocols.mbus.frame import FIN, HEAD, MAX_CI, MIN_LENGTH, SEQUENCE, START, STOP, checksum
from protocols.wrapper.framing import HEADER_SIZE, VERSION

_GATEWAY = {0xE6: "request through a gateway", 0xE7: "response through a gateway"}
_LLC = (b"\xe6\xe6\x00", b"\xe6\xe7\x00")
_LINE_STARTS = b"/\x06"
_MAX_LINE = 80


def explain_frame(cursor: Cursor, talk: Conversation) -> None:
    """The frame that begins here, with all it carries."""
    ahead = cursor.peek(_MAX_LINE + 2)
    if seems_hdlc(ahead):
        explain_hdlc(cursor, talk, explain_carried)
    elif _seems_mbus(ahead):
        _explain_mbus(cursor, talk)
    elif _seems_wrapper(ahead):
        _explain_wrapper(cursor, talk)
    elif _seems_line(ahead):
        _explain_line(cursor)
    elif size := text_block_size(cursor):
        explain_text_block(cursor, size)
    else:
        explain_carried(cursor, talk)


def explain_carried(cursor: Cursor, talk: Conversation) -> None:
    """What a frame carries: an APDU, perhaps behind LLC octets or a gateway prefix."""
    ahead = cursor.peek(3)
    if ahead in _LLC:
        cursor.take(3)
        cursor.leaf("LLC", cursor.at - 3, "request" if ahead == _LLC[0] else "response")
    elif ahead[:1] and ahead[0] in _GATEWAY:
        _explain_gateway(cursor)
    explain_apdu(cursor, talk)


def _seems_wrapper(octets: bytes) -> bool:
    return len(octets) >= HEADER_SIZE and int.from_bytes(octets[:2], "big") == VERSION


def _explain_wrapper(cursor: Cursor, talk: Conversation) -> None:
    with cursor.group("wrapper frame") as node:
        cursor.field("version", 2)
        source = cursor.field("source wPort", 2, station_name)
        destination = cursor.field("destination wPort", 2, station_name)
        size = cursor.field("length", 2)
        node.meaning = f"from {source} to {destination}, {size} octets"
        _carried(cursor, talk, size)


def _carried(cursor: Cursor, talk: Conversation, size: int) -> None:
    """The content of a frame in place, without a level of its own."""
    missing = size - cursor.left
    cursor.fenced(min(size, cursor.left), lambda inner: explain_carried(inner, talk))
    if missing > 0:
        cursor.complain(f"cut: {missing} of {size} octets are missing")


def _explain_gateway(cursor: Cursor) -> None:
    """The prefix for meters behind a concentrator (Green Book, gateway protocol)."""
    with cursor.group("gateway prefix") as node:
        tag = cursor.field("tag", 1, lambda value: _GATEWAY[value])
        network = cursor.field("network id", 1)
        address = cursor.text("physical device address", lambda raw: raw.hex(" ").upper())
        whom = "to" if tag == 0xE6 else "from"
        node.meaning = f"{whom} device {address.hex(' ').upper() or 'without address'} of network {network}"


def _seems_mbus(octets: bytes) -> bool:
    head = octets[:HEAD]
    return len(head) == HEAD and head[0] == head[3] == START and head[1] == head[2] >= MIN_LENGTH


def _explain_mbus(cursor: Cursor, talk: Conversation) -> None:
    with cursor.group("M-Bus long frame") as node:
        since = cursor.at
        size = cursor.take(HEAD)[1]
        cursor.leaf("head", since, f"{size} octets follow")
        node.meaning = f"{size} octets"
        content, missing = cursor.peek(size), size + 2 - cursor.left
        cursor.fenced(min(size, cursor.left), lambda inner: _mbus_content(inner, talk))
        if missing > 0:
            cursor.complain(f"cut: {missing} of {size + 2} octets are missing")
            cursor.take(cursor.left)
            return
        due = checksum(content)
        since = cursor.at
        right = cursor.number(1) == due
        cursor.leaf("checksum", since, "right" if right else f"wrong: {due:02X} is due", trouble=not right)
        since = cursor.at
        right = cursor.number(1) == STOP
        cursor.leaf("stop", since, "" if right else "wrong: 16 is due", trouble=not right)


def _mbus_content(cursor: Cursor, talk: Conversation) -> None:
    cursor.field("C", 1, lambda value: f"{value:02X}{' (send user data)' if value & 0x4F == 0x43 else ''}")
    cursor.field("A", 1, lambda value: "broadcast" if value == 0xFF else f"primary address {value}")
    information = cursor.peek()[0] if cursor.left else 0
    cursor.field("CI", 1, _ci_words)
    if information > MAX_CI:
        cursor.rest(f"CI {information:02X} does not carry DLMS")
        return
    source = cursor.field("source access point", 1)
    destination = cursor.field("destination access point", 1)
    last, sequence, key = bool(information & FIN), information & SEQUENCE, ("mbus", source, destination)
    if sequence == 0 and last:
        explain_carried(cursor, talk)
        return
    if sequence == 0:
        talk.forget(key)
    begun = sequence == 0 or talk.begun(key)
    since = cursor.at
    raw = cursor.take(cursor.left)
    cursor.leaf("segment", since, f"{len(raw)} octets, {'the last ones' if last else 'more follow'}")
    joined = talk.piece(key, raw, last=last)
    if not begun:
        cursor.complain("the segments before this one are not among these frames")
    elif joined:
        cursor.layer(
            "all segments", joined, "joined", lambda inner: explain_carried(inner, talk), f"{len(joined)} octets"
        )


def _ci_words(information: int) -> str:
    if information > MAX_CI:
        return f"{information:02X}: not the transport layer of DLMS"
    return f"segment {information & SEQUENCE}{', the last one' if information & FIN else ', more follow'}"


def _seems_line(octets: bytes) -> bool:
    """A line of IEC 62056-21: it ends with CR LF within 80 characters and holds nothing but characters."""
    end = octets[: _MAX_LINE + 2].find(b"\r\n")
    return octets[:1] != b"" and octets[0] in _LINE_STARTS and end > 0 and all(0x20 <= o < 0x7F for o in octets[1:end])


def _explain_line(cursor: Cursor) -> None:
    since = cursor.at
    line = cursor.take(cursor.peek(_MAX_LINE + 2).find(b"\r\n") + 2)
    text = line[1:-2].decode("ascii")
    if line[:1] == b"\x06":
        mode = {"2": "HDLC, mode E", "1": "programming", "0": "data readout"}.get(text[2:3], "not defined")
        cursor.leaf("IEC 62056-21 option", since, f"speed {text[1:2]}, {mode}")
    elif text.startswith("?"):
        cursor.leaf("IEC 62056-21 request", since, f"asks {text[1:].rstrip('!') or 'any device'} to identify itself")
    else:
        cursor.leaf("IEC 62056-21 identification", since, _identification(text))


def _identification(text: str) -> str:
    r"""`/XXXZ\2Ident`: manufacturer, speed, capability, identification."""
    rest = text[4:]
    hdlc = rest.startswith("\\2")
    words = f"manufacturer {text[:3]}, speed {text[3:4]}, {rest[2:] if hdlc else rest!s}"
    return f"{words}, offers HDLC (mode E)" if hdlc else words
