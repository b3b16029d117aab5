"""What people noted about the values of a period."""

from datetime import datetime
from typing import ClassVar, Self

from django.db import models
from django.db.models import F, Q

from access.models import User
from access.querysets import ScopedQuerySet
from metering.models.series import Series

LONGEST_TEXT = 2000


class ValueCommentQuerySet(ScopedQuerySet["ValueComment"]):
    """Comments; the ones that stand are those nobody withdrew."""

    def standing(self) -> Self:
        return self.filter(withdrawn_at__isnull=True)

    def touching(self, start: datetime, end: datetime) -> Self:
        """Comments on any instant of [start, end)."""
        return self.filter(starts_at__lt=end, ends_at__gt=start)


class ValueComment(models.Model):
    """A note on the values of one series over [starts_at, ends_at). It is never changed or deleted, only withdrawn."""

    series = models.ForeignKey(Series, on_delete=models.PROTECT, related_name="comments")
    starts_at = models.DateTimeField("from")
    ends_at = models.DateTimeField("to, excluded")
    text = models.TextField(max_length=LONGEST_TEXT)
    kind = models.CharField(
        max_length=24, blank=True, help_text="Where it comes from, such as the name of a file format; empty for people."
    )
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="value_comments")
    created_at = models.DateTimeField(auto_now_add=True)
    withdrawn_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    scope_utility: ClassVar[str] = "series__metering_point__utility"
    scope_segment: ClassVar[str | None] = "series__metering_point__segment"
    objects = models.Manager.from_queryset(ValueCommentQuerySet)()

    class Meta:
        indexes = [models.Index(fields=["series", "starts_at"], name="value_comment_period")]
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="value_comment_ends_later"),
            models.CheckConstraint(condition=~Q(text=""), name="value_comment_says_something"),
        ]
        ordering = ["starts_at", "id"]

    def __str__(self) -> str:
        return self.text[:60]
