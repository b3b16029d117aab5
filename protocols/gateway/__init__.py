"""The gateway protocol (Green Book 10.10): meters reached through a concentrator by a prefix of each APDU."""

from protocols.gateway.framing import GatewayFraming
from protocols.gateway.prefix import Prefix, decode_prefix
from protocols.gateway.router import GatewayPort, GatewayRouter

__all__ = ["GatewayFraming", "GatewayPort", "GatewayRouter", "Prefix", "decode_prefix"]
