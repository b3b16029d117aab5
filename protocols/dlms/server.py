"""A logical device that answers clients: objects, who may do what with them, and the session that serves one stream.

device = LogicalDevice("LGZ12345678", title, objects, [public_association(), management_association(keys)])
session = ServerSession(device)
reply = session.handle(received)       # octets to send back, may be empty; session.closed ends the stream

Several devices behind one endpoint are a `PhysicalDevice`.
"""

from protocols.dlms.device import (
    Association,
    CosemObject,
    LogicalDevice,
    management_association,
    public_association,
)
from protocols.dlms.physical import PhysicalDevice
from protocols.dlms.server_objects import TableObject, clock_object, data_object, register_object
from protocols.dlms.session import ServerSession

__all__ = [
    "Association",
    "CosemObject",
    "LogicalDevice",
    "PhysicalDevice",
    "ServerSession",
    "TableObject",
    "clock_object",
    "data_object",
    "management_association",
    "public_association",
    "register_object",
]
