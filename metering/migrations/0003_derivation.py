"""Registers: where they start again from zero, their multipliers, and their stands where a meter was exchanged."""

from typing import ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import migrations, models

LIMITS = (1, 1_000_000)
RATIO = [MinValueValidator(LIMITS[0]), MaxValueValidator(LIMITS[1])]
METER = models.CharField("meter", max_length=60, blank=True, help_text="Serial number, as in the source of series.")


def _point(related_name: str) -> "models.ForeignKey[object, object]":
    return models.ForeignKey(
        "metering.meteringpoint", models.deletion.PROTECT, related_name=related_name, db_index=False
    )


class Migration(migrations.Migration):
    dependencies: ClassVar = [("metering", "0002_store")]

    operations: ClassVar = [
        migrations.AddField(
            "series",
            "register_digits",
            models.PositiveSmallIntegerField(
                null=True,
                blank=True,
                validators=[MinValueValidator(1), MaxValueValidator(30)],
                help_text="Digits of the register in units of this series: after 10^digits − 1 it starts again "
                "from zero. Empty where unknown: a step backwards then stays negative and suspect.",
            ),
        ),
        migrations.AddConstraint(
            "series",
            models.CheckConstraint(
                condition=models.Q(("register_digits__isnull", True), ("kind", "stand"), _connector="OR"),
                name="series_register_digits",
            ),
        ),
        migrations.CreateModel(
            "Multiplier",
            [
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("metering_point", _point("multipliers")),
                ("source", METER),
                ("valid_from", models.DateTimeField()),
                ("numerator", models.PositiveIntegerField(validators=RATIO)),
                ("denominator", models.PositiveIntegerField(default=1, validators=RATIO)),
                ("reason", models.CharField(blank=True, max_length=200)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "ordering": ["metering_point", "source", "-valid_from"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=["metering_point", "source", "valid_from"], name="multiplier_identity"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("numerator__range", LIMITS), ("denominator__range", LIMITS)),
                        name="multiplier_ratio",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            "BoundaryStand",
            [
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("metering_point", _point("boundary_stands")),
                (
                    "measured_property",
                    models.ForeignKey(
                        "metering.measuredproperty", models.deletion.PROTECT, related_name="boundary_stands"
                    ),
                ),
                ("source", METER.clone()),
                ("at", models.DateTimeField()),
                ("side", models.CharField(choices=[("final", "Final"), ("initial", "Initial")], max_length=8)),
                (
                    "value",
                    models.DecimalField("stand", max_digits=30, decimal_places=12, null=True, blank=True),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "ordering": ["metering_point", "measured_property", "-at", "side"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=["metering_point", "measured_property", "source", "at", "side"],
                        name="boundary_stand_identity",
                    )
                ],
            },
        ),
    ]
