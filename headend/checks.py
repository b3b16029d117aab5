"""System checks of what the listener is set up with: certificate and key of TLS, the MQTT broker."""

import ssl
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from cryptography import x509
from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register

from headend.listener.broker import Broker, broker_of_settings
from headend.listener.servers import tls_of

SOON = timedelta(days=30)
"""So long before a certificate ends it is told of."""
_OTHERS = 0o077
_HINT = "See Pushes in docs/how-to/run-on-your-own-servers.md."
_BROKER_HINT = "See docs/how-to/receive-pushes-over-mqtt.md."


def register_checks() -> None:
    """Make them part of `manage.py check`, those of certificates and of safety of `check --deploy`."""
    register(broker_fits)
    register(push_tls_fits, Tags.security, deploy=True)
    register(broker_is_safe, Tags.security, deploy=True)


def broker_fits(app_configs: Sequence[AppConfig] | None, **_options: Any) -> list[CheckMessage]:
    """The settings of the MQTT broker can be used together."""
    try:
        broker_of_settings()
    except ValueError as error:
        return [Error(f"{error}.", hint=_BROKER_HINT, id="headend.E001")]
    return []


def push_tls_fits(app_configs: Sequence[AppConfig] | None, **_options: Any) -> list[CheckMessage]:
    """Where pushes are taken over TLS, certificate and key can be used, and not only until tomorrow."""
    if settings.PUSH_TLS in ("", "-"):
        return []
    certificate, key = settings.PUSH_CERTIFICATE, settings.PUSH_KEY
    try:
        tls_of(str(certificate), str(key))
        ends = x509.load_pem_x509_certificate(certificate.read_bytes()).not_valid_after_utc
    except (OSError, ValueError) as error:
        what = f"The listener cannot use the certificate {certificate} with the key {key}: {error}."
        return [Error(what, hint=_HINT, id="headend.E002")]
    return [*_lasting(certificate, ends), *_secret(key)]


def broker_is_safe(app_configs: Sequence[AppConfig] | None, **_options: Any) -> list[CheckMessage]:
    """The MQTT broker is reached in a way that keeps password and messages from others."""
    try:
        broker = broker_of_settings()
    except ValueError:
        return []
    if broker is None:
        return []
    if broker.tls:
        return _trusted(broker)
    if _is_here(broker.host):
        return []
    what = f"Pushes and the password travel unprotected from the MQTT broker {broker}."
    return [Warning(what, hint=f"Use mqtts://. {_BROKER_HINT}", id="headend.W003")]


def _lasting(certificate: Path, ends: datetime) -> Iterator[CheckMessage]:
    now = datetime.now(UTC)
    if ends <= now:
        yield Error(f"The certificate {certificate} ended on {ends:%Y-%m-%d}.", hint=_HINT, id="headend.E003")
    elif ends <= now + SOON:
        yield Warning(f"The certificate {certificate} ends on {ends:%Y-%m-%d}.", hint=_HINT, id="headend.W001")


def _secret(key: Path) -> Iterator[CheckMessage]:
    if key.stat().st_mode & _OTHERS:
        what = f"Others than its owner may read the key {key}."
        yield Warning(what, hint=f"chmod 600 {key}", id="headend.W002")


def _trusted(broker: Broker) -> list[CheckMessage]:
    try:
        ssl.create_default_context(cafile=broker.authorities or None)
    except OSError as error:
        what = f"The authorities of the MQTT broker in {broker.authorities} cannot be used: {error}."
        return [Error(what, hint=_BROKER_HINT, id="headend.E004")]
    return []


def _is_here(host: str) -> bool:
    """Whether an address is of this machine; of a name only localhost is known to be."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
