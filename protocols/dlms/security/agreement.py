"""Agreement on keys that are kept: ephemeral unified model C(2e, 0s), method key_agreement of class 64.

Both sides make a key pair for this once and send its public half, signed together with the number of the key that is
to be agreed (Green Book 9.2.3.4.6.2, Blue Book 4.4.7). The client is party U.

    client                                      server
    ours = Ephemeral(suite, key_id)
    ours.offer(signing key)        ──────────►  theirs = Ephemeral(suite, key_id)
    ours.agree(offer, …)           ◄──────────  theirs.offer(signing key); theirs.agree(offer, …)
"""

from protocols.dlms.security.curves import (
    PrivateKey,
    PublicKey,
    new_private_key,
    point_of,
    public_key,
    shared_secret,
    sign,
    untrusted,
    verifies,
)
from protocols.dlms.security.derivation import derive_key
from protocols.dlms.suites import Suite


class Ephemeral:
    """One side of one agreement on the key `key_id` (`classes.security.KeyId`); use it once.

    `pair` is given by tests of published values only.
    """

    def __init__(self, suite: Suite, key_id: int, pair: PrivateKey | None = None) -> None:
        self._suite = suite
        self._key_id = bytes((key_id,))
        self._pair = pair or new_private_key(suite)

    def offer(self, signing: PrivateKey | None) -> bytes:
        """key_data to send: public key ‖ signature over key_id ‖ public key, 128 or 192 octets."""
        point = point_of(self._pair.public_key())
        return point + sign(self._suite, signing, self._key_id + point)

    def agree(self, offer: bytes, peer_signing: PublicKey | None, client: bytes, server: bytes) -> bytes:
        """The agreed key of 16 or 32 octets, from the other side's key_data and the system titles.

        RemoteProtocolError: AUTHENTICATION_FAILED when the peer did not sign the offer, GARBAGE when it is none.
        """
        size = self._suite.curve.pair_size
        point, signature = offer[:size], offer[size:]
        peer = public_key(self._suite, point)
        if not verifies(self._suite, peer_signing, self._key_id + point, signature):
            raise untrusted("the offered key")
        return derive_key(self._suite, shared_secret(self._suite, self._pair, peer), client, server)
