"""What a formula says of itself, and what is said of texts that are none."""

import pickle

import pytest

from metering.formula import FormulaError, Variable, parse, vocabulary
from metering.formula.functions import FUNCTIONS
from tests.metering.formula.world import EXPORT, WORDS

K_IS_WHOLE = "k of `previous(x, k=1)` is a whole number as it stands, from 1 to 10,000"
EXPONENT = "An exponent is a number as it stands, from -16 to 16"
SERIES = 'It is written `series("1-0:2.8.0")`'
NO_NUMBER = "is not a number as formulas write it, such as 12.5"
NO_PLACE = " has no place in a formula"
NUMBER = " is a number where a condition is needed, such as `value > 0`"
CONDITION = " is a condition where a number is needed"


def test_a_formula_names_what_it_uses() -> None:
    formula = parse('value > 3 * average\n  and max(series("A-"), series("1-0:2.8.0"), value) < abs(average)', WORDS)
    assert formula.names == ("value", "average")
    assert formula.series == (EXPORT,)
    assert formula.functions == ("max", "abs")
    assert formula.is_condition
    assert formula.warnings == ()
    assert not parse("value if value > 0 else 0", WORDS).is_condition


def test_the_sides_of_comparisons_are_formulas_themselves() -> None:
    formula = parse("  value > 3 * average and 0 < sum_day(value - (average)) < 9", WORDS)
    assert formula.compared == ("value", "3 * average", "sum_day(value - (average))")
    assert [parse(text, WORDS).is_condition for text in formula.compared] == [False] * 3


def test_formulas_are_equal_where_their_texts_and_meanings_are() -> None:
    assert parse("value > 1", WORDS) == parse("value > 1", WORDS)
    assert len({parse("value > 1", WORDS), parse("value > 1", WORDS), parse("value > 2", WORDS)}) == 2
    elsewhere = vocabulary([Variable("value", "", "")], {"A-": Variable("1-1:2.8.0", "")})
    assert parse('series("A-")', WORDS) != parse('series("A-")', elsewhere)


