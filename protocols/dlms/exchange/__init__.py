"""Whole conversations of a client as generators: they yield octets to send and are sent the octets received.

A generator yields b"" when it only waits for more. Sending it b"" means that the line ended (CONNECTION_CUT). The
driver of the generator, `converse` here or a few lines around an asyncio stream, owns sockets and time-outs.
"""

from protocols.dlms.exchange.association import associate, connect, disconnect, release
from protocols.dlms.exchange.get import Target, get, get_list
from protocols.dlms.exchange.invoke import invoke
from protocols.dlms.exchange.put import put
from protocols.dlms.exchange.request import Exchange, converse, request

__all__ = [
    "Exchange",
    "Target",
    "associate",
    "connect",
    "converse",
    "disconnect",
    "get",
    "get_list",
    "invoke",
    "put",
    "release",
    "request",
]
