"""Units as meters write them, and the units without multiples that values are kept in."""

from protocols.dlms.units import CODES

_MULTIPLES = {"": 0, "k": 3, "M": 6, "G": 9}
_BASES = ("Wh", "varh", "VAh", "W", "var", "VA", "V", "A", "J")
_WRITTEN = {f"{sign}{base}".lower(): (base, power) for sign, power in _MULTIPLES.items() for base in _BASES}
_OTHERS = {
    "m3": ("m³", 0),
    "m3/h": ("m³/h", 0),
    "mv": ("V", -3),
    "ma": ("A", -3),
    "degc": ("°C", 0),
    "°c": ("°C", 0),
    "ohm": ("Ω", 0),
}
MAX_UNIT = 16


def unit_of(written: str) -> tuple[str, int]:
    """The unit and the power of ten that goes to the exponent: ("Wh", 3) of kWh; as written and 0 where it is unknown.

    Capitals do not count, for meters write kvarh and kVArh; only mW, which could be two things, stays as it is.
    """
    if written in CODES or written == "mW":
        return written[:MAX_UNIT], 0
    lower = written.lower()
    known = _OTHERS.get(lower) or _WRITTEN.get(lower)
    return known or (written[:MAX_UNIT], 0)
