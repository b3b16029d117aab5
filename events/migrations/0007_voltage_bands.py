from decimal import Decimal
from typing import Any, ClassVar

import django.core.validators
import django.db.models.deletion
from django.db import migrations, models

_LEAST, _MOST = (
    django.core.validators.MinValueValidator(Decimal("0.1")),
    django.core.validators.MaxValueValidator(Decimal("50")),
)


class Migration(migrations.Migration):
    dependencies: ClassVar[Any] = [
        ("access", "0002_audit_insert_only"),
        ("events", "0006_outage_taken_down"),
        ("metering", "0007_withdrawal"),
    ]
    operations: ClassVar[Any] = [
        migrations.CreateModel(
            name="VoltageBand",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "nominal_v",
                    models.DecimalField(
                        decimal_places=1,
                        default=Decimal("230"),
                        help_text="Between phase and neutral, as the meter shows it.",
                        max_digits=6,
                        validators=[
                            django.core.validators.MinValueValidator(Decimal("1")),
                            django.core.validators.MaxValueValidator(Decimal("99999")),
                        ],
                        verbose_name="nominal voltage (V)",
                    ),
                ),
                (
                    "below_percent",
                    models.DecimalField(
                        decimal_places=1,
                        default=Decimal("10"),
                        max_digits=4,
                        validators=[_LEAST, _MOST],
                        verbose_name="below (%)",
                    ),
                ),
                (
                    "above_percent",
                    models.DecimalField(
                        decimal_places=1,
                        default=Decimal("10"),
                        max_digits=4,
                        validators=[_LEAST, _MOST],
                        verbose_name="above (%)",
                    ),
                ),
                (
                    "area",
                    models.ForeignKey(
                        blank=True,
                        help_text="Empty: all of the utility, or the metering point.",
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="metering.transformerarea",
                    ),
                ),
                (
                    "metering_point",
                    models.ForeignKey(
                        blank=True,
                        help_text="Empty: all of the utility or of the area.",
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="metering.meteringpoint",
                    ),
                ),
                (
                    "utility",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="voltage_bands",
                        to="access.utility",
                    ),
                ),
            ],
            options={
                "ordering": ["utility", "area", "metering_point"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("utility", "area", "metering_point"), name="voltage_band_once", nulls_distinct=False
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("area", None), ("metering_point", None), _connector="OR"),
                        name="voltage_band_of_one",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("nominal_v__gte", Decimal("1"))), name="voltage_band_nominal"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("above_percent__range", (Decimal("0.1"), 50)),
                            ("below_percent__range", (Decimal("0.1"), 50)),
                        ),
                        name="voltage_band_percent",
                    ),
                ],
            },
        ),
    ]
