"""Roles of the database that may read values in plain SQL."""

from django.db import models

from access.models import Utility


class SqlReader(models.Model):
    """A utility whose values a role of the database may read; `manage.py store reader` makes the role and this row.

    The views for foreign programs show a role the utilities it has rows for, and nothing to a role without any.
    """

    role = models.CharField(max_length=63, help_text="The role in the database.")
    utility = models.ForeignKey(
        Utility, on_delete=models.CASCADE, null=True, blank=True, related_name="sql_readers",
        help_text="Empty: all utilities.",
    )  # fmt: skip

    class Meta:
        db_table = "store_reader"
        verbose_name = "SQL reader"
        ordering = ["role"]
        constraints = [
            models.UniqueConstraint(fields=["role", "utility"], nulls_distinct=False, name="store_reader_utility")
        ]

    def __str__(self) -> str:
        return f"{self.role} ({self.utility.code if self.utility else 'all utilities'})"
