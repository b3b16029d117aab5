"""What the apps above devices add to the device list and page (they do so in `AppConfig.ready`)."""

from collections.abc import Callable

from aim.web.extensions import Extensions
from aim.web.links import Action
from devices.models import Device, DeviceGroup

extensions: Extensions[Device] = Extensions()

group_actions: list[Callable[[DeviceGroup], Action]] = []
"""Buttons on the page of a group."""
