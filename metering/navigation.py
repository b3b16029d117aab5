"""The entries of metering in the side navigation."""

from aim.web.navigation import Entry

ENTRIES = (
    Entry(
        "Metering points", "metering:points", icon="pin", section="Network", order=10,
        permission="metering.view_meteringpoint", shortcut="p",
    ),
    Entry(
        "Values", "metering:values", icon="chart", section="Network", order=30,
        permission="metering.view_series", shortcut="v",
    ),
)  # fmt: skip
