"""Changing and taking off exclusions; what was counted of the days they cover, or covered, is counted anew."""

from collections.abc import Iterable
from datetime import date, timedelta

from django.db import transaction

from access import audit
from access.models import User
from devices.models import Device
from headend.models import Exclusion
from headend.services.deliveries import exclude, forget

_DAY = timedelta(days=1)


@transaction.atomic
def exclude_devices(*, devices: Iterable[Device], first: date, last: date | None, reason: str, user: User) -> int:
    """The same exclusion for several devices; returns how many. ValidationError as of `Exclusion.full_clean`."""
    made = [exclude(device=each, first=first, last=last, reason=reason, user=user) for each in devices]
    return len(made)


@transaction.atomic
def change_exclusion(*, exclusion: Exclusion, last: date | None, reason: str, user: User) -> None:
    """Another end or reason. ValidationError where the end lies before the first day."""
    before = exclusion.last_day
    exclusion.last_day, exclusion.reason = last, reason
    exclusion.full_clean()
    exclusion.save(update_fields=["last_day", "reason"])
    if last != before:
        _forget_between(exclusion, before, last)
    summary = f"{exclusion.device} from {exclusion.first_day} {f'to {last}' if last else 'on'}: {reason}"
    audit.record("exclusion changed", summary, user=user, utility=exclusion.device.utility, target=exclusion.device)


@transaction.atomic
def take_off(*, exclusions: Iterable[Exclusion], user: User) -> int:
    """The values of these days count again; returns how many exclusions went."""
    count = 0
    for row in exclusions:
        utility, first, last = row.device.utility, row.first_day, row.last_day
        summary = f"{row.device} from {first} {f'to {last}' if last else 'on'}: {row.reason}"
        audit.record("exclusion taken off", summary, user=user, utility=utility, target=row.device)
        row.delete()
        forget(utility, first, last)
        count += 1
    return count


def _forget_between(exclusion: Exclusion, before: date | None, last: date | None) -> None:
    """Only the days that are covered now and were not, or the other way round."""
    ends = [end for end in (before, last) if end is not None]
    forget(exclusion.device.utility, min(ends) + _DAY, max(ends) if len(ends) == 2 else None)
