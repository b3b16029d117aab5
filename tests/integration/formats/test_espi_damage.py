"""Hostile and damaged Green Button files: stopped or read as far as they are whole, never an exception."""

from __future__ import annotations

import io
import time
import tracemalloc

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from integration.formats.espi import EspiReader, limits
from integration.formats.portion import NO_VALUE, Severity
from tests.integration.formats.espi_feed import (
    GOOD,
    HOUR_S,
    LINKS,
    NEXT,
    POINT,
    START,
    block,
    hourly,
    quality,
    read,
    read_block,
    read_one,
    reading,
)


@pytest.mark.parametrize(
    ("octets", "reason"),
    [
        (b"", "empty"),
        (b"NEM12,200402070911,MDA1,Ret1", "not an XML file"),
        (b"PK\x03\x04 a workbook", "not an XML file"),
        (b"<html><body/></html>", "not a Green Button file"),
        (b"<feed><entry/></feed>", "not a Green Button file"),
        (hourly(block(GOOD)).decode().encode("utf-16"), "UTF-16"),
        (b'<?xml version="1.0" encoding="UTF-7"?>' + hourly(block(GOOD)), "encoding UTF-7"),
        (b"<!DOCTYPE feed SYSTEM 'http://127.0.0.1:9/x.dtd'>" + hourly(block(GOOD)), "declarations are refused"),
        (b"<!-- a --><!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]><a>&b;</a>", "declarations are refused"),
        (b"<?xml version='1.0'?>\n<!ENTITY a 'b'>" + hourly(block(GOOD)), "declarations are refused"),
        (b"<!--" + b"-" * 70_000 + b"--><a/>", "no element in the first"),
    ],
)  # fmt: skip
def test_what_is_no_green_button_file_is_one_problem(octets: bytes, reason: str) -> None:
    portion = read_one(octets)
    assert len(portion) == 0
    (problem,) = portion.problems
    assert reason in problem.reason
    assert problem.line >= 1


def test_a_declaration_inside_the_file_ends_it() -> None:
    portion = read_one(hourly(block(GOOD), "<!DOCTYPE a [<!ENTITY b 'c'>]>", block(reading(NEXT, 6))))
    assert portion.values.tolist() == [5]
    assert portion.problems[-1].severity is Severity.ERROR


def test_an_entity_is_never_expanded() -> None:
    portion = read_one(hourly(block(GOOD), "&lol;", block(reading(NEXT, 6))))
    assert portion.values.tolist() == [5]
    assert "lol" in portion.problems[0].reason


@pytest.mark.parametrize(
    "hostile",
    [
        "<a>" * 5_000,
        "<a " + "b='c' " * 300_000,
        "<a b='" + "c" * 3_000_000,
        "x" * 13_000_000,
        "<a/>" * 3_200_000,
        "<entry><content>" + "<e:UsagePoint/>" * 600_000,
    ],
    ids=["nesting", "attributes", "attribute", "text", "elements", "entry"],
)
def test_what_grows_without_end_is_stopped_with_what_came_before(hostile: str) -> None:
    octets = hourly(block(GOOD) + "<entry></entry>" + hostile)
    begun = time.process_time()
    portions = read(octets)
    assert [portion.values.tolist() for portion in portions] == [[5]]
    assert portions[-1].problems[-1].severity is Severity.ERROR
    assert time.process_time() - begun < 60, "other work on the machine does not count"


@pytest.mark.parametrize("cut", range(1, 6))
def test_a_truncated_file_keeps_what_was_complete(cut: int) -> None:
    readings = [reading(START + HOUR_S * hour, hour + 100) for hour in range(6)]
    octets = hourly(block("".join(readings[:3])), block("".join(readings[3:])))
    place = octets.index(b"10%d</e:value>" % cut) + 2
    portion = read_one(octets[:place])
    kept = portion.values.tolist()
    assert kept == list(range(100, 100 + len(kept)))
    assert cut - 1 <= len(kept) <= cut
    assert "breaks off" in portion.problems[-1].reason


def test_comments_sections_and_instructions_are_no_readings() -> None:
    hidden = f"<!-- {reading(NEXT, 1)} --><![CDATA[{reading(NEXT, 2)}]]><?openaim-run 1?>"
    portion = read_block(GOOD + hidden + reading(NEXT + HOUR_S, 7))
    assert portion.values.tolist() == [5, 7]


