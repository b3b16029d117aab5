"""Scaler and unit."""

import math
from decimal import Decimal, localcontext

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


def test_scaling_ignores_the_decimal_context() -> None:
    with localcontext(prec=3):
        assert ScalerUnit(-9, 30).scale(123_456_789_012) == Decimal("123.456789012")
        assert str(ScalerUnit(1, 27).scale(0.1)) == "1.000000000000000055511151231257827021181583404541015625"


@pytest.mark.parametrize(
    ("raw", "unit", "shown"),
    [
        (2301, ScalerUnit(-1, 35), "230.1 V"),
        (-5, ScalerUnit(3, 27), "-5000 W"),
        (1.5, ScalerUnit(0, 33), "1.5 A"),
        (7, ScalerUnit(0, 255), "7"),
        (12, ScalerUnit(-2, 173), "0.12 Btu/h"),
    ],
)
def test_quantities_are_shown_with_their_unit(raw: Value, unit: ScalerUnit, shown: str) -> None:
    quantity = unit.quantity(raw)
    assert str(quantity) == shown
    assert quantity.unit is unit


@pytest.mark.parametrize("raw", [None, b"1", "1", [1], math.nan, math.inf])
def test_what_is_no_number_has_no_quantity(raw: Value) -> None:
    with pytest.raises(RemoteProtocolError, match="not a number"):
        ScalerUnit(0, 30).quantity(raw)


def test_every_code_of_the_table_has_a_symbol() -> None:
    defined = {*range(1, 58), *range(60, 68), 70, 71, 72, *range(128, 175), 255}
    assert set(SYMBOLS) == defined
    assert all(SYMBOLS[code] for code in defined - {255})


@pytest.mark.parametrize("value", [None, 3, [0, 30], (0, 30, 1), (0.5, 30), (0, 300), ("0", "30")])
def test_other_shapes_are_refused(value: Value) -> None:
    with pytest.raises(RemoteProtocolError, match="scaler"):
        scaler_unit(value)
