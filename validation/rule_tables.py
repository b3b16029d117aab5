"""The list of rule sets."""

from aim.web.tables import Column, Table
from aim.web.tones import State
from validation.models import RuleSet


def set_state(rule_set: RuleSet) -> State:
    """Whether the set can be changed here."""
    return State("Shipped", "info", "lock") if rule_set.shipped else State("Own", "muted", "edit")


RULE_SETS = Table(
    name="rule-sets",
    label="Rule sets",
    order="name",
    columns=(
        Column("name", "Rule set", sort="name", link=True, fixed=True),
        Column("description", "What it is for"),
        Column("kind", "Values", accessor="get_kind_display", sort="kind"),
        Column("rules", "Rules", accessor="rule_count", align="end"),
        Column("assigned", "Assigned", accessor="assigned_count", align="end"),
        Column("origin", "Origin", accessor=set_state),
        Column("version", "Version", align="end"),
        Column("utility", "Utility", accessor="utility.name", hidden=True),
        Column("changed", "Changed", accessor="changed_at", sort="changed_at", hidden=True),
    ),
)
