"""Alarm rules of a device group."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("devices", "0006_groups"),
        ("events", "0004_webhook_secret"),
    ]

    operations = [
        migrations.AddField(
            model_name="alarmrule",
            name="group",
            field=models.ForeignKey(
                blank=True,
                help_text="Only alarms of devices of this group; empty: of all.",
                null=True,
                on_delete=django.db.models.deletion.RESTRICT,
                related_name="alarm_rules",
                to="devices.devicegroup",
                verbose_name="device group",
            ),
        ),
    ]
