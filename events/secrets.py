"""Secrets of webhooks: shown once, then kept by the key store under the master key, each bound to its rule."""

import secrets

from devices.keystore.columns import SealedColumn
from events.models import AlarmRule

_OCTETS = 32

SEALED = SealedColumn(
    AlarmRule,
    binding=lambda rule: f"webhook {rule.utility_id} {rule.pk}".encode(),
    name=lambda rule: f"Webhook secret of the alarm rule {rule.name}",
    octets="webhook_secret",
    master_key="webhook_master_key",
    optional=True,
)


def new_secret() -> str:
    """A secret to share with the receiver, 32 random octets as text."""
    return secrets.token_urlsafe(_OCTETS)
