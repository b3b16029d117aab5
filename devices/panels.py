"""What the apps above devices add to the device list and page (they do so in `AppConfig.ready`)."""

from aim.web.extensions import Extensions
from devices.models import Device

extensions: Extensions[Device] = Extensions()
