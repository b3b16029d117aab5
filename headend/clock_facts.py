"""What a session is told of the clock: by which policy it may correct it, and when it was set back."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone

from devices.models import Device
from headend.clock import ClockRules
from headend.models import ClockCorrection, ClockPolicy

DAY = timedelta(days=1)
REMEMBERED = timedelta(days=60)
"""So long a clock that was set back makes readings begin where it was set, until they have passed that time."""


@dataclass(frozen=True, slots=True)
class SetBack:
    """At the true instant `at` a clock was set back; rows up to `until` may carry times that came twice."""

    at: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class ClockFacts:
    """What a session with one device needs to know; `rules` are None where nothing is corrected."""

    rules: ClockRules | None = None
    set_back: tuple[SetBack, ...] = ()


def clock_facts(devices: Iterable[Device]) -> Mapping[int, ClockFacts]:
    """By id of the device. Two queries, however many devices.

    Rows of a slave meter carry the clock of its master; that is corrected in sessions with the master alone.
    """
    chosen = list(devices)
    corrections = _corrections([device.spoken_to.pk for device in chosen])
    policies = {
        (policy.utility_id, policy.model_id): policy
        for policy in ClockPolicy.objects.filter(utility__in={device.utility_id for device in chosen})
    }
    since = timezone.now() - DAY
    return {
        device.pk: ClockFacts(
            None
            if device.master_id
            else _rules(
                policies.get((device.utility_id, device.model_id)) or policies.get((device.utility_id, None)),
                sum(each.at > since for each in corrections[device.pk]),
            ),
            tuple(_set_back(each) for each in corrections[device.spoken_to.pk] if each.before_s > 0),
        )
        for device in chosen
    }


def _corrections(ids: Sequence[int]) -> Mapping[int, list[ClockCorrection]]:
    found: dict[int, list[ClockCorrection]] = defaultdict(list)
    for row in ClockCorrection.objects.filter(device__in=ids, at__gte=timezone.now() - REMEMBERED):
        found[row.device_id].append(row)
    return found


def _rules(policy: ClockPolicy | None, done: int) -> ClockRules | None:
    if policy is None or not policy.enabled:
        return None
    left = policy.per_day - done
    return ClockRules(policy.tolerance_s, policy.sync_limit_s, policy.largest_s, policy.boundary_s, left)


def _set_back(row: ClockCorrection) -> SetBack:
    return SetBack(row.at, row.at + timedelta(seconds=row.before_s))
