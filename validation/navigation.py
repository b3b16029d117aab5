"""The entries of validation in the side navigation."""

from aim.web.navigation import Entry

ENTRIES = (
    Entry(
        "Exceptions", "validation:findings", icon="shield", section="Operation", order=6,
        permission="validation.view_finding", shortcut="q", count_name="validation:finding-count",
    ),
    Entry(
        "Corrections", "validation:corrections", icon="refresh", section="Operation", order=8,
        permission="validation.view_correction",
    ),
    Entry(
        "Validation runs", "validation:runs", icon="play", section="Operation", order=34,
        permission="validation.view_run",
    ),
    Entry(
        "Rule sets", "validation:rule_sets", icon="check", section="Operation", order=36,
        permission="validation.view_ruleset",
    ),
)  # fmt: skip
