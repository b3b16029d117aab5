"""Versions of keys get instants, counters and the master key they are sealed under; keys of factory files a place.

Counters stay where they are: the one of the active key is that of the contact.
"""

from typing import Any, ClassVar

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models
from django.db.models import Q

KINDS = [
    ("encryption", "Encryption key (EK)"),
    ("authentication", "Authentication key (AK)"),
    ("broadcast", "Broadcast key"),
    ("master", "Master key (KEK)"),
    ("password", "Password (LLS) or secret (HLS)"),
    ("signature", "Public signing key of the device"),
    ("mbus_default", "M-Bus default key of the slave"),
    ("mbus_user", "M-Bus user key"),
    ("mbus_firmware", "M-Bus firmware key"),
    ("mbus_optical", "M-Bus optical port key"),
    ("consumer", "Consumer interface key (CII, P1)"),
    ("consumer_auth", "Consumer interface authentication key"),
    ("firmware", "Firmware authentication key"),
]
SEALED = "Nonce and AES-256-GCM ciphertext under the master key."
KNOWN_INSTANTS = """
UPDATE devices_devicekey SET
    valid_from = CASE WHEN state IN ('active', 'expired') THEN created_at END,
    valid_until = CASE WHEN state IN ('expired', 'withdrawn') THEN now() END
"""
VALIDITY = (
    Q(state="new", valid_from=None, valid_until=None)
    | Q(state="active", valid_from__isnull=False, valid_until=None)
    | Q(state="expired", valid_from__isnull=False, valid_until__isnull=False)
    | Q(state="withdrawn", valid_until__isnull=False)
)


class Migration(migrations.Migration):
    dependencies: ClassVar[Any] = [("access", "0002_audit_insert_only"), ("devices", "0004_slave_channels")]
    operations: ClassVar[Any] = [
        migrations.AlterField("devicekey", "kind", models.CharField(choices=KINDS, max_length=16)),
        migrations.AddField(
            "devicekey",
            "master_key",
            models.CharField(
                blank=True,
                default="",
                help_text="Id of the master key it is sealed under; empty where that was not noted.",
                max_length=16,
            ),
            preserve_default=False,
        ),
        migrations.AddField("devicekey", "next_counter", models.BigIntegerField(default=250)),
        migrations.AddField(
            "devicekey", "valid_from", models.DateTimeField(null=True, help_text="When it became the active one.")
        ),
        migrations.AddField(
            "devicekey", "valid_until", models.DateTimeField(null=True, help_text="When it expired or was withdrawn.")
        ),
        migrations.RunSQL(KNOWN_INSTANTS, migrations.RunSQL.noop),
        migrations.AlterField(
            "devicekey",
            "valid_from",
            models.DateTimeField(
                default=django.utils.timezone.now, null=True, help_text="When it became the active one."
            ),
        ),
        migrations.AddIndex("devicekey", models.Index(fields=["master_key", "id"], name="device_key_master")),
        migrations.AddConstraint(
            "devicekey",
            models.UniqueConstraint(condition=Q(state="new"), fields=["device", "kind"], name="device_key_one_new"),
        ),
        migrations.AddConstraint("devicekey", models.CheckConstraint(condition=VALIDITY, name="device_key_validity")),
        migrations.CreateModel(
            "TransportKey",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=60)),
                (
                    "method",
                    models.CharField(
                        choices=[("aes", "AES key wrap (RFC 3394)"), ("rsa", "RSA-OAEP with SHA-256")], max_length=8
                    ),
                ),
                (
                    "master_key",
                    models.CharField(help_text="Id of the master key it is sealed under.", max_length=16),
                ),
                ("sealed", models.BinaryField(help_text=SEALED)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("withdrawn_at", models.DateTimeField(null=True)),
                (
                    "utility",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="access.utility"
                    ),
                ),
            ],
            options={
                "ordering": ["name"],
                "indexes": [models.Index(fields=["master_key", "id"], name="transport_key_master")],
                "constraints": [models.UniqueConstraint(fields=("utility", "name"), name="transport_key_name")],
            },
        ),
    ]
