"""Comments on values: adding one, and withdrawing it."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from access import audit
from access.models import User
from metering.models import Series, ValueComment
from metering.models.comment import LONGEST_TEXT


class CommentError(ValueError):
    """The comment cannot be kept as it is; the message says why."""


@transaction.atomic
def add_comment(
    series: Series, start: datetime, end: datetime, text: str, user: User | None = None, kind: str = ""
) -> ValueComment:
    """Note `text` about the values of `series` over [start, end), both aware.

    `kind` names where a comment that no person wrote comes from. What a person writes is recorded in the audit trail.
    CommentError when nothing is said, when it is longer than 2,000 characters, or when the period is empty.
    """
    text = text.strip()
    if not text:
        raise CommentError("Write what is to be noted.")
    if len(text) > LONGEST_TEXT:
        raise CommentError(f"A comment has at most {LONGEST_TEXT} characters; this one has {len(text)}.")
    if end <= start:
        raise CommentError("The end must be later than the beginning.")
    comment = ValueComment.objects.create(
        series=series, starts_at=start, ends_at=end, text=text, kind=kind, created_by=user
    )
    if user is not None:
        _record("commented", comment, user)
    return comment


@transaction.atomic
def withdraw_comment(comment: ValueComment, *, user: User) -> None:
    """Take a comment back: it is no longer shown, but kept with who withdrew it and when. Safe to repeat."""
    now = timezone.now()
    standing = ValueComment.objects.filter(pk=comment.pk).standing()
    if standing.update(withdrawn_by=user, withdrawn_at=now):
        comment.withdrawn_by, comment.withdrawn_at = user, now
        _record("comment withdrawn", comment, user)


def _record(verb: str, comment: ValueComment, user: User) -> None:
    period = f"{comment.starts_at:%Y-%m-%dT%H:%MZ} to {comment.ends_at:%Y-%m-%dT%H:%MZ}"
    point = comment.series.metering_point
    audit.record(
        verb,
        f"{comment.series} of metering point {point}, {period}",
        user=user,
        utility=point.utility,
        target=comment,
        details={"series": comment.series_id, "text": comment.text},
    )
