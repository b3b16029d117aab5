"""The entries of events in the side navigation."""

from aim.web.navigation import Entry

ENTRIES = (
    Entry(
        "Alarms", "events:alarms", icon="alert", section="Operation", order=5,
        permission="events.view_event", shortcut="a", count_name="events:alarm-count",
    ),
    Entry(
        "Outages", "events:outages", icon="bolt", section="Operation", order=7,
        permission="events.view_areaoutage", shortcut="o",
    ),
    Entry(
        "Events", "events:events", icon="bell", section="Operation", order=10,
        permission="events.view_event", shortcut="e",
    ),
    Entry("Alarm rules", "events:rules", icon="gear", section="Administration", permission="events.view_alarmrule"),
)  # fmt: skip
