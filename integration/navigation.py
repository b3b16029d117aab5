"""The entries of files in the side navigation."""

from aim.web.navigation import Entry

ENTRIES = (
    Entry(
        "Imports", "integration:imports", icon="inbox", section="Files", order=10,
        permission="integration.view_fileimport", shortcut="i",
    ),
    Entry(
        "Exports", "integration:exports", icon="download", section="Files", order=20,
        permission="integration.view_fileexport", shortcut="x",
    ),
)  # fmt: skip
