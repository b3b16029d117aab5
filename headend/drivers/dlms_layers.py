"""What carries the APDUs of a device: the line, and the layers of framing that its description names."""

from headend.drivers.base import Target
from headend.transport import Line, connect, connect_datagram
from protocols.framing import Framing
from protocols.gateway import GatewayFraming
from protocols.hdlc import HdlcFraming, HdlcSettings, LinkLimits
from protocols.iec62056_21 import ModeE
from protocols.wrapper import WrapperDatagrams, WrapperFraming

NETWORK = 0
"""Network id in the gateway prefix: a concentrator has one network."""


async def line_of(target: Target) -> Line:
    """A connected line. SessionError: UNREACHABLE, CONNECTION_REFUSED or NO_ANSWER."""
    begin = connect_datagram if target.transport.datagrams else connect
    return await begin(target.host, target.port, patience_s=target.transport.patience_s, tap=target.tap)


def framing_of(target: Target, client: int) -> Framing:
    """The layers between the line and a client address of ours, the innermost first."""
    inner = _innermost(target, client)
    return GatewayFraming(inner, NETWORK, target.gateway_address) if target.gateway_address else inner


def _innermost(target: Target, client: int) -> Framing:
    transport, server = target.transport, target.server_address
    if transport.framing == "wrapper":
        return WrapperDatagrams(client, server) if transport.datagrams else WrapperFraming(client, server)
    size, window = transport.info_size, transport.window
    settings = HdlcSettings(LinkLimits(size, size, window, window))
    link = HdlcFraming.client(client, server, target.link_address, settings)
    return ModeE(link) if transport.framing == "mode_e" else link
