"""Writing the file of an export: part by part into a draft, which becomes the file when the last part is in it.

A worker that dies leaves a draft nobody knows; the next one begins anew. The head of the file bears the instant the
export was asked for, so that the same values give the same file.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
from django.conf import settings
from django.db import connection, transaction
from numpy.typing import NDArray

from integration.exports.delivering import deliver
from integration.exports.entries import entries_of
from integration.exports.holding import Held
from integration.exports.options import Days, Options, Purpose
from integration.exports.parts import Asked, Part, parts_by_series, parts_by_time
from integration.exports.portions import Outcome, portion_of
from integration.exports.registry import Format, format_of
from integration.exports.states import State
from integration.exports.verifying import VerifiedOnly
from integration.formats.portion import Letterhead, Portion
from integration.models import ExportSeries, FileExport
from integration.services.files import keep
from metering.intervals import to_seconds
from metering.store import snapshot

LARGEST_SENDER = 10
"""Characters NEM has for a participant."""


@dataclass(slots=True, eq=False)
class Account:
    """What became of n series asked for, by their number less one: values written, left out, and why."""

    values: NDArray[np.int64]
    left_out: NDArray[np.int64]
    refused: dict[int, str] = field(default_factory=dict)
    reasons: dict[int, str] = field(default_factory=dict)

    @classmethod
    def of(cls, series: int) -> Account:
        """The account of so many series before anything was written."""
        return cls(np.zeros(series, np.int64), np.zeros(series, np.int64))

    def add(self, first: int, outcome: Outcome) -> None:
        """Add what became of the series from index `first` on."""
        stretch = slice(first, first + len(outcome.values))
        self.values[stretch] += outcome.values
        self.left_out[stretch] += outcome.left_out
        for place, reason in outcome.reasons.items():
            self.reasons.setdefault(first + place, reason)

    @property
    def totals(self) -> dict[str, int]:
        """Columns of the row of the export."""
        counted = {"values": int(self.values.sum()), "left_out": int(self.left_out.sum())}
        return counted | {"series_refused": len(self.refused)}


def write_file(held: Held, most: int | None = None) -> None:
    """Write the file of an export this worker holds, and end it. See `running` for what may be raised.

    `most`: about how many values at a time; what the format asks for if not said.
    """
    row = held.row
    form, options = format_of(row.format), Options.of_json(row.options)
    asked = asked_of(row)
    account = Account.of(len(asked.points))
    parts = parts_of(row, form, options, asked, most or form.part_values)
    held.renew(parts=len(parts))
    verified = VerifiedOnly(row, wanted=options.days is Days.VERIFIED)
    portions = _portions(held, parts, form, options, account, verified)
    file = keep(form.write(portions, letterhead(row), options), most=settings.EXPORT_BYTES)
    with transaction.atomic():
        _settle(row, account)
        if options.purpose is Purpose.BILLING:
            deliver(row, verified)
        held.end(State.DONE, file=file, parts_done=len(parts), **account.totals)


def asked_of(row: FileExport) -> Asked:
    """The series of an export in their order. One query."""
    rows = ExportSeries.objects.filter(file_export=row).order_by("number")
    table = np.array(list(rows.values_list("series__metering_point", "series__interval_s")), np.int64).reshape(-1, 2)
    return Asked(table[:, 0], table[:, 1])


def parts_of(row: FileExport, form: Format, options: Options, asked: Asked, most: int) -> list[Part]:
    """The parts the file is written in."""
    start, end = form.window(to_seconds(row.starts_at), to_seconds(row.ends_at))
    divide = parts_by_time if form.by_time(options) else parts_by_series
    return divide(asked, start, end, most)


def letterhead(row: FileExport) -> Letterhead:
    """What stands at the top of the file."""
    return Letterhead(
        sender=row.utility.code.upper()[:LARGEST_SENDER],
        receiver=str(row.options.get("receiver", "")),
        made_at=to_seconds(row.created_at.replace(microsecond=0)),
        title=row.name,
        details={"zone": row.utility.time_zone},
    )


def _portions(
    held: Held, parts: list[Part], form: Format, options: Options, account: Account, verified: VerifiedOnly
) -> Iterator[Portion]:
    for done, part in enumerate(parts):
        held.stop_if_told()
        held.renew(parts_done=done, **account.totals)
        first, last = part.around
        with snapshot():
            rows = ExportSeries.objects.filter(file_export=held.row, number__gte=first, number__lte=last)
            rows = rows.order_by("number").select_related("series__measured_property", "series__metering_point")
            entries = entries_of([each.series for each in rows], form, options)
            chosen = slice(part.first - first, part.last - first + 1)
            outcome = portion_of(entries, form, chosen, part.start, part.end, verified)
        account.refused |= {first - 1 + place: entry.refusal for place, entry in enumerate(entries) if entry.refusal}
        account.add(first - 1, outcome)
        if len(outcome.portion) or form.by_time(options):  # the columns of a table are those of its first portion
            yield outcome.portion


_SETTLE = """
UPDATE integration_exportseries s SET "values" = k."values", left_out = k.left_out, refused = k.refused,
    reason = k.reason
FROM unnest(%s::integer[], %s::bigint[], %s::bigint[], %s::boolean[], %s::text[])
    AS k (number, "values", left_out, refused, reason)
WHERE s.file_export_id = %s AND s.number = k.number
"""


def _settle(row: FileExport, account: Account) -> None:
    """Say for every series what became of it."""
    count = len(account.values)
    reasons = account.reasons | account.refused
    columns = (
        list(range(1, count + 1)),
        account.values.tolist(),
        account.left_out.tolist(),
        [index in account.refused for index in range(count)],
        [reasons.get(index, "")[:300] for index in range(count)],
    )
    with connection.cursor() as cursor:
        cursor.execute(_SETTLE, [*columns, row.pk])
