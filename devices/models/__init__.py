from devices.models.device import Contact, Device, DeviceModel
from devices.models.installation import Installation
from devices.models.keys import DeviceKey
from devices.models.layout import ProfileLayout

__all__ = ["Contact", "Device", "DeviceKey", "DeviceModel", "Installation", "ProfileLayout"]
