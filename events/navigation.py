"""The entry of events in the side navigation."""

from aim.web.navigation import Entry

ENTRIES = (
    Entry(
        "Events", "events:events", icon="bell", section="Operation", order=10,
        permission="events.view_event", shortcut="e",
    ),
)  # fmt: skip
