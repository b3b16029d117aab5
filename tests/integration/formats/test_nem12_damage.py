"""Damaged files: nothing raises, no value goes to the wrong channel, good rows survive. Files read in parts."""

from __future__ import annotations

import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from integration.formats.nem12 import Nem12Reader
from integration.formats.portion import PORTION_VALUES, Portion
from tests.integration.formats.nem_files import block, content, day, errors, file_of, read, read_one

EVENTS = ["400,1,10,A,,", "400,11,48,S14,24,burnt"]


def _block(nmi: str) -> list[str]:
    values = [[f"{int(nmi[-1])}.{number:02}{interval:02}" for interval in range(48)] for number in range(4)]
    return [
        block(nmi),
        day("20260101", values[0]),
        day("20260102", values[1], ending="V,,,,"),
        *EVENTS,
        day("20260103", values[2], ending="S14,24,,,"),
        "500,O,,,",
        day("20260104", values[3]),
    ]


RECORDS = [*_block("6102000001"), *_block("6102000002"), *_block("6102000003")]
LINES = file_of(*RECORDS).split(b"\n")
WHOLE = content(read(file_of(*RECORDS)))
DAYS = [number for number, line in enumerate(LINES) if line.startswith(b"300")]
DAMAGE = st.binary(min_size=1, max_size=1).filter(lambda octet: octet not in b"0123456789,\n\r")


def _days_at(number: int) -> set[tuple[int, int]]:
    """The channel (by its last digit) and day that lines belong to which are at, or belong to, this line."""
    start = max(day for day in DAYS if day <= number) if number >= DAYS[0] else DAYS[0]
    before = [line for line in LINES[: start + 1] if line.startswith(b"200")]
    return {(int(before[-1].split(b",")[1][-1:]), int(LINES[start][4:12]))}


def _without(days: set[tuple[int, int]]) -> dict[object, object]:
    return {key: value for key, value in WHOLE.items() if (int(key[0][-1]), _date(key[4])) not in days}


def _date(at: int) -> int:
    return 20260101 + (at + 36_000) // 86_400 - 20_454


def test_the_file_these_tests_damage_is_whole() -> None:
    assert len(WHOLE) == 3 * 4 * 48
    assert _without(set()) == WHOLE


@settings(max_examples=200)
@given(st.data())
def test_damage_within_a_record_costs_its_day_and_no_other(data: st.DataObject) -> None:
    number = data.draw(st.sampled_from([n for n, line in enumerate(LINES) if line[:1] in b"345" and line]))
    places = [place for place, octet in enumerate(LINES[number]) if octet != 0x2C]
    line = bytearray(LINES[number])
    for place in data.draw(st.lists(st.sampled_from(places), min_size=1, max_size=4)):
        line[place : place + 1] = data.draw(DAMAGE)
    found = content(read(b"\n".join([*LINES[:number], bytes(line), *LINES[number + 1 :]])))
    expected = _without(_days_at(number))
    assert {key: value for key, value in found.items() if key in expected} == expected


@pytest.mark.parametrize("number", [n for n, line in enumerate(LINES) if line.startswith(b"200")])
@pytest.mark.parametrize("octets", [b"2x0" + LINES[1][3:], b"200", b"200,", b"\x80", b"200\x00,61,,,,,,,,"])
def test_a_damaged_block_costs_its_days_and_gives_them_to_nobody(number: int, octets: bytes) -> None:
    found = content(read(b"\n".join([*LINES[:number], octets, *LINES[number + 1 :]])))
    digit = int(LINES[number].split(b",")[1][-1:])
    if octets == b"\x80":
        assert set(found) >= set(_without({(digit, 20260101 + offset) for offset in range(4)}))
    else:
        assert found == {key: value for key, value in WHOLE.items() if int(key[0][-1]) != digit}


@given(st.integers(0, len(LINES) - 2))
def test_two_lines_that_run_together_give_nothing_to_the_wrong_channel(number: int) -> None:
    merged = b"\n".join([*LINES[:number], LINES[number] + LINES[number + 1], *LINES[number + 2 :]])
    found = content(read(merged))
    assert {key: WHOLE[key][0] for key in found} == {key: value[0] for key, value in found.items()}


@given(st.integers(0, len(b"\n".join(LINES))))
def test_a_file_cut_off_anywhere_gives_what_is_complete(place: int) -> None:
    portions = read(b"\n".join(LINES)[:place])
    assert content(portions).items() <= WHOLE.items()
    complete = b"\n".join(LINES)[:place].count(b"\n300")
    assert len(content(portions)) >= (complete - 2) * 48
    assert errors(portions[-1]) or place >= len(b"\n".join(LINES)) - 1


