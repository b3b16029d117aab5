"""Reading personal data on a screen leaves a record in the audit trail."""

from collections.abc import Iterable

from django.db import connection, transaction
from django.utils import timezone

from access import audit
from access.models import AuditRecord, User
from metering.models import Customer, MeteringPoint

_LOCK = 0x0A1D91  # advisory lock: two pages opened at once record one view
VIEWED = "viewed"


@transaction.atomic
def record_view(*, user: User, point: MeteringPoint) -> None:
    """Record that `user` saw who the customer of `point` is: once per user, metering point and clock hour."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_LOCK, hash((user.pk, point.pk)) % 2**31])
    hour = timezone.now().replace(minute=0, second=0, microsecond=0)
    seen = AuditRecord.objects.filter(
        object_type=point._meta.label_lower, object_id=str(point.pk), username=user.username, verb=VIEWED, at__gte=hour
    )
    if not seen.exists():
        audit.record(VIEWED, f"Customer of metering point {point} seen", user=user, utility=point.utility, target=point)


def record_found(*, user: User, customers: Iterable[Customer], through: str) -> None:
    """Record that `user` saw the names of `customers` in a list (`through`: which); nothing when there are none."""
    numbers = sorted({customer.number for customer in customers})
    if numbers:
        summary = f"Names of {len(numbers)} customers seen in {through}"
        audit.record("customers read", summary, user=user, details={"customers": numbers})
