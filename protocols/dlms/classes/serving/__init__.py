"""Objects of a meter that do something: each keeps its state and gives the `ServerObject` through which clients act.

receiver = ImageReceiver(block_size=200, verify=check)
device = LogicalDevice(name, title, [receiver.cosem_object(), ...], associations)
"""

from protocols.dlms.classes.serving.calendar import activity_calendar, script_table, special_days
from protocols.dlms.classes.serving.image import ImageReceiver
from protocols.dlms.classes.serving.push import push_setup
from protocols.dlms.classes.serving.sap import sap_assignment
from protocols.dlms.classes.serving.security import security_setup
from protocols.dlms.classes.serving.switch import Disconnector

__all__ = [
    "Disconnector",
    "ImageReceiver",
    "activity_calendar",
    "push_setup",
    "sap_assignment",
    "script_table",
    "security_setup",
    "special_days",
]
