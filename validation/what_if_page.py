"""The result of a what-if as its page shows it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.urls import reverse

from aim.web.formats import grouped
from metering.display import METHODS, shown_in
from metering.quality import EstimationMethod
from validation.models import Run
from validation.rule_choices import condition_of

_Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class RuleLine:
    """A rule, what it would find, and where examples are."""

    name: str
    words: str
    values: int
    series_days: int
    series: int
    estimates: str
    silent: list[str]
    examples_url: str


@dataclass(frozen=True, slots=True)
class SetColumn:
    """One of the sets: figures, the rules that find something, and those that are quiet."""

    name: str
    version: int
    found: int
    estimated: int
    unresolved: int
    rules: list[RuleLine]
    quiet: list[RuleLine]


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a table with a cell per set, or per share."""

    label: str
    cells: list[str]


@dataclass(frozen=True, slots=True)
class Total:
    """Totals of one unit under one set."""

    set_name: str
    unit: str
    before: str
    after: str
    more: str
    percent: str


@dataclass(frozen=True, slots=True)
class Tried:
    """All of it: figures, sets side by side, methods, totals, and the comparison of two."""

    series: int
    series_days: int
    values: int
    sets: list[SetColumn]
    methods: list[Line]
    totals: list[Total]
    shares: list[Line]
    different: int | None


def tried(run: Run) -> Tried:
    """The view of `run.result`."""
    result = run.result
    sets = [_column(run, number, each) for number, each in enumerate(result["sets"])]
    comparison = result["comparison"]
    return Tried(
        result["series"],
        result["series_days"],
        result["values"],
        sets,
        _methods(result["sets"]),
        [_total(each["name"], line) for each in result["sets"] for line in each["energy"]],
        _shares(comparison) if comparison else [],
        comparison["different"] if comparison else None,
    )


def _column(run: Run, number: int, counted: _Json) -> SetColumn:
    rules = [_rule(run, number, line) for line in counted["rules"]]
    found = sum(line["values"] for line in counted["rules"])
    loud, quiet = [each for each in rules if each.values], [each for each in rules if not each.values]
    return SetColumn(
        counted["name"], counted["version"], found, counted["estimated"], counted["unresolved"], loud, quiet
    )


def _rule(run: Run, number: int, line: _Json) -> RuleLine:
    url = reverse("validation:run_examples", args=[run.pk, number, line["rule"]]) if line["examples"] else ""
    estimates = [f"{grouped(count)} {method_words(code)}" for code, count in _most_first(line["methods"])]
    silent = [f"{reason} ({grouped(count)} series)" for reason, count in line["silent"].items()]
    return RuleLine(
        line["name"], line["words"], line["values"], line["series_days"], line["series"], ", ".join(estimates),
        silent, url,
    )  # fmt: skip


def method_words(code: str) -> str:
    """A method of estimating by its code in lower case, for people."""
    return METHODS[EstimationMethod[code.upper()]] or "otherwise"


def _methods(sets: list[_Json]) -> list[Line]:
    """By method how many values each set would estimate, most first."""
    codes = _most_first({code: sum(each["methods"].get(code, 0) for each in sets) for each in sets
                         for code in each["methods"]})  # fmt: skip
    return [Line(method_words(code), [grouped(each["methods"].get(code, 0)) for each in sets]) for code, _ in codes]


def _total(name: str, line: _Json) -> Total:
    unit, power = shown_in(line["unit"])
    before, after, more = (Decimal(line[key]).scaleb(-power) for key in ("before", "after", "more"))
    percent = f"{'+' if more > 0 else ''}{grouped(100 * more / before, 3)} %" if before else "–"
    return Total(name, unit, grouped(before, 3), grouped(after, 3), grouped(more, 3), percent)


def _shares(comparison: _Json) -> list[Line]:
    """What only the first finds, only the second, and both: values, series-days, and values by condition."""
    named = [("Values", comparison["values"]), ("Series-days", comparison["series_days"])]
    conditions = [(f"Values: {_condition(code)}", counted) for code, counted in comparison["conditions"].items()]
    return [
        Line(label, [grouped(counted[key]) for key in ("first", "second", "both")])
        for label, counted in named + conditions
        if any(counted.values())
    ]


def _condition(code: str) -> str:
    found = condition_of("profile", code)
    return found.label.lower() if found else code


def _most_first(counted: Mapping[str, int]) -> list[tuple[str, int]]:
    return sorted(counted.items(), key=lambda item: (-item[1], item[0]))
