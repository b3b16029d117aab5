"""SAP assignment (class 17): which logical devices live behind one endpoint."""

from collections.abc import Iterable

from protocols.dlms.classes.access import LogicalDeviceEntry, SapAssignment
from protocols.dlms.classes.server import ServerObject
from protocols.dlms.device import LogicalDevice
from protocols.dlms.obis import Obis

SAP_ASSIGNMENT = Obis.parse("0-0:41.0.0")


def sap_assignment(devices: Iterable[LogicalDevice]) -> ServerObject:
    """Class 17 with the address and name of every device."""
    known = tuple(devices)
    return ServerObject(SapAssignment, SAP_ASSIGNMENT, {"sap_assignment_list": lambda: _entries(known)})


def _entries(devices: Iterable[LogicalDevice]) -> tuple[LogicalDeviceEntry, ...]:
    return tuple(LogicalDeviceEntry(device.sap, device.name.encode("ascii")) for device in devices)