def test_readings_of_another_namespace_are_no_readings() -> None:
    other = hourly(block(GOOD)).replace(b"<e:IntervalBlock>", b"<e:IntervalBlock xmlns:e='urn:other'>")
    assert len(read_one(other)) == 0
    inner = block(GOOD).replace(
        "<e:IntervalBlock>", "<IntervalBlock xmlns='http://naesb.org/espi' xmlns:e='urn:other'>"
    )
    portion = read_one(hourly(inner.replace("</e:IntervalBlock>", "</IntervalBlock>")))
    assert len(portion) == 0


def test_readings_elsewhere_than_in_a_block_are_passed_over() -> None:
    stray = f"<entry>{LINKS}<content>{reading(NEXT, 9)}<e:Other>{reading(NEXT, 8)}</e:Other></content></entry>"
    assert read_one(hourly(block(GOOD), stray)).values.tolist() == [5]


def test_too_many_resources_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    from integration.formats.espi import directory

    monkeypatch.setattr(directory, "ENTRIES", 10)
    points = "".join(POINT.replace("P1", f"Q{number}") for number in range(20))
    portion = read_one(hourly(block(GOOD), points))
    assert portion.values.tolist() == [5]
    assert "split the file" in portion.problems[0].reason


@pytest.mark.parametrize("shape", ["one block", "one entry", "commented"])
def test_memory_does_not_grow_with_the_file(shape: str) -> None:
    """Half a million readings in one block take little more than one portion of them."""

    def peak(count: int) -> int:
        octets = hourly(_long(shape, count))
        tracemalloc.start()
        assert sum(len(portion) for portion in EspiReader(io.BytesIO(octets))) == count
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    assert peak(30_000) < peak(10_000) + 30_000 * 60


def _long(shape: str, count: int) -> str:
    readings = [reading(START + HOUR_S * hour, hour % 1000) for hour in range(count)]
    if shape == "one entry":
        blocks = ["".join(readings[first : first + 24]) for first in range(0, count, 24)]
        content = "".join(f"<e:IntervalBlock>{part}</e:IntervalBlock>" for part in blocks)
        return f"<entry>{LINKS}<content>{content}</content></entry>"
    return block(("<!-- slow -->" if shape == "commented" else "") + "".join(readings))


WHOLE = hourly(
    block(GOOD + reading(NEXT, 6, before=quality(8, 10)) + reading(NEXT + HOUR_S, "")),
    block("".join(reading(START + HOUR_S * hour, hour) for hour in range(24, 48))),
)
SCRAPS = [b"<", b">", b"</", b"<!--", b"-->", b"<?", b"?>", b"<![CDATA[", b"]]>", b"&", b"&amp;", b"\0", b"\xff", b'"']
SCRAPS += [b"<!DOCTYPE a [", b"<e:IntervalReading>", b"</e:IntervalReading>", b"</e:IntervalBlock>", b"<entry>", b"-"]
SCRAPS += [b"</content>", b"</entry>", b"</feed>", b"9" * 30, b" xmlns:e='x'", b"<?openaim-run 1?>", POINT.encode()]
DAMAGE = st.lists(
    st.tuples(st.integers(0, len(WHOLE)), st.integers(0, 60), st.sampled_from(SCRAPS) | st.binary(max_size=6)),
    min_size=1,
    max_size=6,
)


@settings(max_examples=400, deadline=30_000)
@given(DAMAGE)
def test_damage_of_any_kind_ends_in_portions(damage: list[tuple[int, int, bytes]]) -> None:
    octets = WHOLE
    for place, length, scrap in damage:
        octets = octets[:place] + scrap + octets[place + length :]
    for portion in read(octets):
        assert len(portion.at) == len(portion.values) == len(portion.lines) == len(portion.channel)
        assert all(abs(value) < 10**15 or value == NO_VALUE for value in portion.values.tolist())
        assert all(problem.line >= 1 and len(problem.text) <= limits.TEXT for problem in portion.problems)


@settings(max_examples=200, deadline=30_000)
@given(st.binary(max_size=300))
def test_any_octets_end_in_portions(octets: bytes) -> None:
    assert sum(len(portion) for portion in read(octets)) == 0
