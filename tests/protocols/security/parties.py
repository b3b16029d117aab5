"""A meter and a client with keys of every suite: symmetric keys, curve keys of both, and every way to protect."""

from dataclasses import dataclass
from typing import Any

from protocols.dlms.acse import Context
from protocols.dlms.conformance import SUPPORTED_SN
from protocols.dlms.connection import ClientConnection, ClientSettings
from protocols.dlms.device import Association, LogicalDevice
from protocols.dlms.encoding import double_long_unsigned, octet_string
from protocols.dlms.obis import Obis
from protocols.dlms.security import CurveKeys, KeySet, Security, Suite
from protocols.dlms.security.curves import NO_CURVE_KEYS, private_key
from protocols.dlms.server import ServerSession, TableObject, data_object
from protocols.dlms.tags import Mechanism
from protocols.wrapper import WrapperFraming
from tests.protocols.parties import CLIENT_TITLE, METER_TITLE

CLIENT = 1
TEXT = Obis.parse("0-0:96.1.0")
LONG = Obis.parse("0-0:96.1.1")
LONG_TEXT = bytes(range(256)) * 3
SECRET = b"sixteen octets.."


def keys_of(suite: Suite, first: int = 0) -> KeySet:
    """All keys of a suite; another `first` gives others."""
    size = suite.key_size
    parts = [bytes((first + number * size + i) % 256 for i in range(size)) for number in range(4)]
    return KeySet(parts[0], parts[1], suite, broadcast=parts[2], master=parts[3])


def curve_keys_of(suite: Suite, own: int, peer: int) -> CurveKeys:
    """The pairs number `own` with the public keys of number `peer`; none in suite 0."""
    if suite is Suite.AES_128:
        return NO_CURVE_KEYS

    def pair(number: int) -> Any:
        return private_key(suite, number.to_bytes(suite.curve.size, "big"))

    signing, agreement = pair(own), pair(own + 1)
    return CurveKeys(signing, agreement, pair(peer).public_key(), pair(peer + 1).public_key())


@dataclass(frozen=True)
class Agreed:
    """What client and meter have in common."""

    suite: Suite = Suite.AES_128
    security: Security = Security.BOTH
    mechanism: Mechanism = Mechanism.HLS_GMAC
    context: Context = Context.LN_CIPHERED

    def client(self, **changes: Any) -> ClientSettings:
        """The client's settings; `changes` are fields of `ClientSettings`."""
        given: dict[str, Any] = {
            "password": SECRET,
            "keys": keys_of(self.suite),
            "security": self.security,
            "context": self.context,
            "title": CLIENT_TITLE,
            "curve_keys": curve_keys_of(self.suite, 11, 21),
        }
        if self.context.short_names:
            given["conformance"] = SUPPORTED_SN
        return ClientSettings(self.mechanism, **{**given, **changes})

    def meter(self, max_pdu: int = 1024, **changes: Any) -> LogicalDevice:
        """A meter; `changes` are fields of `Association`."""
        given: dict[str, Any] = {
            "password": SECRET,
            "keys": keys_of(self.suite),
            "security": self.security,
            "context": self.context,
            "curve_keys": curve_keys_of(self.suite, 21, 11),
            "writable": None,
            "invocable": None,
        }
        terms = Association(CLIENT, self.mechanism, **{**given, **changes})
        return LogicalDevice("LGZ12345678", METER_TITLE, _objects(), [terms], max_pdu=max_pdu)


def _objects() -> list[TableObject]:
    return [
        data_object(TEXT, lambda: octet_string(b"read")),
        data_object(LONG, lambda: octet_string(LONG_TEXT)),
        data_object(Obis.parse("1-0:1.8.0"), lambda: double_long_unsigned(7)),
    ]


def connect(settings: ClientSettings, device: LogicalDevice) -> tuple[ClientConnection, ServerSession]:
    """A client and a stream of the meter, not associated yet."""
    return ClientConnection(settings, WrapperFraming(CLIENT, 1)), ServerSession(device)
