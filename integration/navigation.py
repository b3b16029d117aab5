"""The entries of files in the side navigation."""

from aim.web.navigation import Entry

ENTRIES = (
    Entry(
        "Imports", "integration:imports", icon="inbox", section="Files", order=10,
        permission="integration.view_fileimport", shortcut="i",
    ),
)  # fmt: skip
