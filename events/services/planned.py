"""Announcing outages."""

from collections.abc import Sequence

from django.db import transaction

from access import audit
from access.models import User
from events.models import PlannedOutage
from events.services.alone import wait_to_derive
from events.services.area_outages import gather


@transaction.atomic
def announce(*, planned: PlannedOutage, user: User) -> None:
    """Save an announced outage; those of its area that began in its period are marked. Audited."""
    wait_to_derive()
    planned.created_by = user
    planned.save()
    _record("outage announced", planned, user)
    gather({planned.area_id: planned.starts_at})


@transaction.atomic
def withdraw(*, planned: Sequence[PlannedOutage], user: User) -> int:
    """Delete announced outages; what they marked is unplanned again. How many. Audited."""
    wait_to_derive()
    for each in planned:
        _record("outage withdrawn", each, user)
    areas = [(each.area_id, each.starts_at) for each in planned]
    PlannedOutage.objects.filter(pk__in=[each.pk for each in planned]).delete()
    gather({area: min(at for other, at in areas if other == area) for area, _ in areas})
    return len(planned)


def _record(verb: str, planned: PlannedOutage, user: User) -> None:
    period = {"from": planned.starts_at.isoformat(), "to": planned.ends_at.isoformat()}
    audit.record(verb, str(planned), user=user, utility=planned.area.utility, target=planned, details=period)
