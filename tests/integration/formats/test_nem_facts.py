"""Facts of the market: check digits, suffixes, units, flags, market time."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integration.formats.nem import codes
from integration.formats.nem.clock import instant_text, market_day, market_instant
from integration.formats.nem.flags import DEFAULTS, Flags, from_status, parse_flags
from integration.formats.nem.nmi import checksum, why_no_nmi
from integration.formats.nem.suffixes import METERS, interval_obis, interval_suffix, register_obis, register_suffix
from integration.formats.nem.units import uom, written
from metering.quality import EstimationMethod, Quality, estimated_by

# Worked examples of the NMI Procedure.
CHECKSUMS = {
    "2001985732": 8,
    "2001985733": 6,
    "3075621875": 8,
    "4316854005": 9,
    "6305888444": 6,
    "7102000001": 7,
    "NAAAMYS582": 6,
    "NBBBX11110": 0,
    "QAAAVZZZZZ": 3,
    "QCDWW00010": 2,
    "SMVEW00085": 8,
    "VKTS876510": 8,
    "1234C6789A": 3,
}
UNITS = ["MWh", "kWh", "Wh", "MVArh", "kVArh", "VArh", "MVAr", "kVAr", "VAr", "MW", "kW", "W", "MVAh", "kVAh", "VAh"]
UNITS += ["MVA", "kVA", "VA", "kV", "V", "kA", "A", "pf"]


@pytest.mark.parametrize(("nmi", "digit"), CHECKSUMS.items())
def test_check_digits_of_the_procedure(nmi: str, digit: int) -> None:
    assert checksum(nmi) == digit
    assert why_no_nmi(nmi) == ""
    assert why_no_nmi(f"{nmi}{digit}") == ""
    assert why_no_nmi(f"{nmi}{(digit + 1) % 10}") == f"the check digit of this NMI is {digit}"


@pytest.mark.parametrize(
    "text", ["", "123456789", "123456789012", "12345678I0", "OAAAVZZZZZ", "qaaavzzzzz", "12345 7890"]
)
def test_what_is_no_nmi(text: str) -> None:
    assert why_no_nmi(text)


@pytest.mark.parametrize("text", UNITS)
def test_every_unit_is_known_in_any_case(text: str) -> None:
    unit = uom(text)
    assert unit is not None
    assert unit == uom(text.upper()) == uom(text.lower())
    name, own = written(unit.unit) or ("", None)
    assert own is not None
    assert own.unit == unit.unit
    assert uom(name) == own


@pytest.mark.parametrize("text", ["", "kWhh", "MV", "m3", "GWh", "k", "h"])
def test_other_units_are_not(text: str) -> None:
    assert uom(text) is None


@pytest.mark.parametrize(
    ("suffix", "unit", "obis"),
    [
        ("E1", "kWh", "1-0:1.29.0"),
        ("E2", "kWh", "1-2:1.29.0"),
        ("B1", "kWh", "1-0:2.29.0"),
        ("Q1", "kVArh", "1-0:3.29.0"),
        ("K1", "kVArh", "1-0:4.29.0"),
        ("T1", "kVAh", "1-0:9.29.0"),
        ("G1", "pf", "1-0:13.7.0"),
        ("V1", "V", "1-0:12.7.0"),
        ("V1", "A", "1-0:11.7.0"),
        ("F1", "kWh", "1-65:1.29.0"),
        ("E1", "kW", "1-0:1.7.0"),
    ],
)
def test_suffixes_and_obis_codes(suffix: str, unit: str, obis: str) -> None:
    assert interval_obis(suffix, uom(unit) or pytest.fail(unit)) == obis


@pytest.mark.parametrize(
    ("suffix", "unit"), [("E1", "kVArh"), ("E0", "kWh"), ("EI", "kWh"), ("X1", "kWh"), ("E", "kWh"), ("", "kWh")]
)
def test_what_no_suffix_measures(suffix: str, unit: str) -> None:
    assert interval_obis(suffix, uom(unit) or pytest.fail(unit)) == ""


def test_every_stream_has_a_code_of_its_own_and_back() -> None:
    seen: dict[tuple[str, str], str] = {}
    for text in UNITS:
        unit = uom(text) or pytest.fail(text)
        for suffix in (letter + meter for letter in "ABCDEFGHJKLMNPQRSTUVWXYZ" for meter in METERS):
            obis = interval_obis(suffix, unit)
            if obis:
                assert seen.setdefault((obis, unit.unit), suffix) == suffix
                assert interval_suffix(obis, unit.unit) == suffix
    assert len(seen) > 500


@pytest.mark.parametrize("direction", ["E", "I"])
@pytest.mark.parametrize("unit", ["kWh", "kVArh", "kVAh", "kW", "kVA"])
def test_registers_and_back(unit: str, direction: str) -> None:
    known = uom(unit) or pytest.fail(unit)
    codes_seen = set()
    for suffix in (meter + register for meter in METERS for register in METERS):
        obis = register_obis(suffix, known, direction)
        assert register_suffix(obis, known.unit) == (suffix, direction)
        codes_seen.add(obis)
    assert len(codes_seen) == len(METERS) ** 2


@pytest.mark.parametrize(
    "obis", ["1-0:1.8", "7-0:3.0.0", "1-0:1.8.0.255", "", "1-200:1.29.0", "1-0:32.7.0", "1-40:1.29.0"]
)
def test_codes_without_a_suffix(obis: str) -> None:
    assert interval_suffix(obis, "Wh") == ""


FLAGS = st.builds(
    Flags,
    st.sampled_from(sorted(codes.FLAGS)),
    st.none() | st.integers(0, 99),
    st.none() | st.integers(0, 999),
)


@given(FLAGS)
def test_flags_go_into_the_status_word_and_back(flags: Flags) -> None:
    assert flags.status < 2**32
    assert from_status(flags.status) == flags
    assert parse_flags(flags.quality_method, flags.reason_code) == flags


@given(st.integers(0, 2**25 - 1))
def test_the_status_of_a_meter_is_not_mistaken(word: int) -> None:
    assert from_status(word) is None


@pytest.mark.parametrize("text", ["", "B", "a", "A1", "S144", "14", "SS4", "A ,"])
def test_what_is_no_quality_method(text: str) -> None:
    assert isinstance(parse_flags(text, ""), str)


@pytest.mark.parametrize("reason", ["x", "-1", "1000", "1.5", "²"])
def test_what_is_no_reason(reason: str) -> None:
    assert isinstance(parse_flags("A", reason), str)


def test_qualities() -> None:
    assert Flags("A").quality == Quality.MEASURED
    assert Flags("A", None, codes.FAILED_TO_VALIDATE).quality == Quality.SUSPECT
    assert [Flags(flag).quality for flag in "ESF"] == [Quality.ESTIMATED, Quality.ESTIMATED, Quality.FINAL]
    assert Flags("F", 14, 24).quality == estimated_by(EstimationMethod.LIKE_DAY, final=True)
    assert Flags("S", 58, 79).quality == estimated_by(EstimationMethod.OUTAGE_ZERO)
    assert Flags("S", 58, 24).quality == estimated_by(EstimationMethod.ZERO)
    assert Flags("S", 18, 24).quality == Quality.EDITED
    assert Flags("N").quality == Quality.MISSING
    assert all(not flags.remarkable(described=False) for flags in DEFAULTS.values())


def test_market_time_is_ten_hours_ahead_all_year() -> None:
    assert market_instant("20260101100000") == 1767225600
    assert market_instant("202607011000") == 1782864000
    assert instant_text(1767225600) == "20260101100000"
    assert market_day(b"20260101") == 20_454


@pytest.mark.parametrize("text", ["", "20260230", "2026010", "202601011", "2026-1-1", "20261301"])
def test_days_there_are_not(text: str) -> None:
    assert market_day(text.encode()) is None


@pytest.mark.parametrize("text", ["", "20260101", "20260101250000", "2026010110000x", "20260230000000"])
def test_times_there_are_not(text: str) -> None:
    assert market_instant(text) is None
