"""Units of class 3 registers (Blue Book table "Enumerated values for physical units") and exact scaling."""

from dataclasses import dataclass
from decimal import Decimal

from protocols.dlms.data import Encoded, Value
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
    70: "dBm", 71: "dBµV", 72: "dB", 255: "",
}  # fmt: skip
"""13 and 15-17 are volume and flow as measured, 14, 16 and 18 the same corrected to standard conditions."""

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

    def scale(self, raw: int) -> Decimal:
        """`raw` in the unit, exactly."""
        return Decimal(raw).scaleb(self.scaler)

    def encode(self) -> Encoded:
        """The structure {integer scaler, enum unit}."""
        return structure(integer(self.scaler), enum(self.unit))


def scaler_unit(value: Value) -> ScalerUnit:
    """Interpret a decoded attribute 3. RemoteProtocolError (GARBAGE) if it is not {integer, enum}."""
    match value:
        case (int(scaler), int(unit)) if not isinstance(value, list) and -128 <= scaler <= 127 and 0 <= unit <= 255:
            return ScalerUnit(scaler, unit)
    raise garbage(f"{value!r} is not a scaler and unit")
