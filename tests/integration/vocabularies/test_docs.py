"""The reference of qualities says what the tables of the code say."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from integration.formats.espi import quality as espi
from integration.formats.nem.flags import flags_of
from integration.vocabularies import elhub, iec61968, ieee2030_5
from metering.quality import EstimationMethod, Quality, estimated_by
from metering.quality_names import full_name

REFERENCE = Path("docs/reference/quality.md").read_text()
ROWS = [[cell.strip() for cell in row.split("|")[1:-1]] for row in REFERENCE.splitlines() if re.match(r"\| \d", row)]
CODES = [row for row in ROWS if len(row) == 8]
METHODS = [row for row in ROWS if len(row) == 6]


def bits(code: int) -> str:
    """The mask as the reference writes it."""
    mask = ieee2030_5.written(code)
    if mask is None:
        return "no value"
    numbers = [str(number) for number in range(7) if mask >> number & 1]
    return f"bit{'s' if len(numbers) > 1 else ''} {', '.join(numbers)}"


def stated(code: int) -> str:
    return str(espi._NEAREST[code])


def test_all_of_them_are_there() -> None:
    assert {int(row[0]) for row in CODES} == set(Quality)
    assert [int(row[0]) for row in METHODS] == list(EstimationMethod)


@pytest.mark.parametrize("row", CODES, ids=lambda row: row[1])
def test_a_quality(row: list[str]) -> None:
    code, flags = int(row[0]), flags_of(int(row[0]))
    assert row[1] == f"`{full_name(code)}`"
    assert row[3].removesuffix(", no value") == ", ".join(filter(None, (flags.quality_method, flags.reason_code)))
    assert row[4] in (stated(code), "no value")
    assert row[5:] == [iec61968.written(code), elhub.state_of(code), bits(code)]


@pytest.mark.parametrize("row", METHODS, ids=lambda row: row[1])
def test_a_method(row: list[str]) -> None:
    code = estimated_by(EstimationMethod(int(row[0])))
    flags = flags_of(code)
    assert row[1] == (f"`{full_name(code).removeprefix('estimated_')}`" if int(row[0]) else "")
    assert row[3] == f"{flags.method}" + (f", reason {flags.reason}" if flags.reason != 78 else "")
    assert row[4:] == [stated(code), bits(code)]