@pytest.mark.parametrize(
    ("position", "text", "reason"),
    [
        (1, "valu > 3", "`valu` is not known here; did you mean `value`?"),
        (9, "value > AVERAGE", "`AVERAGE` is not known here; did you mean `average`?"),
        (3, "  xyzzy", "`xyzzy` is not known here"),
        (1, "hour > 3", "`hour` is a function: write `hour()`"),
        (1, "series > 3", '`series` is a function: write `series("1-0:2.8.0")`'),
        (1, "value(3) > 3", "`value` is not a function: write `value` alone"),
        (1, "maxx(value, 1)", "`maxx` is not a function known here; did you mean `max`?"),
        (1, "clip(value)", "It is written `clip(x, low, high)`"),
        (1, "hour(3)", "It is written `hour()`"),
        (1, "min(value)", "It is written `min(x, y, …)`"),
        (8, 'series("1-0:2.8.1")', "The series `1-0:2.8.1` is not known here; did you mean `1-0:2.8.0`?"),
        (1, "min(*value, 1)", "Arguments are given one by one, by their place"),
        (121, "abs(" * 30 + "1" + ")" * 30, "The formula is nested more than 30 levels deep"),
        (1, "series(value)", SERIES),
        (1, 'series("A-", 1)', SERIES),
        (1, '"A-" > 3', '`"A-"`' + NO_PLACE + ': text stands in `series("...")` only'),
        (1, "value and 3 > 1", "`value`" + NUMBER),
        (6, "3 + (value > 1)", "`value > 1`" + CONDITION),
        (2, "(value > 1) > 0", "`value > 1`" + CONDITION),
        (9, "max_day(value > 1)", "`value > 1`" + CONDITION),
        (21, "where(value > 1, 2, value > 3)", "`value > 3`" + CONDITION),
        (29, "value > 1 if value > 2 else 3", "`3`" + NUMBER),
        (17, "previous(value, 0)", K_IS_WHOLE),
        (17, "previous(value, average)", K_IS_WHOLE),
        (17, "previous(value, True)", K_IS_WHOLE),
        (14, "round(value, 10)", "digits of `round(x, digits=0)` is a whole number as it stands, from 0 to 9"),
        (10, "value ** average", EXPONENT),
        (10, "value ** -17", EXPONENT),
        (10, "value ** -True", EXPONENT),
        (9, "value > 1e16", "Numbers go up to 1,000,000,000,000,000"),
        (9, "value > 1e999", "Numbers go up to 1,000,000,000,000,000"),
        (1, "value // 2", "`value // 2`" + NO_PLACE + ": write `floor(x / y)`"),
        (7, "value = 3", "`=`" + NO_PLACE + ": write `==` to compare"),
        (11, "value > 3 && average > 1", "`&`" + NO_PLACE + ": write `and`"),
        (7, "value ≥ 3", "`≥` (greater-than or equal to)" + NO_PLACE + ": write `>=`"),
        (1, "3,5 > value", "`3,5 > value`" + NO_PLACE + ": decimals follow a point, a comma stands between arguments"),
        (1, "value is 3", "`value is 3`" + NO_PLACE + ": compare with <, <=, >, >=, == or !="),
        (1, "0x10 > value", "`0x10` " + NO_NUMBER),
        (1, "1_000 > value", "`1_000` " + NO_NUMBER),
        (9, "value > 1if value > 1 else 0", "`1if` " + NO_NUMBER),
        (9, "value > 007", "`007` " + NO_NUMBER),
        (11, "value > 3 # why", "`#`" + NO_PLACE),
        (8, 'series("A-)', '`"`' + NO_PLACE + ': a text is of plain characters and ends as it begins'),
        (7, "value >", "The formula ends too early"),
        (7, "value 3", "The formula cannot be read at `3`"),
        (4, "max(value, 3", "This parenthesis is never closed"),
        (10, "value > 3)", "Nothing opens this parenthesis"),
        (1, "", "The formula is empty"),
        (1, " \n\t", "The formula is empty"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_in_words_with_its_place(position: int, text: str, reason: str) -> None:
    with pytest.raises(FormulaError) as error:
        parse(text, WORDS)
    assert (error.value.reason, error.value.position) == (reason, position)
    assert str(error.value) == f"{reason} (position {position})"


def test_an_error_keeps_its_parts_also_between_processes() -> None:
    error = pickle.loads(pickle.dumps(FormulaError("The formula is empty", 1)))
    assert (error.reason, error.position) == ("The formula is empty", 1)
    assert str(error) == "The formula is empty (position 1)"


@pytest.mark.parametrize(
    ("text", "warnings"),
    [
        ("value + reactive", ("`value` (kWh) meets `reactive` (kvarh) (position 9)",)),
        ("3 * value - reactive / 2 > 1", ("`3 * value` (kWh) meets `reactive / 2` (kvarh) (position 13)",)),
        ("sum_day(value) > next(-reactive)", ("`sum_day(value)` (kWh) meets `next(-reactive)` (kvarh) (position 18)",)),
        ("value if value > 0 else reactive", ("`value` (kWh) meets `reactive` (kvarh) (position 25)",)),
        ("min(value, factor, reactive)", ("`value` (kWh) meets `reactive` (kvarh) (position 20)",)),
        ("value > 3 and value + 1 > average * 2", ()),
        ("value / reactive > 1", ()),
        ("value * value > reactive", ()),
        ("value > factor * reactive", ()),
        ("sqrt(value ** 2 + reactive ** 2) > 1", ()),
        ("count_day(value) > reactive", ()),
    ],
)  # fmt: skip
def test_units_that_meet_and_differ_are_worth_a_warning(text: str, warnings: tuple[str, ...]) -> None:
    assert parse(text, WORDS).warnings == warnings


@pytest.mark.parametrize("name", ["max", "series", "if", "1st", "größe", "two words", "__"[:0]])
def test_a_name_no_formula_could_use_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="in formulas"):
        vocabulary([Variable(name, "")])


def test_a_name_means_one_thing() -> None:
    with pytest.raises(ValueError, match="two things"):
        vocabulary([Variable("value", "one"), Variable("value", "another")])


def test_every_function_takes_what_its_signature_says() -> None:
    arguments = {"condition": "value > 1", "k": "2", "digits": "2"}
    for function in FUNCTIONS.values():
        given = ", ".join(arguments.get(parameter.name, "value") for parameter in function.parameters)
        formula = parse(f"{function.name}({given})", WORDS)
        assert formula.functions == (function.name,)
