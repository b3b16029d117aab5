from devices.models.device import Contact, Device, DeviceModel
from devices.models.group import DeviceGroup, GroupMember
from devices.models.installation import Installation
from devices.models.keys import DeviceKey
from devices.models.layout import ProfileLayout
from devices.models.state_change import StateChange

__all__ = [
    "Contact",
    "Device",
    "DeviceGroup",
    "DeviceKey",
    "DeviceModel",
    "GroupMember",
    "Installation",
    "ProfileLayout",
    "StateChange",
]
