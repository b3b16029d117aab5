"""Sans-IO DLMS/COSEM connections in the manner of h11.

    data = connection.send(event)          # framed, protected, ready for the line
    connection.receive_data(data)          # any number of octets
    event = connection.next_event()        # an event, or NEED_DATA

Both roles obey the table in `states.py`. Nothing happens by itself: a client that gets a `GetBlock` sends a `GetNext`;
the package `exchange` has such conversations ready-made.
"""

from protocols.dlms.client import ClientConnection
from protocols.dlms.events import NEED_DATA, Event, NeedData
from protocols.dlms.server_link import ServerConnection
from protocols.dlms.settings import ClientSettings, ServerSettings
from protocols.dlms.states import TRANSITIONS, Role, State

__all__ = [
    "NEED_DATA",
    "TRANSITIONS",
    "ClientConnection",
    "ClientSettings",
    "Event",
    "NeedData",
    "Role",
    "ServerConnection",
    "ServerSettings",
    "State",
]
