from typing import Any, ClassVar

import django.core.validators
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar[Any] = [("devices", "0003_broadcast_keys")]
    operations: ClassVar[Any] = [
        migrations.AddField(
            model_name="device",
            name="master",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                help_text="The meter on whose M-Bus a slave meter hangs; it is read in sessions with that one.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="slaves",
                to="devices.device",
            ),
        ),
        migrations.AddField(
            model_name="device",
            name="channel",
            field=models.PositiveSmallIntegerField(
                blank=True,
                help_text="M-Bus channel at the master, 1 to 4.",
                null=True,
                validators=[
                    django.core.validators.MinValueValidator(1),
                    django.core.validators.MaxValueValidator(4),
                ],
            ),
        ),
        migrations.AddIndex(
            model_name="device",
            index=models.Index(condition=models.Q(("master__isnull", False)), fields=["master"], name="device_master"),
        ),
        migrations.AddConstraint(
            model_name="device",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ("removed", "scrapped")), _negated=True),
                fields=("master", "channel"),
                name="device_master_channel",
                violation_error_message="Another slave meter hangs on this channel of the master.",
            ),
        ),
        migrations.AddConstraint(
            model_name="device",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("channel", None), ("master", None)),
                    models.Q(
                        ("channel__isnull", False),
                        ("channel__range", (1, 4)),
                        ("concentrator", None),
                        ("host", ""),
                        ("master__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="device_behind_master",
                violation_error_message="A slave meter has a master, a channel there from 1 to 4, and no address.",
            ),
        ),
    ]
