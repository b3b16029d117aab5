"""Posting to a webhook: signed, over a checked address, bounded in time. Nothing here knows of the database.

The address is resolved once, every answer of the name must be one that may be reached, and the connection is made to
the very address that was checked, so a name that points elsewhere a moment later leads nowhere. Redirects are refused.
"""

import hashlib
import hmac
import http.client
import json
import socket
import ssl
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, urlsplit

from django.utils.encoding import iri_to_uri

from aim.env import Network

TIMEOUT_S = 10.0
TOTAL_S = 20.0
"""However slowly a receiver drips, a post ends after so long."""
_NAT64 = ip_network("64:ff9b::/96")


class WebhookError(Exception):
    """A message was not taken; the text says why, in words for the person who made the rule."""


@dataclass(frozen=True, slots=True)
class Receiver:
    """Where to post, the shared secret that signs, networks allowed beside public ones, further authorities."""

    url: str
    secret: bytes
    allowed: Sequence[Network] = ()
    authorities: Path | None = None


def check_url(url: str) -> SplitResult:
    """The parts of a webhook's address; WebhookError unless it is https with a host, and no user name in it."""
    try:
        parts = urlsplit(url)
        fits = parts.scheme == "https" and parts.hostname and parts.port != 0
    except ValueError as error:
        raise WebhookError(f"Not an address: {error}.") from error
    if not fits:
        raise WebhookError("A webhook has an address that begins with https://.")
    if parts.username or parts.password:
        raise WebhookError("The address of a webhook holds no user name; its messages are signed.")
    return parts


def signature(secret: bytes, second: int, body: bytes) -> str:
    """`t=<Unix second>,v1=<hex>`: HMAC-SHA-256 of `<second>.<body>` under the shared secret."""
    digest = hmac.new(secret, f"{second}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={second},v1={digest}"


def post(receiver: Receiver, content: Mapping[str, Any], *, key: str, second: int) -> None:
    """Post `content` as JSON; returns when the receiver answered 2xx. WebhookError for anything else.

    `key` is the same over all tries of a message, so that the receiver can leave out what it has.
    """
    parts = check_url(receiver.url)
    host, port = parts.hostname or "", parts.port or 443
    address = _resolved(host, port, receiver.allowed)
    body = json.dumps(content, ensure_ascii=False, sort_keys=True).encode()
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "OpenAIM",
        "Idempotency-Key": key,
        "OpenAIM-Signature": signature(receiver.secret, second, body),
    }
    connection = _Pinned(host, port, address, receiver.authorities)
    target = iri_to_uri((parts.path or "/") + (f"?{parts.query}" if parts.query else ""))
    timer = threading.Timer(TOTAL_S, connection.abort)
    timer.start()
    try:
        connection.request("POST", target, body, headers)
        status = connection.getresponse().status
    except (OSError, http.client.HTTPException) as error:
        raise WebhookError(f"{host} did not take the message: {error or type(error).__name__}.") from error
    finally:
        timer.cancel()
        connection.close()
    if not 200 <= status < 300:
        raise WebhookError(f"{host} answered {status}.")


def may_reach(address: IPv4Address | IPv6Address, allowed: Sequence[Network]) -> bool:
    """Whether an address is public or in one of the allowed networks.

    IPv6 addresses that carry an IPv4 one are judged by it where that is plain, and refused where a gateway would
    unwrap it.
    """
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped is not None:
            return may_reach(address.ipv4_mapped, allowed)
        if address.sixtofour is not None or address.teredo is not None or address in _NAT64:
            return False
    if any(address in network for network in allowed if network.version == address.version):
        return True
    return address.is_global and not address.is_multicast


def _resolved(host: str, port: int, allowed: Sequence[Network]) -> str:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise WebhookError(f"{host} has no address: {error}.") from error
    addresses = [str(info[4][0]).partition("%")[0] for info in found]
    for address in addresses:
        if not may_reach(ip_address(address), allowed):
            raise WebhookError(f"{host} is {address}, an address webhooks may not reach.")
    return addresses[0]


class _Pinned(http.client.HTTPSConnection):
    """A connection to one checked address, with the certificate of the name."""

    def __init__(self, host: str, port: int, address: str, authorities: Path | None) -> None:
        self._tls = ssl.create_default_context()
        if authorities is not None:
            self._tls.load_verify_locations(authorities)
        self._address = address
        super().__init__(host, port, timeout=TIMEOUT_S, context=self._tls)

    def connect(self) -> None:
        self.sock = socket.create_connection((self._address, self.port), self.timeout)
        self.sock = self._tls.wrap_socket(self.sock, server_hostname=self.host)

    def abort(self) -> None:
        """End what hangs, from another thread."""
        if self.sock is not None:
            self.sock.shutdown(socket.SHUT_RDWR)
