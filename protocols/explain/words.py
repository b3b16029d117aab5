"""Names of numbers: APDUs, interface classes, clients, manufacturers."""

from enum import Enum

from protocols.dlms.classes import interface_classes
from protocols.dlms.conformance import Conformance
from protocols.dlms.security.ciphered_tags import DED_SERVICES, GLO_SERVICES

APDUS: dict[int, str] = {
    1: "initiate-request", 5: "read-request", 6: "write-request", 8: "initiate-response", 12: "read-response",
    13: "write-response", 14: "confirmed-service-error", 15: "data-notification", 16: "data-notification-confirm",
    22: "unconfirmed-write-request",
    24: "information-report", 0x60: "AARQ", 0x61: "AARE", 0x62: "RLRQ", 0x63: "RLRE",
    192: "get-request", 193: "set-request", 194: "event-notification", 195: "action-request", 196: "get-response",
    197: "set-response", 199: "action-response", 216: "exception-response", 217: "access-request",
    218: "access-response", 219: "general-glo-ciphering", 220: "general-ded-ciphering", 221: "general-ciphering",
    223: "general-signing", 224: "general-block-transfer",
}  # fmt: skip
"""First octets of the APDUs that are not ciphered for one service."""

GLO = GLO_SERVICES | {33: 1, 40: 8}
"""Tag of a service ciphered with the global key, and the service inside; the initiate messages included."""
DED = DED_SERVICES | {65: 1, 72: 8}
"""The same with the dedicated key."""
SAID_BY_CLIENT = frozenset((1, 5, 6, 16, 22, 192, 193, 195, 217, 0x60, 0x62))
"""Services of which the client is the sender; all others come from the server."""

_TABLES = {made.table.class_id: made.table for made in interface_classes()}
_MORE_CLASSES: dict[int, str] = {
    10: "Schedule", 24: "IEC twisted pair setup", 46: "SMTP setup", 50: "S-FSK Phy&MAC setup",
    51: "S-FSK active initiator", 52: "S-FSK MAC synchronization timeouts", 53: "S-FSK MAC counters",
    55: "IEC 61334-4-32 LLC setup", 56: "S-FSK reporting system list", 67: "Sensor manager",
    73: "Wireless mode Q channel", 76: "DLMS server M-Bus port setup", 80: "61334-4-32 LLC SSCS setup",
    81: "PRIME physical layer counters", 82: "PRIME MAC setup", 83: "PRIME MAC functional parameters",
    84: "PRIME MAC counters", 85: "PRIME MAC network administration data", 86: "PRIME application identification",
    90: "G3-PLC MAC layer counters", 91: "G3-PLC MAC setup", 92: "G3-PLC 6LoWPAN adaptation layer setup",
    100: "NTP setup", 122: "Function control", 123: "Array manager", 124: "Communication port protection",
    152: "CoAP setup",
}  # fmt: skip
"""Interface classes of the Blue Book for which there is no table."""

_STATIONS = {1: "management", 16: "public client", 102: "pre-established client"}
"""1 is the management client and the management logical device alike."""
_MANUFACTURER = 3


def class_name(number: int) -> str:
    """`8 Clock`; the number alone where the class is not known here."""
    table = _TABLES.get(number)
    name = table.title if table else _MORE_CLASSES.get(number)
    return f"{number} {name}" if name else str(number)


def member_name(class_id: int, index: int, kind: str) -> str:
    """The name of an attribute or method (`kind`) of the newest version of a class; empty where it is not known."""
    table = _TABLES.get(class_id)
    if table is None:
        return ""
    rows = table.attributes if kind == "attribute" else table.methods
    return next((row.name for row in rows if row.index == index), "")


def station_name(address: int) -> str:
    """`16 (public client)`; other addresses as numbers."""
    return f"{address} ({_STATIONS[address]})" if address in _STATIONS else str(address)


def title_name(title: bytes) -> str:
    """A system title as its three manufacturer letters and the serial number behind them."""
    letters = title[:_MANUFACTURER]
    if len(title) != 8 or not all(0x41 <= letter <= 0x5A for letter in letters):
        return f"{title.hex(' ').upper()} (not the usual letters of a manufacturer and serial number)"
    return f"manufacturer {letters.decode()}, number {int.from_bytes(title[_MANUFACTURER:], 'big')}"


def conformance_names(bits: int) -> list[str]:
    """The services of a conformance block, in the order of the standard."""
    named = {flag.value: _plain(str(flag.name)) for flag in Conformance if flag.value}
    return [named.get(1 << (23 - bit), f"bit {bit}") for bit in range(24) if bits >> (23 - bit) & 1]


def number_name(names: type[Enum], value: int) -> str:
    """The member of an enumeration in words; says so where the standard has none."""
    try:
        return f"{value}: {_plain(names(value).name)}"
    except ValueError:
        return f"{value}: not defined"


def _plain(name: str) -> str:
    return name.lower().replace("_", " ")
