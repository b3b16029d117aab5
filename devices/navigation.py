"""The entry of devices in the side navigation."""

from aim.web.navigation import Entry

ENTRIES = (
    Entry(
        "Devices", "devices:devices", icon="device", section="Network", order=20,
        permission="devices.view_device", shortcut="d",
    ),
    Entry(
        "Device groups", "devices:groups", icon="list", section="Network", order=25,
        permission="devices.view_devicegroup",
    ),
)  # fmt: skip
