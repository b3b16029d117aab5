"""The entries of the head-end in the side navigation."""

from aim.web.navigation import Entry

ENTRIES = (
    Entry(
        "Jobs", "headend:jobs", icon="list", section="Operation", order=20,
        permission="headend.view_job", shortcut="j",
    ),
    Entry(
        "Schedules", "headend:schedules", icon="calendar", section="Operation", order=30,
        permission="headend.view_schedule", shortcut="s",
    ),
    Entry(
        "Discovered", "headend:discovered", icon="search", section="Operation", order=40,
        permission="headend.view_discovereddevice",
    ),
    Entry(
        "Concentrators", "headend:differences", icon="network", section="Operation", order=45,
        permission="headend.view_listedmeter",
    ),
    Entry(
        "Clocks", "headend:clocks", icon="clock", section="Operation", order=60,
        permission="headend.view_clockcorrection",
    ),
    Entry(
        "Network segments", "headend:segments", icon="network", section="Operation", order=70,
        permission="headend.view_segmentlimit",
    ),
)  # fmt: skip
