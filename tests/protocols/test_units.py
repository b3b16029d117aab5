"""Scaler and unit."""

from decimal import Decimal

import pytest

from protocols.dlms.data import Value, decode
from protocols.dlms.units import CODES, SYMBOLS, ScalerUnit, scaler_unit
from protocols.errors import RemoteProtocolError


@pytest.mark.parametrize(
    ("octets", "symbol", "raw", "value"),
    [
        ("02020f00161e", "Wh", 123, "123"),
        ("02020f03161b", "W", 5, "5000"),
        ("02020fff1623", "V", 2301, "230.1"),
        ("02020ffd160d", "m³", 1, "0.001"),
        ("02020f0016fe", "unit(254)", 7, "7"),
    ],
)
def test_exact_values(octets: str, symbol: str, raw: int, value: str) -> None:
    unit = scaler_unit(decode(bytes.fromhex(octets)))
    assert (unit.symbol, unit.scale(raw)) == (symbol, Decimal(value))
    assert unit.encode().hex() == octets


def test_symbols_and_codes_agree() -> None:
    assert all(SYMBOLS[code] == symbol for symbol, code in CODES.items())
    assert [CODES[symbol] for symbol in ("Wh", "varh", "V", "A", "Hz", "m³")] == [30, 32, 35, 33, 44, 13]


def test_large_registers_stay_exact() -> None:
    assert ScalerUnit(-3, 30).scale(2**64 - 1) == Decimal("18446744073709551.615")


@pytest.mark.parametrize("value", [None, 3, [0, 30], (0, 30, 1), (0.5, 30), (0, 300), ("0", "30")])
def test_other_shapes_are_refused(value: Value) -> None:
    with pytest.raises(RemoteProtocolError, match="scaler"):
        scaler_unit(value)
