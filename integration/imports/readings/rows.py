"""The channels of an import in the database: counted up portion by portion, in one statement each."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence
from typing import Any

import numpy as np
from django.db import connection
from numpy.typing import NDArray

from integration.formats.portion import Portion
from integration.imports.readings.channels import Figures, sample_of
from integration.imports.readings.targets import NOWHERE, Targets
from integration.imports.texts import NAME, plain
from integration.models import FileImport
from metering.intervals import to_instant

SAMPLED = 4
"""So many channels of a file are drawn in the preview, with their first values."""
SAMPLE = 672
"""A week of quarter hours."""
_EARLIEST, _LATEST = 0, 4_102_444_800  # 1970 and 2100: what lies beyond is not stored, and no date of the database

_UPSERT = """
INSERT INTO integration_importchannel AS c
    (file_import_id, key, point, name, obis, unit, kind, interval_s, exponent, source, metering_point_id, series_id,
     is_new, refusal, line, "values", refused, total, first_at, last_at, sample)
SELECT %(file_import)s, * FROM unnest(
    %(key)s::uuid[], %(point)s::text[], %(name)s::text[], %(obis)s::text[], %(unit)s::text[], %(kind)s::text[],
    %(interval_s)s::integer[], %(exponent)s::smallint[], %(source)s::text[], %(metering_point)s::bigint[],
    %(series)s::bigint[], %(is_new)s::boolean[], %(refusal)s::text[], %(line)s::bigint[], %(values)s::bigint[],
    %(refused)s::bigint[], %(total)s::numeric[], %(first_at)s::timestamptz[], %(last_at)s::timestamptz[],
    %(sample)s::jsonb[])
ON CONFLICT (file_import_id, key) DO UPDATE SET
    exponent = least(c.exponent, excluded.exponent), "values" = c."values" + excluded."values",
    refused = c.refused + excluded.refused, total = c.total + excluded.total,
    first_at = least(c.first_at, excluded.first_at), last_at = greatest(c.last_at, excluded.last_at)
"""


def add_channels(
    row: FileImport, portion: Portion, targets: Targets, figures: Figures, refused: NDArray[np.int64], sampled: int
) -> int:
    """Add what a portion says of its channels to their rows; returns how many channels have a sample then.

    `refused` int64 (k,): values of each that are not taken; `sampled`: channels that have a sample already. A channel
    that clashes with another one has no row: it is in the list of problems.
    """
    own = _own(targets)
    if not own:
        return sampled
    fresh = [index for index in own if not targets.rows[index]][: max(0, SAMPLED - sampled)]
    samples = {index: sample_of(portion, index, SAMPLE) for index in fresh}
    columns = _columns(portion, targets, own) | _figures(figures, refused, own)
    columns["sample"] = [json.dumps(samples.get(index, [])) for index in own]
    with connection.cursor() as cursor:
        cursor.execute(_UPSERT, columns | {"file_import": row.pk})
    return sampled + len(fresh)


def _own(targets: Targets) -> list[int]:
    """Of channels with one key the first, in the order of the portion."""
    first = {key: index for index, key in reversed(list(enumerate(targets.keys))) if index not in targets.clashes}
    return sorted(first.values())


def _columns(portion: Portion, targets: Targets, own: Sequence[int]) -> dict[str, list[Any]]:
    channels = [portion.channels[index] for index in own]
    points, series = (
        [number or None for number in column[own].tolist()] for column in (targets.points, targets.series)
    )
    taken, known = targets.taken[own], targets.series[own] != NOWHERE
    return {
        "key": [targets.keys[index] for index in own],
        "point": [plain(channel.point, NAME) for channel in channels],
        "name": [plain(channel.name, NAME) for channel in channels],
        "obis": [plain(channel.obis, 24) for channel in channels],
        "unit": [plain(channel.unit, 16) for channel in channels],
        "kind": [channel.kind.value for channel in channels],
        "interval_s": [min(max(channel.interval_s, 0), 2**31 - 1) for channel in channels],
        "exponent": [min(max(channel.exponent, -99), 99) for channel in channels],
        "source": [plain(channel.source, 60) for channel in channels],
        "metering_point": points,
        "series": series,
        "is_new": (taken & ~known).tolist(),
        "refusal": [plain(targets.refusals[index], 200) for index in own],
    }


def _figures(figures: Figures, refused: NDArray[np.int64], own: Sequence[int]) -> dict[str, list[Any]]:
    given = figures.values[own] > 0
    return {
        "line": figures.line[own].tolist(),
        "values": figures.values[own].tolist(),
        "refused": refused[own].tolist(),
        "total": [figures.total[index] for index in own],
        "first_at": _instants(figures.first_at[own], given),
        "last_at": _instants(figures.last_at[own], given),
    }


def _instants(seconds: NDArray[np.int64], given: NDArray[np.bool_]) -> list[dt.datetime | None]:
    within = np.clip(seconds, _EARLIEST, _LATEST).tolist()
    return [to_instant(second) if there else None for second, there in zip(within, given.tolist(), strict=True)]
