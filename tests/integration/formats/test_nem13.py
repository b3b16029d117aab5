"""NEM13: readings of registers in and out."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from integration.formats.errors import UnwritableError
from integration.formats.nem.clock import market_instant
from integration.formats.nem.flags import Flags
from integration.formats.nem13 import Nem13Reader, unpaired, why_unwritable, write_nem13
from integration.formats.nem13.reading import COLUMN, FIELDS
from integration.formats.portion import NO_VALUE, Channel, Kind, Letterhead, Portion, Remark, Severity
from metering.quality import Quality
from tests.integration.formats.nem_files import content, errors, told

HEADER = "100,NEM13,202601020304,MDP1,RETAILER1"
HEAD = Letterhead(sender="MDP1", receiver="RETAILER1", made_at=1_767_225_600)
FIRST, SECOND, THIRD = "20251001103230", "20260101100030", "20260401093000"
CHANNEL = Channel("1234567890", "11", "1-0:1.8.1", "Wh", Kind.STAND, 0, 2, "METER66")


def record(**changes: str) -> str:
    """A record 250 with these fields changed."""
    text = f"250,1234567890,1141,01,11,11,METER66,E,000021.2,{FIRST},A,,,000534.5,{SECOND},E64,77,,513.3,kWh,20260409,,"
    fields = dict(zip(FIELDS, text.split(","), strict=True)) | changes
    return ",".join(fields.values())


def file_of(*records: str, end: str = "\n900\n") -> bytes:
    return "\n".join((HEADER, *records)).encode() + end.encode()


def read(octets: bytes, *, position: int = 0) -> list[Portion]:
    return list(Nem13Reader(io.BytesIO(octets), position=position))


def read_one(octets: bytes) -> Portion:
    (portion,) = read(octets)
    return portion


def written(*portions: Portion) -> bytes:
    return b"".join(write_nem13(portions, HEAD))


def stands(values: Sequence[int], channel: Channel = CHANNEL, *, start: int = 0, quality: int = 0) -> Portion:
    """A reading a day."""
    many = len(values)
    return Portion(
        channels=(channel,),
        channel=np.zeros(many, dtype=np.int32),
        at=start + 86_400 * np.arange(many, dtype=np.int64),
        values=np.array(values, dtype=np.int64),
        quality=np.full(many, quality, dtype=np.uint8),
        status=np.zeros(many, dtype=np.uint32),
        lines=np.zeros(many, dtype=np.int64),
    )


def test_two_readings_with_their_quality() -> None:
    portion = read_one(file_of(record()))
    assert portion.channels == (CHANNEL,)
    assert portion.at.tolist() == [market_instant(FIRST), market_instant(SECOND)]
    assert portion.values.tolist() == [212, 5345]
    assert portion.quality.tolist() == [Quality.MEASURED, Quality.SUSPECT]
    assert portion.status.tolist() == [Flags("A").status, Flags("E", 64, 77).status]
    assert (portion.problems, portion.rows) == ((), 2)


def test_what_a_record_says_beside_the_readings_becomes_a_remark() -> None:
    portion = read_one(file_of(record(CurrentReasonCode="0", CurrentReasonDescription="dog"), "550,N,,S,ORDER1"))
    start, end = portion.at.tolist()
    assert portion.remarks == (
        Remark(0, end, end + 1, "nem13:reason", "dog"),
        Remark(
            *(0, start, end, "nem13:250"),
            "Quantity 513.3; UOM kWh; NMIConfiguration 1141; RegisterID 01; MDMDataStreamIdentifier 11; "
            "PreviousRegisterRead 000021.2; CurrentRegisterRead 000534.5; NextScheduledReadDate 20260409",
        ),
        Remark(0, start, end, "nem13:550", "N,,S,ORDER1"),
    )


@pytest.mark.parametrize(
    ("changes", "obis", "unit", "kind"),
    [
        ({"DirectionIndicator": "I"}, "1-0:2.8.1", "Wh", Kind.STAND),
        ({"NMISuffix": "42"}, "1-4:1.8.2", "Wh", Kind.STAND),
        ({"UOM": "kVArh"}, "1-0:3.8.1", "varh", Kind.STAND),
        ({"UOM": "kW"}, "1-0:1.6.1", "W", Kind.INSTANTANEOUS),
    ],
)
def test_registers(changes: dict[str, str], obis: str, unit: str, kind: Kind) -> None:
    (channel,) = read_one(file_of(record(**changes))).channels
    assert (channel.obis, channel.unit, channel.kind, channel.interval_s) == (obis, unit, kind, 0)


def test_the_current_reading_is_the_previous_of_the_next_record() -> None:
    following = record(
        PreviousRegisterRead="534.5",
        PreviousRegisterReadDateTime=SECOND,
        PreviousQualityMethod="E64",
        PreviousReasonCode="77",
        CurrentRegisterRead="600.25",
        CurrentRegisterReadDateTime=THIRD,
    )
    portion = read_one(file_of(record(), record(NMISuffix="12"), following))
    assert [(channel.name, channel.exponent) for channel in portion.channels] == [("11", 1), ("12", 2)]
    assert portion.values.tolist() == [2120, 53450, 60025, 212, 5345]
    assert portion.lines.tolist() == [2, 4, 4, 3, 3]


def test_two_readings_of_one_instant_are_the_later_record() -> None:
    portion = read_one(file_of(record(), record(CurrentRegisterRead="000535.0")))
    assert portion.values.tolist() == [212, 5350]
    assert [(problem.line, problem.severity) for problem in portion.problems] == [(3, Severity.REPAIRED)]


@pytest.mark.parametrize(
    ("name", "text", "reason"),
    [
        ("NMI", "12345678905", "the check digit of this NMI is"),
        ("NMISuffix", "1", "not the suffix of a register of kWh"),
        ("NMISuffix", "10", "not the suffix of a register of kWh"),
        ("UOM", "gallon", "not a unit of measure"),
        ("DirectionIndicator", "X", "the direction is E"),
        ("PreviousRegisterReadDateTime", "20251301000000", "not a date and time"),
        ("CurrentRegisterReadDateTime", FIRST, "not later than the previous"),
        ("CurrentQualityMethod", "V", "quality V says nothing here"),
        ("PreviousQualityMethod", "", "not a quality method"),
    ],
)
def test_a_refused_record_is_named_and_others_are_taken(name: str, text: str, reason: str) -> None:
    portion = read_one(file_of(record(**{name: text}), "550,N,,A,", record(NMISuffix="12")))
    problem, order = errors(portion)
    assert (problem.line, problem.column, problem.values) == (2, str(COLUMN[name]), 2)
    assert reason in problem.reason
    assert order.line == 3
    assert [channel.name for channel in portion.channels] == ["12"]


@pytest.mark.parametrize("text", ["", "x", "-5", "1e3", "1234567890123456"])
def test_a_reading_that_is_no_number_does_not_cost_the_other(text: str) -> None:
    portion = read_one(file_of(record(CurrentRegisterRead=text)))
    (problem,) = errors(portion)
    assert (problem.line, problem.column, problem.text) == (2, str(COLUMN["CurrentRegisterRead"]), text)
    assert portion.values.tolist() == [212, NO_VALUE]


def test_a_reading_flagged_as_no_data_is_none() -> None:
    portion = read_one(file_of(record(CurrentRegisterRead="", CurrentQualityMethod="N", CurrentReasonCode="78")))
    assert portion.values.tolist() == [212, NO_VALUE]
    assert portion.problems == ()


def test_a_negative_quantity_is_told_and_the_readings_are_taken() -> None:
    portion = read_one(file_of(record(Quantity="-1")))
    assert [(problem.column, problem.values) for problem in errors(portion)] == [(str(COLUMN["Quantity"]), 0)]
    assert int(portion.present.sum()) == 2


@pytest.mark.parametrize("line", ["550,Q,,A,", "550,N,,Q,", "550,N,,A,,,", "550", "250,1", '250,"1', "200,1,2", "\x00"])
def test_other_lines_are_refused(line: str) -> None:
    portion = read_one(file_of(record(), line, record(NMISuffix="12")))
    assert [problem.line for problem in errors(portion)] == [3]
    assert int(portion.present.sum()) == 4


def test_interval_data_are_another_format() -> None:
    assert [p.reason for p in read_one(b"100,NEM12,202601020304,A,B\n").problems] == [
        "the header says this is NEM12, not NEM13"
    ]


def test_a_file_of_the_market_comes_out_as_it_went_in() -> None:
    lines = [
        HEADER.replace("202601020304", "202601011000"),
        record(UpdateDateTime="20260102000000", MSATSLoadDateTime="20260103000000"),
        "550,N,,A,",
        record(
            PreviousRegisterRead="000534.5",
            PreviousRegisterReadDateTime=SECOND,
            PreviousQualityMethod="E64",
            PreviousReasonCode="77",
            CurrentRegisterRead="000600.0",
            CurrentRegisterReadDateTime=THIRD,
            CurrentQualityMethod="A",
            CurrentReasonCode="",
            Quantity="655.0",
            UpdateDateTime="20260402000000",
        ),
        "900",
        "",
    ]
    assert written(read_one("\n".join(lines).encode())).decode().split("\r\n") == lines


def test_the_quantity_of_readings_of_ours_is_their_difference() -> None:
    line = written(stands([212, 5345])).split(b"\r\n")[1].decode()
    assert dict(zip(FIELDS, line.split(","), strict=True))["Quantity"] == "513.3"
    assert line.startswith(
        "250,1234567890,11,11,11,,METER66,E,21.2,19700101100000,A,,,534.5,19700102100000,A,,,513.3,kWh,"
    )


def test_a_corrected_reading_is_written_with_a_quantity_of_its_own() -> None:
    portion = read_one(file_of(record()))
    portion.values[1] = 6345
    fields = dict(zip(FIELDS, written(portion).split(b"\r\n")[1].decode().split(","), strict=True))
    assert (fields["PreviousRegisterRead"], fields["CurrentRegisterRead"], fields["Quantity"]) == (
        "000021.2",
        "634.5",
        "613.3",
    )


READINGS = st.lists(st.integers(0, 10**11), min_size=2, max_size=12).map(sorted)


@given(READINGS, st.integers(1, 11), st.sampled_from(["11", "3Z"]), st.sampled_from([0, int(Quality.SUSPECT)]))
def test_what_is_written_is_read_again(values: list[int], place: int, name: str, quality: int) -> None:
    obis = {"11": "1-0:1.8.1", "3Z": "1-3:1.8.33"}[name]
    portion = stands(values, replace(CHANNEL, name=name, obis=obis, exponent=-2), quality=quality)
    again = read(written(portion))
    assert [problem for part in again for problem in errors(part)] == []
    found = {key: (value * 10 ** (exponent + 2), code) for key, (value, exponent, code, _) in content(again).items()}
    assert found == {key: (value, code) for key, (value, _, code, _) in content([portion]).items()}
    assert content(read(written(*again))) == content(again)
    assert told(read(written(*again))) == told(again)
    rest = stands(values[place:], portion.channels[0], start=86_400 * place, quality=quality)
    assert written(stands(values[:place], portion.channels[0], quality=quality), rest) == written(portion)


@given(st.binary(max_size=300), st.integers(0, 4))
def test_any_octets_anywhere_are_survived(octets: bytes, place: int) -> None:
    lines = file_of(record(), "550,N,,A,", record(NMISuffix="12")).split(b"\n")
    for portion in read(b"\n".join([*lines[:place], octets, *lines[place:]])):
        assert len(portion.at) == len(portion.values) == len(portion.channel)


def test_reading_goes_on_where_a_portion_ended() -> None:
    records = [text for number in range(30_000) for text in (record(NMI=f"61{number:08}"), "550,N,,A,")]
    octets = file_of(*records)
    portions = read(octets)
    assert len(portions) == 2
    (rest,) = read(octets, position=portions[0].position)
    assert (rest.values == portions[1].values).all()
    assert (rest.lines == portions[1].lines).all()
    assert (rest.channels, rest.remarks, rest.problems) == (
        portions[1].channels,
        portions[1].remarks,
        portions[1].problems,
    )


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"kind": Kind.CONSUMPTION, "interval_s": 900}, "interval values go into NEM12"),
        ({"point": "649999990000000057"}, "an NMI has 10 characters"),
        ({"obis": "7-0:3.0.0", "unit": "m3"}, "no NMI suffix for 7-0:3.0.0 in m3"),
        ({"exponent": -7}, "more than 9 decimals"),
    ],
)
def test_channels_the_format_has_no_words_for(changes: dict[str, object], reason: str) -> None:
    channel = replace(CHANNEL, **changes)  # type: ignore[arg-type]
    assert reason in why_unwritable(channel)
    with pytest.raises(UnwritableError):
        written(stands([1, 2], channel))


def test_where_a_register_runs_backwards_there_is_no_quantity_and_no_record() -> None:
    portion = stands([5, 7, 2, 3])
    (again,) = read(written(portion))
    assert (again.rows, again.values.tolist()) == (3, [5, 7, 2, 3])
    assert len(read_one(written(stands([2, 1])))) == 0


def test_readings_no_record_would_show_are_told_beforehand() -> None:
    portion = stands([5, 7, 2, 1, 3])
    wanted = np.ones(len(portion), np.bool_)
    assert unpaired(portion, wanted).tolist() == [False, False, True, False, False]
    assert unpaired(portion, wanted & (portion.values != 3)).tolist() == [False, False, True, True, False]
    (again,) = read(written(portion))
    assert sorted(again.values.tolist()) == [1, 3, 5, 7]
    assert unpaired(stands([5]), wanted[:1]).tolist() == [True]


def test_a_backward_step_with_a_quantity_of_its_own_is_a_period() -> None:
    portion = read_one(file_of(record(PreviousRegisterRead="99990", CurrentRegisterRead="10", Quantity="20")))
    assert not unpaired(portion, np.ones(len(portion), np.bool_)).any()
    assert content(read(written(portion))) == content([portion])


def test_a_single_reading_has_no_period() -> None:
    portion = read_one(written(stands([5])))
    assert (len(portion), portion.problems) == (0, ())
