"""The signing key of this head-end: meters that authenticate with ECDSA (HLS 7) know its public part."""

from functools import lru_cache

from django.conf import settings

from aim.keys import secret_file
from protocols.dlms.security.curves import PrivateKey, new_private_key, point_of, private_key
from protocols.dlms.suites import Suite

_SIZE = 32


@lru_cache(maxsize=1)
def signing_key() -> PrivateKey:
    """The private key, made on first use. Never show or log it; LocalProtocolError when the file holds no key."""
    fresh = new_private_key(Suite.P256).private_numbers().private_value.to_bytes(_SIZE, "big")
    return private_key(Suite.P256, secret_file(settings.SIGNING_KEY_FILE, fresh))


def public_point() -> bytes:
    """The public part, x ‖ y in 64 octets, for the meters."""
    return point_of(signing_key().public_key())
