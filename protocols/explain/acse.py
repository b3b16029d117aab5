"""Association control: AARQ, AARE, RLRQ, RLRE field by field (Green Book 9.4.2 to 9.4.5, BER)."""

from collections.abc import Callable

from protocols.dlms.acse import AssociateResult, Diagnostic, ReleaseReason
from protocols.dlms.tags import Mechanism
from protocols.explain.context import Conversation
from protocols.explain.cursor import Cursor, Stop
from protocols.explain.strings import octets_words
from protocols.explain.words import number_name, title_name

_OID = bytes.fromhex("6085740508")
_CONTEXTS = {1: "logical names", 2: "short names", 3: "logical names, ciphered", 4: "short names, ciphered"}
_SOURCES = {0xA1: "service user", 0xA2: "service provider"}
Inside = Callable[[Cursor, Conversation], None]
Fields = dict[int, tuple[str, Callable[[Cursor, Conversation, Inside], None]]]


def aarq(cursor: Cursor, talk: Conversation, inside: Inside) -> None:
    """Tag 0x60; `inside` explains the user information."""
    cursor.node.meaning = "the client asks for an association"
    _fields(cursor, talk, inside, _AARQ)


def aare(cursor: Cursor, talk: Conversation, inside: Inside) -> None:
    """Tag 0x61."""
    cursor.node.meaning = "the server answers the request for an association"
    _fields(cursor, talk, inside, _AARE)


def rlrq(cursor: Cursor, talk: Conversation, inside: Inside) -> None:
    """Tag 0x62."""
    cursor.node.meaning = "the client ends the association"
    _fields(cursor, talk, inside, _RELEASE)


def rlre(cursor: Cursor, talk: Conversation, inside: Inside) -> None:
    """Tag 0x63."""
    cursor.node.meaning = "the server confirms the end of the association"
    _fields(cursor, talk, inside, _RELEASE)


def _fields(cursor: Cursor, talk: Conversation, inside: Inside, known: Fields) -> None:
    while cursor.left:
        since = cursor.at
        tag = cursor.number(1)
        size = cursor.length()
        head, cursor.at = cursor.at - since, since
        name, explain = known.get(tag, (f"field {tag:#04x}", _raw))

        def field(inner: Cursor, head: int = head, explain: Callable[..., None] = explain) -> None:
            inner.take(head)
            explain(inner, talk, inside)

        cursor.part(name, head + size, field)


def _raw(cursor: Cursor, talk: Conversation, inside: Inside) -> None:
    raw = cursor.take(cursor.left)
    cursor.node.meaning = raw.hex(" ").upper() if len(raw) <= 16 else f"{len(raw)} octets"


def _number(cursor: Cursor, talk: Conversation, inside: Inside) -> None:
    cursor.node.meaning = str(int.from_bytes(_primitive(cursor, 0x02), "big"))


def _context(cursor: Cursor, talk: Conversation, inside: Inside) -> None:
    name = _primitive(cursor, 0x06)
    known = name[:-1] == _OID + b"\x01" and _CONTEXTS.get(name[-1])
    cursor.node.meaning = f"{known} ({_dotted(name)})" if known else f"{_dotted(name)}: not of DLMS"


def _mechanism(cursor: Cursor, talk: Conversation, inside: Inside) -> None:
    name = cursor.take(cursor.left)
    if name[:-1] == _OID + b"\x02" and name[-1] <= max(Mechanism):
        cursor.node.meaning = f"{Mechanism(name[-1]).name.replace('_', ' with ')} ({_dotted(name)})"
    else:
        cursor.node.meaning = f"{_dotted(name)}: not of DLMS"


def _requirements(cursor: Cursor, talk: Conversation, inside: Inside) -> None:
    raw = cursor.take(cursor.left)
    cursor.node.meaning = "authentication" if len(raw) == 2 and raw[1] & 0x80 else raw.hex(" ").upper()


def _title(client: bool) -> Callable[[Cursor, Conversation, Inside], None]:
    def explain(cursor: Cursor, talk: Conversation, inside: Inside) -> None:
        title = _primitive(cursor, 0x04)
        talk.learn_title(title, client=client)
        cursor.node.meaning = title_name(title)

    return explain


def _authentication(cursor: Cursor, talk: Conversation, inside: Inside) -> None:
    """A password (LLS) or a challenge (HLS), as a character string."""
    cursor.node.meaning = octets_words(_primitive(cursor, 0x80))


def _result(cursor: Cursor, talk: Conversation, inside: Inside) -> None:
    cursor.node.meaning = number_name(AssociateResult, int.from_bytes(_primitive(cursor, 0x02), "big"))


def _diagnostic(cursor: Cursor, talk: Conversation, inside: Inside) -> None:
    source = cursor.number(1)
    cursor.length()
    number = int.from_bytes(_primitive(cursor, 0x02), "big")
    try:
        words = Diagnostic((source & 0x1F, number)).words
    except ValueError:
        words = "not defined"
    cursor.node.meaning = f"{number}: {words}, says the {_SOURCES.get(source, f'source {source:#04x}')}"


def _reason(cursor: Cursor, talk: Conversation, inside: Inside) -> None:
    cursor.node.meaning = number_name(ReleaseReason, int.from_bytes(cursor.take(cursor.left), "big"))


def _information(cursor: Cursor, talk: Conversation, inside: Inside) -> None:
    if cursor.number(1) != 0x04:
        raise Stop("an octet string (04) is expected in the user information")
    cursor.part("initiate", cursor.length(), lambda inner: inside(inner, talk))


def _primitive(cursor: Cursor, tag: int) -> bytes:
    """The content of the one primitive in a field."""
    found = cursor.number(1)
    if found != tag:
        cursor.at -= 1
        raise Stop(f"{found:#04x} stands where {tag:#04x} is expected")
    return cursor.string()


def _dotted(name: bytes) -> str:
    """An object identifier with dots."""
    if not name:
        return "nothing"
    arcs, value = [*divmod(name[0], 40)], 0
    for octet in name[1:]:
        value = value << 7 | octet & 0x7F
        if octet < 0x80:
            arcs.append(value)
            value = 0
    return ".".join(map(str, arcs))


_COMMON: Fields = {
    0x80: ("protocol version", _raw),
    0xA1: ("application context", _context),
    0xBD: ("implementation information", _raw),
    0xBE: ("user information", _information),
}
_AARQ: Fields = _COMMON | {
    0xA2: ("called AP title", _title(client=False)),
    0xA3: ("called AE qualifier", _raw),
    0xA4: ("called AP invocation id", _number),
    0xA5: ("called AE invocation id", _number),
    0xA6: ("calling AP title", _title(client=True)),
    0xA7: ("calling AE qualifier", _raw),
    0xA8: ("calling AP invocation id", _number),
    0xA9: ("calling AE invocation id", _number),
    0x8A: ("ACSE requirements", _requirements),
    0x8B: ("mechanism", _mechanism),
    0xAC: ("calling authentication value", _authentication),
}
_AARE: Fields = _COMMON | {
    0xA2: ("result", _result),
    0xA3: ("diagnostic", _diagnostic),
    0xA4: ("responding AP title", _title(client=False)),
    0xA5: ("responding AE qualifier", _raw),
    0xA6: ("responding AP invocation id", _number),
    0xA7: ("responding AE invocation id", _number),
    0x88: ("ACSE requirements", _requirements),
    0x89: ("mechanism", _mechanism),
    0xAA: ("responding authentication value", _authentication),
}
_RELEASE: Fields = {0x80: ("reason", _reason), 0xBE: ("user information", _information)}
