"""Webhook secrets under the key store: they name their master key and are bound to their rule.

Until now they were sealed under a key derived from the file of the master key. Those that no file present opens stay
as they are and name no master key; sending says so, and a new secret can be made.
"""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF, HKDFExpand
from django.conf import settings
from django.db import migrations, models

NONCE = 12


def seal_anew(apps: Any, schema_editor: Any) -> None:
    """Open what was sealed the former way; seal it as the key store does."""
    rules = apps.get_model("events", "AlarmRule").objects.exclude(webhook_secret=b"").filter(webhook_master_key="")
    files = list(_master_key_files())
    for rule in rules.iterator():
        former = (_opened(bytes(rule.webhook_secret), rule.utility_id, key) for key in files)
        secret = next((each for each in former if each is not None), None)
        if secret is None:
            continue
        key = bytes.fromhex(settings.MASTER_KEY) if settings.MASTER_KEY else files[0]
        rule.webhook_secret = _sealed(secret, key, f"webhook {rule.utility_id} {rule.pk}".encode())
        rule.webhook_master_key = HKDFExpand(SHA256(), 8, b"OpenAIM master key id").derive(key).hex()
        rule.save(update_fields=["webhook_secret", "webhook_master_key"])


def _master_key_files() -> Iterator[bytes]:
    """The content of the file of the master key, then of the former one, as far as they exist."""
    for name in (settings.MASTER_KEY_FILE, settings.FORMER_MASTER_KEY_FILE):
        if name and Path(name).is_file():
            yield Path(name).read_bytes()


def _opened(octets: bytes, utility_id: int, master_key: bytes) -> bytes | None:
    cipher = AESGCM(HKDF(SHA256(), 32, salt=None, info=b"openaim webhook secrets").derive(master_key))
    try:
        return cipher.decrypt(octets[:NONCE], octets[NONCE:], f"webhook of utility {utility_id}".encode())
    except (InvalidTag, ValueError):
        return None


def _sealed(secret: bytes, master_key: bytes, binding: bytes) -> bytes:
    nonce = os.urandom(NONCE)
    return nonce + AESGCM(master_key).encrypt(nonce, secret, binding)


class Migration(migrations.Migration):
    dependencies = [
        ("events", "0003_outages"),
    ]

    operations = [
        migrations.AddField(
            model_name="alarmrule",
            name="webhook_master_key",
            field=models.CharField(
                blank=True,
                default="",
                editable=False,
                help_text="Id of the master key the secret is sealed under.",
                max_length=16,
            ),
            preserve_default=False,
        ),
        migrations.RunPython(seal_anew, migrations.RunPython.noop),
    ]
