"""The reference of formulas says what the code does."""

import re

import pytest

from aim import places
from metering.formula import Formula, FormulaError, limits, parse
from metering.formula.functions import CLOCK, DAYS, FUNCTIONS, NEIGHBOURS, SLOTWISE, Function
from tests.docs.pages import Document
from tests.metering.formula.world import WORDS

REFERENCE = Document(places.BASE / "docs" / "reference" / "formulas.md")
EXAMPLES, REFUSALS = (block.splitlines() for block in REFERENCE.blocks("text"))
TABLES = {
    "Functions of one slot": SLOTWISE,
    "Functions of neighbours": NEIGHBOURS,
    "Functions of the local day": DAYS,
    "Functions of local time": CLOCK,
}


@pytest.mark.parametrize("heading", TABLES)
def test_every_function_is_described(heading: str) -> None:
    assert _rows(heading) == [_described(function) for function in TABLES[heading]]


def test_every_table_of_functions_is_in_the_language() -> None:
    assert {function.name for table in TABLES.values() for function in table} == set(FUNCTIONS)


@pytest.mark.parametrize("text", EXAMPLES)
def test_examples_are_formulas(text: str) -> None:
    assert isinstance(parse(text, WORDS), Formula)


@pytest.mark.parametrize(
    ("text", "message"), list(zip(["valu > 3", "value > 0 and reactive", "value = 3"], REFUSALS, strict=True))
)
def test_refusals_are_worded_as_shown(text: str, message: str) -> None:
    with pytest.raises(FormulaError, match=re.escape(message)):
        parse(text, WORDS)


def test_limits_are_those_of_the_code() -> None:
    declared = (limits.MAX_CHARACTERS, limits.MAX_NODES, limits.MAX_DEPTH, limits.MAX_ARGUMENTS, limits.MAX_DIGITS)
    assert [row.rpartition("| ")[2] for row in _rows("Limits")] == [f"{limit:,}" for limit in declared]
    assert f"from -{limits.MAX_EXPONENT} to {limits.MAX_EXPONENT}" in REFERENCE.text
    assert f"a whole number up to {limits.MAX_STEPS:,}" in REFERENCE.text
    assert limits.MAX_NUMBER == 10**15
    assert "up to 10^15" in REFERENCE.text


def _described(function: Function) -> str:
    return f"`{function.signature}` | {function.meaning}"


def _rows(heading: str) -> list[str]:
    """The rows of the table below a heading, without head and rule."""
    section = REFERENCE.text.partition(f"## {heading}\n")[2].partition("\n## ")[0]
    rows = [line.strip("| ") for line in section.splitlines() if line.startswith("|")]
    return rows[2:]
