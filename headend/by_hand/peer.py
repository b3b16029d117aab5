"""How a meter is reached and associated with by hand."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings

from headend.drivers.base import COUNTERS_PER_SESSION
from protocols.dlms.base_names import BaseNames
from protocols.dlms.keys import MAX_COUNTER, KeySet, SendCounter
from protocols.dlms.settings import ClientSettings
from protocols.dlms.suites import Suite
from protocols.dlms.tags import Mechanism
from protocols.explain import Keys

PORT = 4059
PUBLIC_CLIENT, MANAGEMENT_CLIENT = 16, 1


class IncompleteError(ValueError):
    """What was said is not enough to associate; the message says what else is needed."""


@dataclass(frozen=True, slots=True)
class Peer:
    """A logical device and how we are its client.

    `settings` None: the meter is first asked, as public client, which invocation counter comes next. `short_names`: an
    empty map, to be read from the meter.
    """

    host: str
    port: int
    client: int
    server: int
    hdlc: bool = False
    keys: KeySet | None = field(default=None, repr=False)
    settings: ClientSettings | None = None
    short_names: BaseNames | None = None


def peer_of_options(options: Mapping[str, Any], keys: Keys) -> Peer:
    """HOST[:PORT] as public client, with a password, or with keys.

    IncompleteError when one of two keys is missing, or what follows 0x in a password are no octets.
    """
    host, port = split_address(options["host"])
    ciphered = _key_set(keys)
    names = BaseNames() if options["short_names"] else None
    password = _password(options["password"] or "")
    public = not ciphered and not password
    client = options["client"] or (PUBLIC_CLIENT if public else MANAGEMENT_CLIENT)
    mechanism = Mechanism.LLS if password else Mechanism.NONE
    plain = ClientSettings(mechanism, password=password, short_names=names)
    return Peer(
        host, port, client, options["server"] or 1, options["hdlc"], ciphered, None if ciphered else plain, names
    )


def ciphered_settings(keys: KeySet, first_counter: int, short_names: BaseNames | None = None) -> ClientSettings:
    """HLS with GMAC, everything authenticated and encrypted, no counter beyond those of one session."""
    limit = min(first_counter + COUNTERS_PER_SESSION - 1, MAX_COUNTER)
    return ClientSettings(
        Mechanism.HLS_GMAC,
        keys=keys,
        title=settings.SYSTEM_TITLE,
        counter=SendCounter(first_counter, limit),
        short_names=short_names,
    )


def split_address(text: str) -> tuple[str, int]:
    """`host`, `host:port` or `[v6]:port`. IncompleteError for a port that is none."""
    host, colon, port = text.rpartition(":")
    if not colon or (text.count(":") > 1 and not text.startswith("[")):
        return text.strip("[]"), PORT
    if text.endswith("]"):
        return text.strip("[]"), PORT
    if not port.isdecimal() or not 0 < int(port) < 65536:
        raise IncompleteError(f"{port!r} is no port: say HOST or HOST:PORT.")
    return host.strip("[]"), int(port)


def _password(text: str) -> bytes:
    """Text as it is, or the octets written after `0x`: passwords made by machines are often no text."""
    if not text.startswith("0x"):
        return text.encode()
    try:
        return bytes.fromhex(text[2:])
    except ValueError:
        raise IncompleteError("--password: after 0x come hexadecimal digits, two for each octet.") from None


def _key_set(keys: Keys) -> KeySet | None:
    if not keys.encryption and not keys.authentication:
        return None
    if not keys.encryption or not keys.authentication:
        raise IncompleteError("Two keys are needed: --key (encryption) and --auth-key (authentication).")
    suite = Suite.P384 if len(keys.encryption) == Suite.P384.key_size else Suite.AES_128
    return KeySet(keys.encryption, keys.authentication, suite)
