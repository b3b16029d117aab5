from typing import Any, ClassVar

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

STATES = [
    ("inventory", "In inventory"),
    ("discovered", "Discovered"),
    ("installed", "Installed"),
    ("in_operation", "In operation"),
    ("error", "Error"),
    ("removed", "Removed"),
    ("scrapped", "Scrapped"),
]


class Migration(migrations.Migration):
    dependencies: ClassVar[Any] = [
        ("access", "0002_audit_insert_only"),
        ("devices", "0007_segments"),
    ]
    operations: ClassVar[Any] = [
        migrations.AlterModelOptions(
            name="device",
            options={
                "ordering": ["serial_number"],
                "permissions": [
                    ("read_device", "Can read a device now"),
                    ("install_device", "Can install, exchange and remove a device"),
                    ("scrap_device", "Can scrap a device, and take that back"),
                ],
            },
        ),
        migrations.CreateModel(
            name="StateChange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("before", models.CharField(choices=STATES, max_length=16)),
                ("after", models.CharField(choices=STATES, max_length=16)),
                ("at", models.DateTimeField()),
                ("reason", models.CharField(blank=True, max_length=200)),
                ("action", models.CharField(blank=True, help_text="Action id it belongs to.", max_length=32)),
                (
                    "device",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="state_changes",
                        to="devices.device",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        blank=True,
                        help_text="Empty: the system, by a rule.",
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["-at", "-pk"],
                "default_permissions": ("view",),
                "indexes": [models.Index(fields=["device", "-at"], name="state_change_latest")],
            },
        ),
    ]
