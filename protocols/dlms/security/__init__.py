"""Protection of messages (Green Book 9.2): ciphers, signatures, key agreement, proofs of identity.

plain APDU → signed → ciphered with a key, the sender's title and a counter → glo-, ded- or general APDU, and back.

Compression (bit 7 of the security control, ITU-T V.44) is refused by name.
"""

from protocols.dlms.keys import (
    TITLE_SIZE,
    KeySet,
    MessageKeys,
    ReceiveCounter,
    Security,
    SendCounter,
    checked_title,
)
from protocols.dlms.security.agreement import Ephemeral
from protocols.dlms.security.cipher import Cipher
from protocols.dlms.security.curves import CurveKeys
from protocols.dlms.security.diagnosis import OVERHEAD
from protocols.dlms.security.message_keys import Tagging
from protocols.dlms.security.notification import Opened, open_notification, sender_of
from protocols.dlms.security.wrapping import unwrap_key, wrap_key
from protocols.dlms.suites import Suite

__all__ = [
    "OVERHEAD",
    "TITLE_SIZE",
    "Cipher",
    "CurveKeys",
    "Ephemeral",
    "KeySet",
    "MessageKeys",
    "Opened",
    "ReceiveCounter",
    "Security",
    "SendCounter",
    "Suite",
    "Tagging",
    "checked_title",
    "open_notification",
    "sender_of",
    "unwrap_key",
    "wrap_key",
]
