"""Reading the values of exceptions again: one job per utility over the devices that measured them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from access.models import User, Utility
from devices.models import Device, Installation
from headend.models import Job
from headend.services.jobs import Order, create_job
from headend.targets import readable
from validation.models import Finding, FindingNote
from validation.reread_kind import KIND, STRETCHES
from validation.services.claiming import Decided, DecisionError, claim, record
from validation.stretches import Stretch, stretches, whole

MOST_REREAD = 500
"""At once: what is to be read travels with the job."""
TRIED_FOR = timedelta(hours=6)
SETTLES_IN = timedelta(minutes=10)
"""After a job ended it may take so long until the values it brought have been validated."""
FINDINGS = "findings"
"""The parameter of the job that names them."""

Meant = list[tuple[Finding, Device]]


@transaction.atomic
def reread_findings(*, findings: QuerySet[Finding], user: User) -> tuple[Decided, list[Job]]:
    """Have the values of these exceptions read again; they stay in the queue, marked, until the values came.

    Those that no device can be asked about stay as they are and count as `meanwhile`. DecisionError where that is all
    of them, and for more than `MOST_REREAD`.
    """
    claimed, meanwhile = claim(findings, user)
    if len(claimed) > MOST_REREAD:
        raise DecisionError(f"At most {MOST_REREAD} exceptions are read again at once: narrow the selection.")
    meant = _measured_by(claimed, user)
    if claimed and not meant:
        raise DecisionError("No device that can be read now measured these values.")
    jobs = [_job(utility, own, user) for utility, own in _by_utility(meant)]
    record("exceptions read again", [each for each, _device in meant], user=user, reason="")
    return Decided(len(meant), 0, meanwhile + len(claimed) - len(meant)), jobs


def give_back() -> int:
    """Open those again whose job ended and whose values are in doubt as before; how many."""
    recent = timezone.now() - SETTLES_IN
    jobs = Job.objects.filter(Q(finished_at=None) | Q(finished_at__gt=recent), kind=KIND.code)
    under_way = {key for asked in jobs.values_list("parameters", flat=True) for key in asked.get(FINDINGS, ())}
    marked = Finding.objects.filter(state=Finding.State.REREAD).order_by().values_list("pk", flat=True)
    return _open_again([key for key in marked if key not in under_way])


@transaction.atomic
def _open_again(keys: Sequence[int]) -> int:
    """Those of them that are still marked as being read; somebody may have decided meanwhile."""
    marked = Finding.objects.filter(pk__in=keys, state=Finding.State.REREAD).order_by("pk")
    held = list(marked.select_for_update(no_key=True).values_list("pk", flat=True))
    Finding.objects.filter(pk__in=held).update(state=Finding.State.OPEN)
    text = "Reading again ended, and the values are in doubt as before."
    FindingNote.objects.bulk_create(FindingNote(finding_id=pk, text=text) for pk in held)
    return len(held)


def _measured_by(findings: Sequence[Finding], user: User) -> Meant:
    """Each finding with the readable device that hung at its metering point then."""
    points = {each.series.metering_point_id for each in findings}
    devices = readable(Device.objects.visible_to(user, "read"))
    hung: dict[int, list[Installation]] = defaultdict(list)
    for row in Installation.objects.filter(metering_point__in=points, device__in=devices).select_related("device"):
        hung[row.metering_point_id].append(row)
    found = [(each, _at(hung[each.series.metering_point_id], whole(each))) for each in findings]
    return [(each, device) for each, device in found if device is not None]


def _at(installations: Sequence[Installation], stretch: Stretch) -> Device | None:
    for row in installations:
        lower, upper = row.period.lower, row.period.upper
        if (lower is None or lower < stretch.end) and (upper is None or upper > stretch.start):
            return row.device
    return None


def _by_utility(meant: Meant) -> Iterator[tuple[Utility, Meant]]:
    found: dict[Utility, Meant] = defaultdict(list)
    for each, device in meant:
        found[each.series.metering_point.utility].append((each, device))
    yield from found.items()


def _job(utility: Utility, meant: Meant, user: User) -> Job:
    """One job over the devices, and its mark on the findings."""
    asked: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for each, device in meant:
        asked[str(device.pk)] += [_edges(part) for part in stretches(each)]
    order = Order(
        kind=KIND.code, title=_title(asked), expires_in=TRIED_FOR,
        parameters={
            STRETCHES: {key: sorted(set(parts)) for key, parts in asked.items()},
            FINDINGS: [each.pk for each, _device in meant],
        },
    )  # fmt: skip
    job = create_job(utility=utility, order=order, devices=Device.objects.filter(pk__in=asked), user=user)
    Finding.objects.filter(pk__in=[each.pk for each, _device in meant]).update(state=Finding.State.REREAD)
    return job


def _edges(part: Stretch) -> tuple[str, str]:
    """Both included: of a profile of stands the one at the end of the last interval is needed, too."""
    return _written(part.start), _written(part.end)


def _written(at: datetime) -> str:
    return at.isoformat(timespec="seconds")


def _title(asked: Mapping[str, object]) -> str:
    return f"Values in doubt of {len(asked)} device{'' if len(asked) == 1 else 's'}"
