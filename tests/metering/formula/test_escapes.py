"""Nothing but formulas gets through: known ways out of sandboxes, texts made to be slow, and any text at all."""

import ast
import inspect
import string
import sys
import warnings

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from metering.formula import Formula, FormulaError, parse
from metering.formula.formula import _tree
from metering.formula.functions import FUNCTIONS
from metering.formula.reading import Reader
from tests.metering.formula.world import WORDS

ESCAPES = (
    "().__class__",
    "().__class__.__bases__[0].__subclasses__()",
    "value.__class__",
    "value.tofile",
    "max.__globals__",
    "(1).real",
    "1 .real",
    "1..real",
    "value[0]",
    "value[::2]",
    "[value]",
    "{value}",
    "{}",
    "(value, value)",
    "()",
    "f'{value}'",
    "f'plain'",
    'f"{().__class__}"',
    "rb''",
    "u'value'",
    "'value' 'average'",
    "'%s' % value",
    "value if (x := 3) else 0",
    "(x := 3)",
    "lambda: 3",
    "(lambda x: x)(3)",
    "max(x for x in value)",
    "[x for x in value]",
    "{x: x for x in value}",
    "await value",
    "(yield)",
    "(yield from value)",
    "min(*value, *value)",
    "min(**value)",
    "clip(x=value, low=1, high=2)",
    "max(value, 1)(2)",
    "(max)(value, 1)(1)",
    "(max if value > 1 else min)(value, 1)",
    "__import__('os')",
    "eval('1')",
    "exec",
    "open('x')",
    "print(value)",
    "__builtins__",
    "series(series('A-'))",
    "True",
    "None",
    "...",
    "1j",
    "1 if True else 0",
    "value is value",
    "value in value",
    "value not in value",
    "value @ value",
    "value << 1",
    "~value",
    "value; value",
    "value\\\n",
    "import os",
    "x = 1",
    "del value",
)
LOOKALIKES = (
    "\x00",
    "value\x00",
    "value\x0c> 1",
    "value\u2028> 1",
    "\ufeffvalue",
    "value\u200b",
    "v\u0430lue",
    "\uff56\uff41\uff4c\uff55\uff45",
    "\U0001d42f\U0001d41a\U0001d425\U0001d42e\U0001d41e",
    "value > \u0663",
    "value \uff1e 1",
    "\ud800",
)
SLOW = (
    "9**9**9",
    "(9**16)**16 ** 16 ** 16",
    "value ** 99999999999999999999",
    "value ** (2 ** 16)",
    "9" * 999,
    "1e" + "9" * 900,
    "(" * 999,
    "-" * 999 + "1",
    "not " * 240 + "value > 1",
    "value ** 2 " * 80,
    "1 if value > 1 else " * 45 + "2",
    "abs(" * 30 + "value" + ")" * 30,
    "value-(" * 30 + "value" + ")" * 30,
    "value" + "+value" * 150,
    "max(" + "value," * 150 + "value)",
    "value > 1" + " and value > 1" * 70,
    "f'" + "{" * 400 + "}" * 400 + "'",
    "x" * 1001,
    " " * 100_000 + "value",
    "previous(value, 10001)",
    "moving_average(value, 999999999)",
)


@pytest.mark.parametrize("text", ESCAPES + LOOKALIKES)
def test_ways_out_of_other_sandboxes_end_here(text: str) -> None:
    with pytest.raises(FormulaError):
        parse(text, WORDS)


@pytest.mark.parametrize("text", ESCAPES)
def test_the_second_gate_would_hold_without_the_first(text: str) -> None:
    """Whatever of it Python can parse is stopped by the allow-list, too."""
    try:
        tree = _tree(text)
    except FormulaError:
        return
    with pytest.raises(FormulaError):
        Reader(text, WORDS).read(tree)


@pytest.mark.parametrize("text", SLOW, ids=lambda text: text[:20])
def test_texts_made_to_be_slow_or_huge_are_refused(text: str) -> None:
    with pytest.raises(FormulaError):
        parse(text, WORDS)


def test_texts_that_only_look_slow_are_formulas() -> None:
    assert parse("abs(" * 29 + "value" + ")" * 29, WORDS).names == ("value",)
    assert parse("value" + "+1" * 99, WORDS).names == ("value",)
    assert parse("value" + "*1-1" * 49, WORDS).names == ("value",)
    assert parse("(" * 150 + "value" + ")" * 150, WORDS).names == ("value",)


def test_a_caller_far_down_the_stack_is_told_too() -> None:
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(len(inspect.stack(0)) + 60)
    try:
        with pytest.raises(FormulaError, match="nested too deeply"):
            parse("-" * 990 + "1", WORDS)
    finally:
        sys.setrecursionlimit(limit)


def test_only_declared_kinds_of_expressions_are_read() -> None:
    """All others Python knows, now or later, are refused, as the table names those it lets in."""
    allowed = {ast.Constant, ast.Name, ast.UnaryOp, ast.BinOp, ast.Compare, ast.BoolOp, ast.IfExp, ast.Call}
    assert set(Reader.READERS) == allowed
    for kind in set(ast.expr.__subclasses__()) - allowed:
        with pytest.raises(FormulaError, match="no place"):
            Reader("value", WORDS).read(kind(col_offset=0, end_col_offset=5))


WORDS_OF_PYTHON = "if else and or not is in lambda for await yield f True None __class__"
SIGNS = '"A-" " . .. ( ) [ ] { } , : := = == != < >= + - * ** / // % @ # 1 2.5 1e3 0x _ é \\'
PIECES = st.sampled_from(
    [*FUNCTIONS, *WORDS.variables, *WORDS_OF_PYTHON.split(), *SIGNS.split(), "series", "'", " ", "\n", "\x00", "\ud800"]
)
TEXTS = st.one_of(
    st.text(max_size=60),
    st.text(string.printable, max_size=60),
    st.lists(PIECES, max_size=40).map("".join),
    st.lists(PIECES, max_size=40).map(" ".join),
)


@settings(max_examples=250, deadline=None)
@given(TEXTS)
@example("value if value if value")
def test_any_text_is_a_formula_or_a_formula_error(text: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        outcome = _outcome(text)
    if isinstance(outcome, FormulaError):
        assert 1 <= outcome.position <= max(len(text), 1)
        assert outcome.reason
    else:
        assert set(outcome.functions) <= set(FUNCTIONS)
        assert all(parse(each, WORDS) for each in outcome.compared)


@settings(max_examples=100, deadline=None)
@given(st.text("()-+*/%<=>!, \"'.19envalu", max_size=1000))
def test_long_texts_end_soon(text: str) -> None:
    assert isinstance(_outcome(text), Formula | FormulaError)


def _outcome(text: str) -> Formula | FormulaError:
    try:
        return parse(text, WORDS)
    except FormulaError as error:
        return error
