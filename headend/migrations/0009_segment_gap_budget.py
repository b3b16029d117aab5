from typing import Any, ClassVar

import django.core.validators
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar[Any] = [("headend", "0008_network_readings")]
    operations: ClassVar[Any] = [
        migrations.AddField(
            model_name="segmentlimit",
            name="gap_devices_per_hour",
            field=models.PositiveIntegerField(
                blank=True,
                help_text="So many are asked again through it; empty: any number.",
                null=True,
                validators=[django.core.validators.MinValueValidator(1)],
                verbose_name="devices asked for missing values per hour",
            ),
        ),
        migrations.AddConstraint(
            model_name="segmentlimit",
            constraint=models.CheckConstraint(
                condition=models.Q(("gap_devices_per_hour", None), ("gap_devices_per_hour__gte", 1), _connector="OR"),
                name="segment_limit_gaps",
            ),
        ),
    ]
