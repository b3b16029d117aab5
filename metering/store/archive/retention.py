"""Retention classes in effect: which months leave the database or the archive now, and that they do."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import cast

from django.db.models import Q
from django.utils import timezone

from metering.models import ArchivedMonth, RetentionClass
from metering.store.archive.leaving import archive_month, carry_on, drop_month
from metering.store.archive.months import ArchiveError, Kind
from metering.store.archive.returning import come_back
from metering.store.archive.steps import NotNowError, State, Tell, alone, silent
from metering.store.archive.tables import tables_of
from metering.store.partitions import Place, months_of, place_of

log = logging.getLogger(__name__)

RETURNED_STAYS = dt.timedelta(days=30)
"""A month that was brought back stays this long before its class sends it away again."""
Action = RetentionClass.Action


@dataclass(frozen=True, slots=True)
class Departure:
    """A month whose time has come, by its first day."""

    kind: Kind
    month: dt.date
    action: Action

    def __str__(self) -> str:
        return f"{RetentionClass.Kind(self.kind).label} of {self.month:%Y-%m}"

    def carry_out(self, tell: Tell = silent) -> None:
        """Archive or drop the month; errors as of `archive_month`."""
        act = archive_month if self.action == Action.ARCHIVE else drop_month
        act(self.kind, self.month, tell=tell)


def keep_months() -> int:
    """Finish what was begun, then archive and drop the months whose time has come; returns how many left.

    What cannot be done now, because somebody reads a table or a disk is full, is logged and done by a later call.
    """
    for row in unfinished():
        _try(f"{row} ({row.get_state_display().lower()})", partial(finish, row))
    return sum(_try(str(departure), departure.carry_out) for departure in due())


def due(today: dt.date | None = None) -> list[Departure]:
    """The months that leave today (a UTC day) by the classes, oldest first."""
    this_month = (today or timezone.now().date()).replace(day=1)
    classes = RetentionClass.objects.filter(series_kind="", measured_property=None, online_months__isnull=False)
    found = [departure for whole in classes for departure in _due(whole, this_month)]
    return sorted(found, key=lambda departure: (departure.month, departure.kind))


def unfinished() -> list[ArchivedMonth]:
    """The months that were being moved when their process ended, or met somebody who used them."""
    begun = Q(state__in=(State.CLOSING, State.RETURNING, State.DROPPING)) | Q(state=State.RETURNED, files__isnull=False)
    half_gone = [row for row in ArchivedMonth.objects.filter(state=State.ARCHIVED) if _has_tables(row)]
    return [*ArchivedMonth.objects.filter(begun).distinct(), *half_gone]


def finish(row: ArchivedMonth, tell: Tell = silent) -> None:
    """Bring a month that is on its way to its end, unless somebody did meanwhile; errors as of `archive_month`."""
    with alone():
        present = ArchivedMonth.objects.filter(pk=row.pk).first()
        if present is None:
            return
        act = come_back if present.state in (State.RETURNING, State.RETURNED) else carry_on
        act(present, tell)


def last_month_to_leave(months: int, this_month: dt.date) -> dt.date:
    """The youngest month with `months` whole months between it and this one."""
    year, month = divmod(this_month.year * 12 + this_month.month - 1 - months - 1, 12)
    return dt.date(year, month + 1, 1) if year > 0 else dt.date.min


def _due(whole: RetentionClass, this_month: dt.date) -> Iterator[Departure]:
    """The months of one class: first out of the database, then out of the archive."""
    kind, online_months = cast("Kind", whole.kind), cast("int", whole.online_months)
    last = last_month_to_leave(online_months, this_month)
    rows = ArchivedMonth.objects.filter(kind=kind, month__lte=last)
    archived = set(rows.filter(state=State.ARCHIVED).values_list("month", flat=True))
    online = {month for table in tables_of(kind) for month in months_of(table.name) if month <= last} - archived
    if whole.action == Action.DROP:
        yield from (Departure(kind, month, Action.DROP) for month in online | archived)
        return
    staying = rows.filter(state=State.RETURNED, since__gt=timezone.now() - RETURNED_STAYS)
    yield from (Departure(kind, month, Action.ARCHIVE) for month in online - {row.month for row in staying})
    if whole.archive_months is not None:
        last = last_month_to_leave(online_months + whole.archive_months, this_month)
        yield from (Departure(kind, month, Action.DROP) for month in archived if month <= last)


def _has_tables(row: ArchivedMonth) -> bool:
    return any(place_of(table.name, row.month) is not Place.ABSENT for table in tables_of(row.kind))


def _try(what: str, act: Callable[[], None]) -> bool:
    try:
        act()
    except (ArchiveError, OSError) as error:
        level = logging.INFO if isinstance(error, NotNowError) else logging.WARNING
        log.log(level, "retention: %s stays for now: %s", what, error)
        return False
    return True
