"""What is written is read again, value by value, with quality, status and words; what cannot be written is refused."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from integration.formats.errors import UnwritableError
from integration.formats.nem import codes
from integration.formats.nem.flags import Flags
from integration.formats.nem.suffixes import METERS, interval_kind, interval_obis
from integration.formats.nem.units import uom
from integration.formats.nem12 import why_unwritable, write_nem12
from integration.formats.portion import NO_VALUE, Channel, Kind, Letterhead, Portion, Remark
from metering.quality import EstimationMethod, Quality, estimated_by
from tests.integration.formats.nem_files import Key, block, content, day, errors, file_of, read, read_one, told

HEAD = Letterhead(sender="MDP1", receiver="RETAILER1", made_at=1_767_225_600)
MIDNIGHT = 1_767_225_600 - 36_000
CHANNEL = Channel("6102000001", "E1", "1-0:1.29.0", "Wh", Kind.CONSUMPTION, 1800, 0)


def written(*portions: Portion) -> bytes:
    return b"".join(write_nem12(portions, HEAD))


def portion_of(
    values: list[int],
    channel: Channel = CHANNEL,
    *,
    start: int = MIDNIGHT,
    quality: int | list[int] = 0,
    status: int | list[int] = 0,
    remarks: tuple[Remark, ...] = (),
    channels: tuple[Channel, ...] = (),
) -> Portion:
    """Values of one channel from `start` on."""
    many = len(values)
    return Portion(
        channels=(channel, *channels),
        channel=np.zeros(many, dtype=np.int32),
        at=start + channel.interval_s * np.arange(many, dtype=np.int64),
        values=np.array(values, dtype=np.int64),
        quality=np.full(many, quality, dtype=np.uint8),
        status=np.full(many, status, dtype=np.uint32),
        lines=np.zeros(many, dtype=np.int64),
        remarks=remarks,
    )


FLAGS = st.builds(
    Flags,
    st.sampled_from("AESFN"),
    st.none() | st.sampled_from(sorted(codes.METHODS)),
    st.none() | st.sampled_from(sorted(codes.REASONS)),
)
TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1, max_size=30)
STREAMS = st.sampled_from(
    [("E", "kWh"), ("B", "kWh"), ("Q", "kVArh"), ("T", "kVAh"), ("V", "V"), ("G", "pf"), ("E", "kW")]
)


@st.composite
def channels(draw: st.DrawFn) -> Channel:
    letter, name = draw(STREAMS)
    unit = uom(name)
    assert unit is not None
    suffix = letter + draw(st.sampled_from(METERS))
    kind = interval_kind(unit)
    source = draw(st.sampled_from(["", "METER, 1", "4711"])) if kind is Kind.INSTANTANEOUS else ""
    point = draw(st.sampled_from(["6102000001", "QAAAVZZZZZ"]))
    interval_s = draw(st.sampled_from([300, 900, 1800]))
    exponent = unit.power - draw(st.integers(-1, 9))
    return Channel(point, suffix, interval_obis(suffix, unit), unit.unit, kind, interval_s, exponent, source)


@st.composite
def portions(draw: st.DrawFn) -> Portion:
    """Two market days of one channel; flags and descriptions change where hypothesis likes."""
    channel = draw(channels())
    intervals = 2 * 86_400 // channel.interval_s
    seed = draw(st.integers(0, 2**32 - 1))
    values = np.random.default_rng(seed).integers(0, draw(st.sampled_from([10, 5_000, 10**13])), intervals)
    cuts = sorted(draw(st.sets(st.integers(1, intervals - 1), max_size=6)))
    quality, status = np.zeros(intervals, dtype=np.int64), np.zeros(intervals, dtype=np.int64)
    remarks = []
    for begin, end in zip([0, *cuts], [*cuts, intervals], strict=True):
        flags = draw(FLAGS)
        quality[begin:end], status[begin:end] = flags.quality, flags.status
        if flags.flag == "N":
            values[begin:end] = NO_VALUE
        if text := draw(st.none() | TEXTS):
            start = MIDNIGHT + begin * channel.interval_s
            remarks.append(Remark(0, start, MIDNIGHT + end * channel.interval_s, "nem12:400", text))
    if draw(st.booleans()):
        remarks.append(
            Remark(0, MIDNIGHT, MIDNIGHT + 86_400, "nem12:500", f"S,{draw(st.sampled_from(['', 'ORDER']))},,")
        )
    return portion_of(
        values.tolist(), channel, quality=quality.tolist(), status=status.tolist(), remarks=tuple(remarks)
    )


def amounts(portions: list[Portion]) -> dict[Key, tuple[Decimal | None, int, int]]:
    """Values as amounts: 1.5 of a hundred is 150."""
    return {
        key: (None if value == NO_VALUE else Decimal(value).scaleb(exponent), quality, status)
        for key, (value, exponent, quality, status) in content(portions).items()
    }


def periods(portions: list[Portion]) -> set[tuple[str, str, int, str, str]]:
    """Descriptions interval by interval: a file cuts them at midnight."""
    return {
        (point, name, at, kind, text)
        for point, name, start, end, kind, text in told(portions)
        for at in range(start, end, 300)
    }


@given(portions())
def test_what_is_written_is_read_again(portion: Portion) -> None:
    again = read(written(portion))
    assert [problem.reason for part in again for problem in errors(part)] == []
    assert amounts(again) == amounts([portion])
    assert periods(again) == periods([portion])


@given(portions(), st.integers(1, 90))
def test_a_channel_may_go_on_in_the_next_portion(portion: Portion, place: int) -> None:
    names = ("channel", "at", "values", "quality", "status", "lines")
    parts = [
        replace(portion, **{name: getattr(portion, name)[which] for name in names})
        for which in (slice(place), slice(place, None))
    ]
    assert written(*parts) == written(portion)


def test_portions_of_a_channel_may_have_different_exponents() -> None:
    portions = [portion_of([5] * 24, replace(CHANNEL, exponent=2)), portion_of([7] * 24, start=MIDNIGHT + 24 * 1800)]
    assert read_one(written(*portions)).values.tolist() == [500] * 24 + [7] * 24


def test_the_file_as_it_is_written() -> None:
    other = replace(CHANNEL, name="B1", obis="1-0:2.29.0")
    head, details, values, end, rest = written(portion_of([1250] * 48, channels=(other,))).split(b"\r\n")
    assert head == b"100,NEM12,202601011000,MDP1,RETAILER1"
    assert details == b"200,6102000001,E1B1,E1,E1,,,kWh,30,"
    assert values == b"300,20260101," + b"1.250," * 48 + b"A,,,20260101100000,"
    assert (end, rest) == (b"900", b"")


def test_days_begun_are_filled_with_no_data() -> None:
    portion = read_one(written(portion_of([1] * 10, start=MIDNIGHT + 1800)))
    assert len(portion) == 48
    assert portion.present.tolist() == [False] + [True] * 10 + [False] * 37
    assert portion.status[0] == Flags("N", None, codes.NULL_DATA).status


def test_a_day_of_25_hours_in_helsinki_is_market_days_like_any_other() -> None:
    start = 1_792_875_600  # 2026-10-25 00:00 in Helsinki, 25 hours until the next midnight
    portion = portion_of(list(range(50)), start=start)
    again = read_one(written(portion))
    assert again.at[again.present].tolist() == portion.at.tolist()
    assert again.values[again.present].tolist() == list(range(50))


@pytest.mark.parametrize(
    ("quality", "flags"),
    [
        (Quality.MEASURED, Flags("A")),
        (Quality.SUSPECT, Flags("A", None, 45)),
        (Quality.REJECTED, Flags("A", None, 45)),
        (Quality.SENTINEL, Flags("N", None, 45)),
        (Quality.ESTIMATED, Flags("S", 18, 78)),
        (estimated_by(EstimationMethod.LINEAR), Flags("S", 17, 78)),
        (estimated_by(EstimationMethod.OUTAGE_ZERO), Flags("S", 19, 79)),
        (estimated_by(EstimationMethod.LIKE_DAYS, final=True), Flags("F", 15, 78)),
        (Quality.EDITED, Flags("S", 18, 24)),
        (Quality.ACCEPTED, Flags("S", 18, 24)),
    ],
)
def test_qualities_without_a_status_of_the_market(quality: int, flags: Flags) -> None:
    portion = read_one(written(portion_of([1] * 48, quality=quality, status=0x08)))
    assert set(portion.status.tolist()) == {flags.status}


def test_a_value_edited_since_is_no_longer_actual() -> None:
    quality = [0] * 24 + [int(Quality.EDITED)] * 24
    portion = read_one(written(portion_of([1] * 48, quality=quality, status=Flags("A", None, 79).status)))
    assert portion.status[[0, 47]].tolist() == [Flags("A", None, 79).status, Flags("S", 18, 24).status]


def test_a_channel_of_ours_gets_the_suffix_of_its_code() -> None:
    portion = read_one(written(portion_of([1] * 48, replace(CHANNEL, name="Active energy", obis="1-2:2.8.0"))))
    assert (portion.channels[0].name, portion.channels[0].obis) == ("B2", "1-2:2.29.0")


def test_a_file_of_the_market_comes_out_as_it_went_in() -> None:
    octets = file_of(
        block(),
        day("20260101", ending="V,,,20260101100000,"),
        "400,1,20,A,,",
        "400,21,48,S14,0,Meter drowned",
        "500,S,RETNSRVCEORD1,20260101154500,001123.5",
        day("20260102", ending="F51,12,,20260101100000,"),
        header="100,NEM12,202601011000,MDP1,RETAILER1",
    )
    lines = written(read_one(octets)).decode().split("\r\n")
    kept = octets.decode().replace(",E1B1,E1,E1,N1,METER1,kWh,30,20260401", ",E1,E1,E1,,,kWh,30,").split("\n")
    assert lines == kept


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"kind": Kind.STAND, "interval_s": 0}, "register values go into NEM13"),
        ({"interval_s": 3600}, "intervals have 5, 15 or 30 minutes"),
        ({"point": "649999990000000057"}, "an NMI has 10 characters"),
        ({"obis": "7-0:3.29.0", "unit": "m3"}, "no NMI suffix for 7-0:3.29.0 in m3"),
        ({"obis": "1-0:32.7.0", "unit": "V"}, "no NMI suffix for 1-0:32.7.0 in V"),
        ({"exponent": -7}, "more than 9 decimals"),
    ],
)
def test_channels_the_format_has_no_words_for(changes: dict[str, object], reason: str) -> None:
    channel = replace(CHANNEL, **changes)  # type: ignore[arg-type]
    assert reason in why_unwritable(channel)
    with pytest.raises(UnwritableError, match=channel.point):
        written(portion_of([1], replace(channel, interval_s=channel.interval_s or 1800)))


def test_what_can_be_written_has_no_reason() -> None:
    assert why_unwritable(CHANNEL) == ""


@pytest.mark.parametrize(("value", "what"), [(-1, "is negative: -1"), (10**15, "has more than 15 digits")])
def test_values_the_format_cannot_hold_are_named(value: int, what: str) -> None:
    with pytest.raises(UnwritableError, match=f"the value of 20260101003000 {what}"):
        written(portion_of([0, value]))


def test_values_off_the_grid_are_refused() -> None:
    with pytest.raises(UnwritableError, match="not in order on the grid"):
        written(portion_of([1, 2], start=MIDNIGHT + 60))


def test_nothing_to_write_is_a_file_all_the_same() -> None:
    assert read_one(written()).problems == ()
