"""Units of class 3 registers (Blue Book table "Enumerated values for physical units") and exact scaling."""

import math
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from protocols.dlms.elements import Encoded, Value
from protocols.dlms.encoding import enum, integer, structure
from protocols.errors import garbage

SYMBOLS: dict[int, str] = {
    1: "a", 2: "mo", 3: "wk", 4: "d", 5: "h", 6: "min", 7: "s", 8: "°", 9: "°C", 10: "currency",
    11: "m", 12: "m/s", 13: "m³", 14: "m³", 15: "m³/h", 16: "m³/h", 17: "m³/d", 18: "m³/d", 19: "l", 20: "kg",
    21: "N", 22: "Nm", 23: "Pa", 24: "bar", 25: "J", 26: "J/h", 27: "W", 28: "VA", 29: "var", 30: "Wh",
    31: "VAh", 32: "varh", 33: "A", 34: "C", 35: "V", 36: "V/m", 37: "F", 38: "Ω", 39: "Ωm²/m", 40: "Wb",
    41: "T", 42: "A/m", 43: "H", 44: "Hz", 45: "1/(Wh)", 46: "1/(varh)", 47: "1/(VAh)", 48: "V²h", 49: "A²h",
    50: "kg/s", 51: "S", 52: "K", 53: "1/(V²h)", 54: "1/(A²h)", 55: "1/m³", 56: "%", 57: "Ah",
    60: "Wh/m³", 61: "J/m³", 62: "mol%", 63: "g/m³", 64: "Pa·s", 65: "J/kg", 66: "g/cm²", 67: "atm",
    70: "dBm", 71: "dBµV", 72: "dB",
    128: "in", 129: "ft", 130: "lb", 131: "°F", 132: "°R", 133: "in²", 134: "ft²", 135: "acre", 136: "in³", 137: "ft³",
    138: "acre·ft", 139: "gal(imp)", 140: "gal(US)", 141: "lbf", 142: "psi", 143: "lb/ft³", 144: "lb/(ft·s)",
    145: "ft²/s", 146: "Btu", 147: "therm(EU)", 148: "therm(US)", 149: "Btu/lb", 150: "Btu/ft³", 151: "1/ft³",
    152: "ft/s", 153: "ft³/s", 154: "ft³/min", 155: "ft³/h", 156: "ft³/d", 157: "acre·ft/s", 158: "acre·ft/min",
    159: "acre·ft/h", 160: "acre·ft/d", 161: "1/gal(imp)", 162: "gal(imp)/s", 163: "gal(imp)/min", 164: "gal(imp)/h",
    165: "gal(imp)/d", 166: "1/gal(US)", 167: "gal(US)/s", 168: "gal(US)/min", 169: "gal(US)/h", 170: "gal(US)/d",
    171: "Btu/s", 172: "Btu/min", 173: "Btu/h", 174: "Btu/d",
    255: "",
}  # fmt: skip
"""13, 15 and 17 are volume and flow as measured, 14, 16 and 18 the same corrected to standard conditions; 1/x is a
meter constant (pulses per x). Not here: 0, 58, 59, 68, 69, 73-127 and 175-252 are reserved, 253 announces an extended
table that no edition has, 254 is any other unit."""

CODES: dict[str, int] = {symbol: code for code, symbol in reversed(SYMBOLS.items())}
"""Symbol to code; where two codes share a symbol the uncorrected (lower) one."""


@dataclass(frozen=True, slots=True)
class ScalerUnit:
    """Attribute 3 of a register: the value is raw * 10^scaler in the unit of enumeration `unit`."""

    scaler: int
    unit: int

    @property
    def symbol(self) -> str:
        """The unit's symbol; `unit(n)` for a code this table does not know, so that nothing is dropped."""
        symbol = SYMBOLS.get(self.unit)
        return f"unit({self.unit})" if symbol is None else symbol

    def scale(self, raw: int | float) -> Decimal:
        """A finite number in the unit, exactly: no digit is rounded, whatever the decimal context."""
        sign, digits, exponent = Decimal(raw).as_tuple()
        return Decimal((sign, digits, int(exponent) + self.scaler))

    def quantity(self, raw: Value) -> "Quantity":
        """The value of a register as the meter tells it. RemoteProtocolError (GARBAGE) if it is no finite number."""
        if not isinstance(raw, int | float) or not math.isfinite(raw):
            raise garbage(f"{raw!r} is not a number to scale")
        return Quantity(self.scale(raw), self)

    def encode(self) -> Encoded:
        """The structure {integer scaler, enum unit}."""
        return structure(integer(self.scaler), enum(self.unit))


class Quantity(NamedTuple):
    """A measured value in its unit; shown as `230.1 V`."""

    value: Decimal
    unit: ScalerUnit

    def __str__(self) -> str:
        return f"{self.value:f} {self.unit.symbol}".rstrip()


def scaler_unit(value: Value) -> ScalerUnit:
    """Interpret a decoded attribute 3. RemoteProtocolError (GARBAGE) if it is not {integer, enum}."""
    match value:
        case (int(scaler), int(unit)) if not isinstance(value, list) and -128 <= scaler <= 127 and 0 <= unit <= 255:
            return ScalerUnit(scaler, unit)
    raise garbage(f"{value!r} is not a scaler and unit")
