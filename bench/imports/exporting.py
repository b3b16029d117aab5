"""What an import brought, as files again: by the worker's own function, from the question to the kept file."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import datetime

from bench.report import Figure
from integration.exports.options import Layout, Options
from integration.exports.registry import format_of
from integration.exports.running import run_export
from integration.models import FileExport
from integration.services.exports import Order, begin_export
from metering.models import Series


def take_out(
    form: str, start: datetime, end: datetime, options: Options | None = None, most: int = 500
) -> Iterator[Figure]:
    """Values per second of an export of the first `most` interval series over [start, end), and octets per value."""
    series = list(Series.objects.filter(interval_s__gt=0).order_by("pk").values_list("pk", flat=True)[:most])
    begun = time.perf_counter()
    row = begin_export(series=series, order=Order(form, start, end, options or Options()))
    done = run_export(row.pk)
    seconds = time.perf_counter() - begun
    if done is None or done.state != FileExport.State.DONE or done.file is None or not done.values:
        raise AssertionError(f"{form}: {done.cause if done else 'not to be had'}")
    wide = "wide " if options and options.layout is Layout.WIDE else ""
    label = f"{format_of(form).label}: {wide}export"
    yield Figure(label, done.values / seconds, "values/s")
    yield Figure(f"{label}, size", done.file.octets / done.values, "B/value")
