"""What exports add to the screens of metering points and to the Data Browser."""

from aim.web.bulk import BulkAction
from integration.views.exports_new import browser_url, points_url
from metering import panels

PERMISSION = "integration.add_fileexport"


def connect() -> None:
    """Register it; once per `AppConfig.ready`."""
    panels.register_selection_action(
        panels.SelectionAction("export", "Export as a file", PERMISSION, browser_url, icon="download")
    )
    panels.register_action(
        BulkAction(
            "export", "Export values", PERMISSION, points_url,
            consequence="You choose quantities, period and format on the next page.", icon="download",
        )
    )  # fmt: skip
