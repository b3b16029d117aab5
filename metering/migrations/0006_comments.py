from typing import Any, ClassVar

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import F, Q

PERSON: dict[str, Any] = {
    "blank": True, "null": True, "on_delete": django.db.models.deletion.PROTECT, "to": settings.AUTH_USER_MODEL,
}  # fmt: skip


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("metering", "0005_archive"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations: ClassVar = [
        migrations.AlterModelOptions(
            name="series",
            options={
                "ordering": ["metering_point", "measured_property__rank", "periodicity", "kind", "source"],
                "permissions": [("edit_values", "Can edit values"), ("comment_values", "Can comment on values")],
                "verbose_name_plural": "series",
            },
        ),
        migrations.CreateModel(
            name="ValueComment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("starts_at", models.DateTimeField(verbose_name="from")),
                ("ends_at", models.DateTimeField(verbose_name="to, excluded")),
                ("text", models.TextField(max_length=2000)),
                (
                    "kind",
                    models.CharField(
                        blank=True,
                        help_text="Where it comes from, such as the name of a file format; empty for people.",
                        max_length=24,
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("withdrawn_at", models.DateTimeField(blank=True, null=True)),
                ("created_by", models.ForeignKey(related_name="value_comments", **PERSON)),
                (
                    "series",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="comments", to="metering.series"
                    ),
                ),
                ("withdrawn_by", models.ForeignKey(related_name="+", **PERSON)),
            ],
            options={
                "ordering": ["starts_at", "id"],
                "indexes": [models.Index(fields=["series", "starts_at"], name="value_comment_period")],
                "constraints": [
                    models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="value_comment_ends_later"),
                    models.CheckConstraint(condition=~Q(text=""), name="value_comment_says_something"),
                ],
            },
        ),
    ]
