"""The reference of validation rules: conditions, what may be done about them, steps of estimating, shipped sets."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from aim.reference.markdown import table
from metering.formula import Variable
from validation.actions import ACTIONS, Action
from validation.aim_table import AIM_ACTIONS, AIM_CELLS
from validation.conditions.condition import Condition, conditions
from validation.conditions.formulas import VARIABLES
from validation.estimation import STEPS
from validation.parameters import Kind, Parameter
from validation.periodic.conditions.condition import periodic_conditions
from validation.periodic.conditions.formulas import VARIABLES as PERIODIC_VARIABLES
from validation.rule_choices import Described
from validation.services.shipped import shipped_sets

HEAD = """# Validation rules

A rule is a condition with its parameters, an action, a severity, and for which series it is meant. Rules stand in sets,
in order; every rule judges every value, and the first that does more than keep decides what comes in place. A set with
AIM's cells only has the combinations of the table below and nothing else.

V1 to V30 and E1 to E19 are rows of the catalogue of rules and methods we compare ourselves with; AIM's own are marked
so. This page is written by `manage.py reference` from `validation/`.
"""
_UNITS = {Kind.PERCENT: " %", Kind.MINUTES: " min"}


def page() -> str:
    """The page in Markdown."""
    sections = (
        (
            "Conditions for profile values",
            table(("condition", "a value meets it", "parameters", "from"), _conditions(conditions())),
        ),
        (
            "Conditions for periodic values",
            _PERIODIC
            + table(("condition", "a value meets it", "parameters", "from"), _conditions(periodic_conditions())),
        ),
        ("Actions", table(("action", "what is done"), ((each.label, each.words) for each in ACTIONS.values()))),
        ("What goes together", _FITS + table(("condition", *(ACTIONS[each].label for each in Action)), _cells())),
        ("What a check function may name", _FORMULA + table(("name", "is"), _names(VARIABLES))),
        (
            "What a check function of periodic values may name",
            _PERIODIC_FORMULA + table(("name", "is"), _names(PERIODIC_VARIABLES)),
        ),
        ("Steps of estimating", _STEPS + table(("step", "estimates", "parameters", "from"), _steps())),
        ("Sets that come with the product", _shipped()),
    )
    return HEAD + "".join(f"\n## {title}\n\n{text}" for title, text in sections)


_PERIODIC = """Daily, monthly and on-demand values. The only action is keep; those from AIM are its nineteen. *of* is
the value itself (`stand`) or what was used since the value before (`consumption`), exact across exchange, roll-over and
multiplier.

"""
_PERIODIC_FORMULA = """There are no neighbours and no clock here, so `previous()`, `sum_day()`, `hour()` and their like
are refused.

"""
_FITS = """`X` is a cell of AIM's table, `+` ours beyond it. What is blank is refused.

"""
_FORMULA = """A formula is written as [formulas](formulas.md) tells. `previous(value)` is the value before;
`series("1-0:2.29.0")` another series of the metering point in the same rhythm, in its own unit.

"""
_STEPS = """The first step that has an answer gives it. Whatever it says is brought to what the register counted, where
both stands are known.

"""


def _conditions(known: Sequence[Described]) -> Iterable[tuple[str, ...]]:
    for each in known:
        yield (
            f"`{each.code}` {each.label}",
            each.words.replace("{", "*").replace("}", "*"),
            _told(each.parameters),
            each.source,
        )


def _cells() -> Iterable[tuple[str, ...]]:
    for each in conditions():
        yield each.label, *(_cell(each, action) for action in Action)


def _cell(condition: Condition, action: Action) -> str:
    if action in AIM_ACTIONS and action in AIM_CELLS.get(condition.code, ()):
        return "X"
    return "+" if action in condition.actions else ""


def _names(variables: Sequence[Variable]) -> Iterable[tuple[str, str]]:
    return ((f"`{each.name}`", each.description) for each in variables)


def _steps() -> Iterable[tuple[str, ...]]:
    for code, step in STEPS.items():
        yield (
            f"`{code}` {step.label}",
            step.words.replace("{", "*").replace("}", "*"),
            _told(step.parameters),
            step.source,
        )


def _told(parameters: Sequence[Parameter]) -> str:
    return "; ".join(f"{each.name}{_usual(each)}" for each in parameters)


def _usual(parameter: Parameter) -> str:
    if parameter.default is None:
        return " (may be left out)" if parameter.optional else ""
    value = (
        {True: "yes", False: "no"}.get(parameter.default, parameter.default)
        if parameter.kind is Kind.FLAG
        else parameter.default
    )
    return f" ({value}{_UNITS.get(parameter.kind, '')})"


def _shipped() -> str:
    return (
        "\n".join(
            f"* **{told['name']}** (`{code}`), {len(told['rules'])} rules: {told['description']}"
            for code, told in shipped_sets().items()
        )
        + "\n"
    )
