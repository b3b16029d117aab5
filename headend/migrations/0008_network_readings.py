from typing import Any, ClassVar

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar[Any] = [("devices", "0008_life_cycle"), ("headend", "0007_meter_lists")]
    operations: ClassVar[Any] = [
        migrations.CreateModel(
            name="NetworkReading",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField()),
                ("operator", models.CharField(blank=True, max_length=40)),
                ("registered", models.BooleanField(help_text="Empty: not told.", null=True)),
                ("roaming", models.BooleanField(default=False)),
                (
                    "service",
                    models.CharField(
                        blank=True, help_text="What carries packets: LTE, NB-IoT and so on.", max_length=8
                    ),
                ),
                ("cell", models.CharField(blank=True, help_text="Location area and cell.", max_length=24)),
                ("signal_dbm", models.SmallIntegerField(null=True, verbose_name="signal (dBm)")),
                ("apn", models.CharField(blank=True, max_length=100, verbose_name="APN")),
                ("address", models.GenericIPAddressField(null=True, verbose_name="IP address")),
                (
                    "device",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="network_readings",
                        to="devices.device",
                    ),
                ),
            ],
            options={
                "ordering": ["-at"],
                "indexes": [models.Index(fields=["at"], name="network_reading_age")],
                "constraints": [models.UniqueConstraint(fields=("device", "at"), name="network_reading_at")],
            },
        ),
    ]
