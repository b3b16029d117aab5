from typing import Any, ClassVar

import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar[Any] = [
        ("access", "0002_audit_insert_only"),
        ("devices", "0008_life_cycle"),
        ("headend", "0006_frames"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations: ClassVar[Any] = [
        migrations.CreateModel(
            name="MeterList",
            fields=[
                (
                    "concentrator",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="meter_list",
                        serialize=False,
                        to="devices.device",
                    ),
                ),
                ("read_at", models.DateTimeField(null=True)),
                ("count", models.PositiveIntegerField(default=0)),
            ],
            options={
                "ordering": ["concentrator"],
                "default_permissions": ("view",),
            },
        ),
        migrations.AddField(
            model_name="discovereddevice",
            name="concentrator",
            field=models.ForeignKey(
                blank=True,
                help_text="The concentrator that lists it.",
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="devices.device",
            ),
        ),
        migrations.CreateModel(
            name="FollowPolicy",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "follow",
                    models.BooleanField(default=True, help_text="Put the new concentrator and address on file."),
                ),
                (
                    "most_at_once",
                    models.PositiveSmallIntegerField(
                        default=100,
                        help_text="Where one list would move more, none is moved and a person decides.",
                        validators=[django.core.validators.MaxValueValidator(20000)],
                    ),
                ),
                (
                    "utility",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="access.utility"
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "follow policies",
                "ordering": ["utility"],
            },
        ),
        migrations.CreateModel(
            name="WayChange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField()),
                ("before_address", models.CharField(blank=True, max_length=280)),
                ("after_address", models.CharField(blank=True, max_length=64)),
                (
                    "after",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="meters_come",
                        to="devices.device",
                    ),
                ),
                (
                    "before",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="meters_gone",
                        to="devices.device",
                    ),
                ),
                (
                    "device",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="way_changes", to="devices.device"
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        blank=True,
                        help_text="Empty: the system, by the policy.",
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
            },
        ),
        migrations.CreateModel(
            name="ListedMeter",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=40)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("new", "Unknown"),
                            ("registered", "Registered"),
                            ("differs", "Differs"),
                            ("lost", "Lost"),
                        ],
                        max_length=12,
                    ),
                ),
                ("since", models.DateTimeField(help_text="Since when it is in this state.")),
                ("serial_number", models.CharField(blank=True, max_length=40)),
                ("system_title", models.CharField(blank=True, max_length=16)),
                ("gateway_address", models.CharField(blank=True, max_length=64, verbose_name="address")),
                ("registered_at", models.DateTimeField(blank=True, help_text="As the concentrator says.", null=True)),
                ("note", models.CharField(blank=True, max_length=200)),
                (
                    "concentrator",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="listed_meters",
                        to="devices.device",
                    ),
                ),
                (
                    "device",
                    models.ForeignKey(
                        blank=True,
                        help_text="As it is on file.",
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="devices.device",
                    ),
                ),
            ],
            options={
                "ordering": ["concentrator", "name"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "registered"), _negated=True),
                        fields=["-since"],
                        name="listed_meter_differences",
                    )
                ],
                "constraints": [models.UniqueConstraint(fields=("concentrator", "name"), name="listed_meter")],
            },
        ),
    ]
