"""The entries of validation in the side navigation."""

from aim.web.navigation import Entry

ENTRIES = (
    Entry(
        "Rule sets", "validation:rule_sets", icon="check", section="Operation", order=36,
        permission="validation.view_ruleset",
    ),
)  # fmt: skip
