"""The list of exceptions and of result groups."""

from __future__ import annotations

from aim.web.tables import Column, Table
from validation.bulk import ACTIONS
from validation.models import Finding
from validation.ordering import RANK
from validation.words import found_words, name_of, severity_of, state_of


def point_of(finding: Finding) -> str:
    return finding.series.metering_point.gsrn


FINDINGS = Table(
    name="exceptions",
    label="Exceptions",
    order="priority",
    bar=("q", "state", "owner", "group"),
    actions=ACTIONS,
    columns=(
        Column("found", "What was found", accessor=found_words, template="validation/cells/found.html", fixed=True),
        Column("severity", "Severity", accessor=severity_of, sort="severity"),
        Column("point", "Metering point", accessor=point_of, template="validation/cells/point.html"),
        Column("address", "Address", accessor="series.metering_point.address", hidden=True),
        Column("series", "Series", accessor=lambda row: str(row.series), hidden=True),
        Column("day", "Day", sort="day", template="validation/cells/day.html"),
        Column("count", "Intervals", sort="count", align="end", hidden=True),
        Column("state", "State", accessor=state_of, sort="state", hidden=True),
        Column("owner", "Owner", accessor=lambda row: name_of(row.owner), sort="owner__username"),
        Column("age", "Found", accessor="found_at", sort="found_at", template="validation/cells/age.html"),
        Column("due", "Due", accessor="due_at", sort="due_at", template="validation/cells/due.html"),
        Column("priority", "Priority", sort=RANK, align="end", hidden=True),
        Column("group", "Group", accessor="group.name", hidden=True),
        Column("rule", "Rule", accessor="rule_name", hidden=True),
        Column("area", "Area", accessor="series.metering_point.transformer_area.code", hidden=True),
        Column("reason", "Reason", hidden=True),
    ),
)

GROUPS = Table(
    name="result-groups",
    label="Result groups",
    order="name",
    columns=(
        Column("name", "Group", sort="name", link=True, fixed=True),
        Column("description", "What for"),
        Column("waiting", "Waiting", accessor="counts.waiting", align="end"),
        Column("today", "Since a day", accessor="counts.today", align="end"),
        Column("week", "Since a week", accessor="counts.this_week", align="end"),
        Column("older", "Longer", accessor="counts.older", align="end"),
        Column("overdue", "Overdue", accessor="counts.overdue", align="end"),
        Column("oldest", "Oldest", accessor="counts.oldest", template="validation/cells/age.html"),
        Column("owner", "Owner", accessor=lambda row: name_of(row.owner), sort="owner__username"),
        Column("due_hours", "To be decided within (h)", sort="due_hours", align="end"),
        Column("utility", "Utility", accessor="utility.name", sort="utility__name", hidden=True),
    ),
)
