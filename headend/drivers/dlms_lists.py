"""The list of meters in a concentrator, from decoded COSEM to plain data."""

from collections.abc import Sequence
from datetime import UTC, datetime, tzinfo

from headend.plan import Listed
from protocols.dlms.clock import decode_datetime
from protocols.dlms.elements import Value
from protocols.dlms.keys import TITLE_SIZE
from protocols.errors import RemoteProtocolError, garbage

MOST = 20_000
"""No concentrator has so many meters: a longer list is no list of meters."""
_LARGEST_ADDRESS, _LONGEST_SERIAL = 32, 40


def listed_meters(told: Value, elements: Sequence[str], zone: tzinfo) -> tuple[Listed, ...]:
    """The entries of a list, as its description names their elements. GARBAGE for what is no such list.

    An entry without an address, or that names no meter, is left out: a free place in the table of a concentrator.
    """
    if not isinstance(told, list) or len(told) > MOST:
        raise garbage("the list of meters is no array of at most 20,000 entries")
    found = []
    for entry in told:
        if not isinstance(entry, tuple | list) or len(entry) != len(elements):
            raise garbage(f"an entry of the list of meters is no structure of {len(elements)} elements")
        meter = _meter(dict(zip(elements, entry, strict=True)), zone)
        if meter.address and (meter.serial_number or meter.system_title):
            found.append(meter)
    return tuple(found)


def _meter(entry: dict[str, Value], zone: tzinfo) -> Listed:
    address, title = _octets(entry.get("address")), _octets(entry.get("system_title"))
    return Listed(
        address=address.hex().upper() if any(address) and len(address) <= _LARGEST_ADDRESS else "",
        serial_number=_text(entry.get("serial_number")),
        system_title=title.hex().upper() if len(title) == TITLE_SIZE and any(title) else "",
        since=_instant(_octets(entry.get("since")), zone),
    )


def _octets(value: Value | None) -> bytes:
    """Octets as they are; a number, as some concentrators keep addresses, in as few as it needs."""
    if isinstance(value, int) and value > 0:
        return value.to_bytes((value.bit_length() + 7) // 8, "big")
    return value if isinstance(value, bytes) else b""


def _text(value: Value | None) -> str:
    text = value.decode("ascii", "replace") if isinstance(value, bytes) else value if isinstance(value, str) else ""
    return "".join(filter(str.isprintable, text)).strip()[:_LONGEST_SERIAL]


def _instant(octets: bytes, zone: tzinfo) -> datetime | None:
    """None also for a time that leaves parts open."""
    try:
        return decode_datetime(octets, zone).at.astimezone(UTC)
    except RemoteProtocolError:
        return None
