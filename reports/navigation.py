"""The entry of the dashboard in the side navigation."""

from aim.web.navigation import Entry

ENTRIES = (Entry("Dashboard", "reports:dashboard", icon="gauge", order=0, shortcut="h"),)
