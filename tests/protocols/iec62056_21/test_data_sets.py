"""Data sets, numbers, names and units, as meters write them and as nobody should."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocols.dlms.obis import Obis
from protocols.errors import Cause, RemoteProtocolError
from protocols.iec62056_21 import DataSet, ShortNames, Value, decode_data_sets
from protocols.iec62056_21.data_sets import decode_read_out, encode_read_out
from protocols.iec62056_21.units import unit_of

_CHARACTERS = st.characters(codec="ascii", categories=("L", "N"))
_TEXTS = st.text(_CHARACTERS, max_size=20)
SETS = st.builds(
    DataSet,
    st.text(_CHARACTERS, min_size=1, max_size=16),
    st.lists(st.builds(Value, _TEXTS, st.text(_CHARACTERS, max_size=8)), min_size=1, max_size=4).map(tuple),
)


def test_lists_duplicates_and_historic_values() -> None:
    found = decode_data_sets(
        "1.8.0(0012.5*kWh)\r\n1.8.0*01(0011.0*kWh)\r\n1.8.0&02(10)\r\n1.6.0(1.25*kW)(2611211030)\r\n1.8.0(7)F.F(00)\r\n"
    )
    assert [(each.code, each.history, len(each.values)) for each in found] == [
        ("1.8.0", None, 1),
        ("1.8.0", 1, 1),
        ("1.8.0", 2, 1),
        ("1.6.0", None, 2),
        ("1.8.0", None, 1),
        ("F.F", None, 1),
    ]
    assert found[0].values == (Value("0012.5", "kWh"),)


def test_values_that_begin_a_line_belong_to_the_set_before() -> None:
    (found,) = decode_data_sets("P.01(1)(2)\r\n(3)(4)\r\n(5)(6)")
    assert "".join(value.text for value in found.values) == "123456"
    (alone,) = decode_data_sets("(0012.5*kWh)")
    assert alone == DataSet("", (Value("0012.5", "kWh"),))


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("0012.500", (12500, -3)),
        ("-7", (-7, 0)),
        ("+00.1", (1, -1)),
        ("12.", (12, 0)),
        (" 4", (4, 0)),
        ("9" * 18, (int("9" * 18), 0)),
    ],
)
def test_numbers_keep_their_digits(text: str, number: tuple[int, int]) -> None:
    assert Value(text).number == number


@pytest.mark.parametrize("text", ["", "1,5", "1e5", "0x1", "--1", ".5", "9" * 19, "nan", "\u0665"])
def test_what_is_no_number_is_not_made_one(text: str) -> None:
    with pytest.raises(RemoteProtocolError) as error:
        _ = Value(text).number
    assert error.value.cause is Cause.GARBAGE


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("1.8.0", "line 1, character 6"),
        ("1.8.0(1)\r\n2.8.0(1", "line 2, character 6"),
        ("1.8.0(1)x", "line 1, character 10"),
        ("(" + "1" * 200 + ")", "line 1, character 1"),
        ("1.8.0(1*2*3)", "line 1, character 6"),
    ],
)
def test_what_is_no_data_set_is_named_with_its_place(text: str, place: str) -> None:
    with pytest.raises(RemoteProtocolError, match=place) as error:
        decode_data_sets(text)
    assert error.value.cause is Cause.GARBAGE


@given(st.lists(SETS, max_size=20).map(tuple))
def test_a_readout_comes_back_as_it_was(sets: tuple[DataSet, ...]) -> None:
    assert decode_read_out(encode_read_out(sets)) == sets


def test_a_readout_has_an_end() -> None:
    with pytest.raises(RemoteProtocolError, match="does not end"):
        decode_read_out("1.8.0(1)\r\n")


@given(st.text(st.characters(codec="ascii"), max_size=400))
def test_any_text_is_taken_or_refused(text: str) -> None:
    try:
        decode_data_sets(text)
    except RemoteProtocolError as error:
        assert "line " in str(error)


@pytest.mark.parametrize(
    ("code", "obis"),
    [
        ("1.8.0", "1-0:1.8.0"),
        ("1.8", "1-0:1.8.0"),
        ("1-1:1.8.0*255", "1-1:1.8.0"),
        ("1.8.0*01", "1-0:1.8.0*1"),
        ("P.01", "1-0:99.1.0"),
        ("P.98", "1-0:99.98.0"),
        ("F.F", "1-0:97.97.0"),
        ("C.1.0", "0-0:96.1.0"),
    ],
)
def test_short_codes_stand_for_obis_codes(code: str, obis: str) -> None:
    names = ShortNames({Obis.parse("0-0:96.1.0"): "C.1.0"})
    assert str(names.obis(code)) == obis


@pytest.mark.parametrize("obis", ["1-0:1.8.0", "1-0:1.8.0*3", "7-1:3.0.0", "0-0:96.1.0"])
def test_what_an_object_is_called_leads_back_to_it(obis: str) -> None:
    names = ShortNames({Obis.parse("0-0:96.1.0"): "C.1.0"})
    assert str(names.obis(names.code(Obis.parse(obis)))) == obis
    assert names.code(Obis.parse("1-0:1.8.0")) == "1.8.0"


@pytest.mark.parametrize("code", ["", "1", "300.1.0", "X.1", "1.8.0.0", "1-:1.8.0"])
def test_what_is_no_code_is_garbage(code: str) -> None:
    with pytest.raises(RemoteProtocolError) as error:
        ShortNames().obis(code)
    assert error.value.cause is Cause.GARBAGE


@pytest.mark.parametrize(
    ("written", "unit"),
    [
        ("kWh", ("Wh", 3)),
        ("MWh", ("Wh", 6)),
        ("kvarh", ("varh", 3)),
        ("kVArh", ("varh", 3)),
        ("V", ("V", 0)),
        ("m3", ("m³", 0)),
        ("mW", ("mW", 0)),
        ("", ("", 0)),
        ("furlong", ("furlong", 0)),
    ],
)
def test_units_lose_their_multiples(written: str, unit: tuple[str, int]) -> None:
    assert unit_of(written) == unit
