"""The entries of the dashboard and the reports in the side navigation."""

from aim.web.navigation import Entry

ENTRIES = (
    Entry("Dashboard", "reports:dashboard", icon="gauge", order=0, shortcut="h"),
    Entry(
        "Data delivery", "reports:deliveries", icon="list", section="Operation", order=60,
        permission="headend.view_deliverycount",
    ),
)  # fmt: skip
