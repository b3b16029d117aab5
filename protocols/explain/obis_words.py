"""What an OBIS code names, in words: the value groups of IEC 62056-61 and the objects every meter has."""

from protocols.dlms.obis import Obis

_OBJECTS: dict[tuple[int, int, int, int], str] = {
    (0, 1, 0, 0): "clock", (0, 2, 0, 0): "modem configuration", (0, 10, 0, 0): "global meter reset script",
    (0, 10, 0, 1): "demand reset script", (0, 10, 0, 100): "tariff script", (0, 10, 0, 106): "disconnect script",
    (0, 10, 0, 107): "image activation script", (0, 10, 0, 108): "push script", (0, 11, 0, 0): "special days",
    (0, 13, 0, 0): "activity calendar", (0, 14, 0, 0): "register activation", (0, 15, 0, 0): "end of billing schedule",
    (0, 15, 0, 1): "disconnect schedule", (0, 15, 0, 2): "image activation schedule", (0, 15, 0, 4): "push schedule",
    (0, 17, 0, 0): "limiter", (0, 21, 0, 5): "standard readout", (0, 22, 0, 0): "HDLC setup",
    (0, 24, 1, 0): "M-Bus client", (0, 24, 2, 1): "M-Bus value", (0, 24, 3, 0): "M-Bus profile",
    (0, 24, 4, 0): "M-Bus disconnect control", (0, 25, 0, 0): "TCP-UDP setup", (0, 25, 1, 0): "IPv4 setup",
    (0, 25, 2, 0): "MAC address", (0, 25, 3, 0): "PPP setup", (0, 25, 4, 0): "GPRS modem setup",
    (0, 25, 6, 0): "GSM diagnostic", (0, 25, 7, 0): "IPv6 setup", (0, 25, 9, 0): "push setup",
    (0, 25, 11, 0): "LTE monitoring", (0, 40, 0, 0): "current association", (0, 41, 0, 0): "SAP assignment",
    (0, 42, 0, 0): "logical device name", (0, 43, 0, 0): "security setup", (0, 43, 1, 0): "invocation counter",
    (0, 44, 0, 0): "image transfer", (0, 65, 0, 0): "utility tables", (0, 66, 0, 0): "compact data",
    (0, 96, 1, 0): "device id 1", (0, 96, 2, 0): "number of configuration changes",
    (0, 96, 3, 10): "disconnect control", (0, 96, 4, 0): "state of control signals",
    (0, 96, 5, 0): "operating status", (0, 96, 6, 0): "battery use time", (0, 96, 7, 0): "power failures of all phases",
    (0, 96, 7, 9): "long power failures", (0, 96, 7, 21): "power failures of any phase",
    (0, 96, 8, 0): "operating time",
    (0, 96, 11, 0): "event code", (0, 96, 12, 5): "field strength", (0, 96, 13, 0): "consumer message",
    (0, 96, 13, 1): "consumer message code", (0, 96, 14, 0): "active tariff", (0, 97, 97, 0): "error register",
    (0, 97, 98, 0): "alarm register 1", (0, 97, 98, 1): "alarm register 2", (0, 97, 98, 10): "alarm filter 1",
    (0, 97, 98, 11): "alarm filter 2", (0, 97, 98, 20): "alarm descriptor 1", (0, 97, 98, 21): "alarm descriptor 2",
    (0, 98, 1, 0): "billing profile", (0, 98, 2, 0): "daily billing profile", (0, 99, 98, 0): "standard event log",
    (0, 99, 98, 1): "fraud event log", (0, 99, 98, 2): "disconnector event log", (0, 99, 98, 3): "M-Bus event log",
    (0, 99, 98, 4): "communication event log", (0, 99, 98, 5): "power quality event log",
    (1, 0, 0, 0): "electricity id 1", (1, 0, 2, 0): "active firmware", (1, 0, 2, 8): "firmware signature",
    (1, 0, 8, 0): "demand period", (1, 0, 8, 4): "recording period of profile 1",
    (1, 98, 1, 0): "billing profile", (1, 99, 1, 0): "load profile 1", (1, 99, 2, 0): "load profile 2",
    (1, 99, 14, 0): "power quality profile", (1, 99, 97, 0): "power failure log",
    (1, 99, 98, 0): "event log",
}  # fmt: skip
"""By value groups A, C, D, E: the channel B does not change what it is."""

_FAMILIES: dict[tuple[int, int, int], str] = {
    (0, 10, 0): "script table", (0, 15, 0): "action schedule", (0, 21, 0): "readout", (0, 40, 0): "association",
    (0, 43, 0): "security setup", (0, 43, 1): "invocation counter", (0, 66, 0): "compact data",
    (0, 96, 1): "device id", (0, 96, 3): "control", (0, 96, 7): "power failures", (0, 96, 10): "status",
    (0, 96, 11): "event code", (0, 97, 98): "alarm object", (0, 99, 98): "event log", (0, 98, 1): "billing profile",
    (0, 98, 2): "billing profile", (1, 0, 2): "firmware", (1, 94, 31): "country-specific object",
}  # fmt: skip
"""By A, C, D, for every E not named above."""

_QUANTITIES: dict[int, str] = {
    1: "active import", 2: "active export", 3: "reactive import", 4: "reactive export", 5: "reactive QI",
    6: "reactive QII", 7: "reactive QIII", 8: "reactive QIV", 9: "apparent import", 10: "apparent export",
    11: "current", 12: "voltage", 13: "power factor", 14: "frequency", 15: "active absolute", 16: "active net",
}  # fmt: skip
"""Value group C of electricity for all phases; 20, 40 and 60 more for one phase."""

_CURRENTS = {90: "sum of currents", 91: "neutral current", 92: "neutral voltage"}
_MEASURED: dict[int, str] = {
    2: "cumulative maximum demand", 3: "minimum", 4: "average demand, current period", 5: "average demand, last period",
    6: "maximum demand", 7: "instantaneous", 8: "energy", 9: "energy of the billing period", 24: "average",
    25: "average", 29: "energy of the recording period", 31: "below threshold", 32: "below threshold, count",
    35: "above threshold", 36: "above threshold, count",
}  # fmt: skip
"""Value group D of electricity."""

_MEDIA = {4: "heat cost", 5: "cooling", 6: "heat", 7: "gas", 8: "cold water", 9: "hot water"}


def obis_words(name: Obis) -> str:
    """`active import energy, rate 1`; empty where the code says nothing known here."""
    a, b, c, d, e, f = name
    found = _OBJECTS.get((a, c, d, e)) or _FAMILIES.get((a, c, d))
    if found is None and a == 1:
        found = _electricity(c, d, e)
    if found is None and a in _MEDIA:
        found = _MEDIA[a] + (" volume or energy" if (c, d) in ((1, 0), (3, 0)) else "")
    if not found:
        return ""
    channel = f", channel {b}" if b and a == 0 else ""
    return found + channel + (f", billing period {f}" if f != 255 else "")


def named(name: Obis) -> str:
    """The code, and in brackets what it names where that is known."""
    words = obis_words(name)
    return f"{name} ({words})" if words else str(name)


def _electricity(c: int, d: int, e: int) -> str | None:
    phase, quantity = divmod(c, 20) if 20 < c < 80 else (0, c)
    what = _CURRENTS.get(c) or _QUANTITIES.get(quantity)
    if what is None or d not in _MEASURED:
        return None
    line = f" L{phase}" if phase else ""
    rate = f", rate {e}" if e and d in (2, 4, 5, 6, 8, 9) else ""
    return f"{what}{line} {_MEASURED[d]}{rate}"