@settings(max_examples=300)
@given(st.binary(max_size=400), st.integers(0, len(LINES)))
def test_any_octets_anywhere_are_survived(octets: bytes, number: int) -> None:
    for portion in read(b"\n".join([*LINES[:number], octets, *LINES[number:]])):
        assert len(portion.at) == len(portion.values) == len(portion.channel) == len(portion.lines)
        assert all(problem.line > 0 and len(problem.text) <= 40 for problem in portion.problems)


@given(st.binary(max_size=300).filter(lambda octets: b"900" not in octets))
def test_any_octets_are_a_file_with_problems(octets: bytes) -> None:
    assert errors(read(b"100,NEM12,202601020304,A,B\n" + octets)[0])


def _long_file() -> bytes:
    """Several portions: small blocks, one larger than a portion, damaged lines, a day given twice."""
    row = [f"0.{number:03}" for number in range(288)]
    dates = [
        f"{year}{month:02}{day:02}" for year in range(2020, 2026) for month in range(1, 13) for day in range(1, 29)
    ]
    records: list[str] = []
    for nmi in ("6102000001", "6102000002", "6102000003"):
        records += [block(nmi, length=5), *(day(date, row) for date in dates[:600]), "garbage"]
    records += [block("6102000004", length=5), *(day(date, row) for date in dates)]
    records[900:900] = [day("20261231", ["1"] * 7)]
    records += [day(dates[5], row), block("bad"), *(day(date, row) for date in dates[:20])]
    return file_of(*records)


def _same(one: Portion, other: Portion) -> bool:
    arrays = ("channel", "at", "values", "quality", "status", "lines")
    rest = ("channels", "problems", "remarks", "position", "rows")
    return all((getattr(one, name) == getattr(other, name)).all() for name in arrays) and all(
        getattr(one, name) == getattr(other, name) for name in rest
    )


def test_reading_goes_on_where_any_portion_ended() -> None:
    octets = _long_file()
    portions = read(octets)
    assert len(portions) > 3
    assert max(len(portion) for portion in portions) <= PORTION_VALUES
    for number, portion in enumerate(portions[:-1], start=1):
        rest = read(octets, position=portion.position)
        assert len(rest) == len(portions) - number
        assert all(_same(one, other) for one, other in zip(rest, portions[number:], strict=True))


@pytest.mark.parametrize("ends", [b"\n", b"\r\n", b"\r"])
def test_going_on_with_other_ends_of_lines(ends: bytes) -> None:
    octets = b"\xef\xbb\xbf" + _long_file().replace(b"\n", ends)
    portions = read(octets)
    (portion, *_) = read(octets, position=portions[1].position)
    assert _same(portion, portions[2])


def test_lines_keep_their_numbers_where_a_block_of_the_file_ends_behind_a_record() -> None:
    """The file is scanned in pieces of a mebibyte to find where to go on; here one ends exactly behind a record 200."""
    filler = b"x" * 50_000 + b"\n"
    start = file_of(*[]).split(b"900")[0] + filler * 20
    start += b"y" * ((1 << 20) - len(start) - len(b"\n200,\n")) + b"\n200,\n"
    assert len(start) == 1 << 20
    octets = start + b"\n".join([b"first", b"second", b"900", b""])
    (whole,) = read(octets)
    (rest,) = read(octets, position=len(start) + len(b"first\n"))
    assert rest.problems == whole.problems[-1:]
    assert whole.problems[-1].line == start.count(b"\n") + 2


def test_a_file_read_to_its_end_has_nothing_more() -> None:
    octets = file_of(block(), day("20260101"))
    (portion,) = read(octets, position=len(octets))
    assert (len(portion), portion.problems) == (0, ())


def test_a_reader_that_goes_on_knows_the_header() -> None:
    octets = file_of(block(), day("20260101"))
    reader = Nem12Reader(io.BytesIO(octets), position=len(octets))
    list(reader)
    assert reader.header["sender"] == "MDP1"


def test_a_file_wrong_in_every_line_comes_in_portions() -> None:
    portions = read(file_of(*["rubbish"] * 12_000))
    assert len(portions) > 2
    assert sum(len(portion.problems) for portion in portions) == 12_000
    assert max(len(portion.problems) for portion in portions) <= 5_000


def test_a_line_without_end_is_not_kept() -> None:
    portion = read_one(file_of(block(), "300," + "1," * 5_000_000, block("6102000002"), day("20260101")))
    assert [problem.line for problem in errors(portion)] == [3]
    assert len(portion) == 48
