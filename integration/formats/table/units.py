"""Units as files write them: our spelling and the power of ten between both."""

from __future__ import annotations

_BASES = {
    "Wh": ("", "k", "M", "G"),
    "varh": ("", "k", "M", "G"),
    "VAh": ("", "k", "M", "G"),
    "W": ("", "k", "M"),
    "var": ("", "k", "M"),
    "VA": ("", "k", "M"),
    "V": ("", "k"),
    "A": ("", "k"),
    "J": ("", "k", "M", "G"),
    "Hz": ("",),
    "m3": ("",),
    "m3/h": ("",),
    "bar": ("",),
    "K": ("",),
    "°C": ("",),
}
_PREFIXES = {"": 0, "k": 3, "M": 6, "G": 9}
_MORE = {
    "m³": ("m3", 0),
    "nm3": ("m3", 0),
    "cbm": ("m3", 0),
    "l": ("m3", -3),
    "litre": ("m3", -3),
    "liter": ("m3", -3),
    "dm3": ("m3", -3),
    "dm³": ("m3", -3),
    "hl": ("m3", -1),
    "m³/h": ("m3/h", 0),
    "l/h": ("m3/h", -3),
    "mbar": ("bar", -3),
    "c": ("°C", 0),
    "degc": ("°C", 0),
    "pf": ("", 0),
    "1": ("", 0),
}
_KNOWN = {
    (prefix + base).casefold(): (base, _PREFIXES[prefix]) for base, prefixes in _BASES.items() for prefix in prefixes
} | _MORE


def unit_of(text: str) -> tuple[str, int] | None:
    """Our unit and the exponent of ten of `text`: `kWh` → (`Wh`, 3), `l` → (`m3`, −3). None where unknown.

    Upper and lower case are not told apart: nobody meters millijoules, everybody writes `KWH`.
    """
    return _KNOWN.get(text.strip().casefold())
