"""Whole conversations of a client as generators: they yield octets to send and are sent the octets received.

A generator yields b"" when it only waits for more. Sending it b"" means that the line ended (CONNECTION_CUT). The
driver of the generator, `converse` here or a few lines around an asyncio stream, owns sockets and time-outs.
"""

from protocols.dlms.exchange.access import access
from protocols.dlms.exchange.association import associate, connect, disconnect, release
from protocols.dlms.exchange.get import get, get_list
from protocols.dlms.exchange.invoke import invoke, invoke_list
from protocols.dlms.exchange.put import put, put_list
from protocols.dlms.exchange.request import Exchange, converse, notifications, request
from protocols.dlms.exchange.short_names import learn_names, read_object_list, unconfirmed_write
from protocols.dlms.services.targets import Target

__all__ = [
    "Exchange",
    "Target",
    "access",
    "associate",
    "connect",
    "converse",
    "disconnect",
    "get",
    "get_list",
    "invoke",
    "invoke_list",
    "learn_names",
    "notifications",
    "put",
    "put_list",
    "read_object_list",
    "release",
    "request",
    "unconfirmed_write",
]
