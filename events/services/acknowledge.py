"""Acknowledging alarms: somebody has seen them, and says what is done about them."""

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from access import audit
from access.models import User
from events.models import Event
from events.models.event import LONGEST_COMMENT

NAMED = 100


@transaction.atomic
def acknowledge(*, alarms: QuerySet[Event], user: User, comment: str = "") -> int:
    """Acknowledge the open ones among `alarms`; how many. Who was first stays. One audit record per utility."""
    rows = list(
        Event.objects.open_alarms().filter(pk__in=alarms.order_by().values("pk")).order_by("pk")
        .select_for_update(of=("self",)).values_list("pk", "device__utility")
    )  # fmt: skip
    ids = [pk for pk, _utility in rows]
    noted = comment.strip()[:LONGEST_COMMENT]
    Event.objects.filter(pk__in=ids).update(acknowledged_at=timezone.now(), acknowledged_by=user, comment=noted)
    for utility_id in sorted({utility for _pk, utility in rows}):
        _record([pk for pk, utility in rows if utility == utility_id], utility_id, user, noted)
    return len(ids)


def _record(ids: list[int], utility_id: int, user: User, comment: str) -> None:
    first = Event.objects.select_related("device__utility").get(pk=ids[0])
    summary = str(first.entry.text) if len(ids) == 1 else f"{len(ids):,} alarms"
    audit.record(
        "alarms acknowledged", summary, user=user, utility=first.device.utility,
        target=first if len(ids) == 1 else None,
        details={"count": len(ids), "events": ids[:NAMED], "comment": comment},
    )  # fmt: skip
