"""Protection of messages (Green Book 9.2): ciphers, signatures, key agreement, proofs of identity.

plain APDU → (signed) → ciphered with a key, the sender's title and a counter → glo-, ded- or general APDU, and back.
"""

from protocols.dlms.keys import TITLE_SIZE, KeySet, ReceiveCounter, Security, SendCounter, checked_title
from protocols.dlms.security.cipher import Cipher
from protocols.dlms.security.diagnosis import OVERHEAD

__all__ = ["OVERHEAD", "TITLE_SIZE", "Cipher", "KeySet", "ReceiveCounter", "Security", "SendCounter", "checked_title"]
