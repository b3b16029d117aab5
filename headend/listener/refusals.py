"""Refused messages of known devices, counted per device and cause, so that a person sees why a device does not push."""

from collections.abc import Sequence
from typing import Any

import orjson
from django.db import connection

from headend.listener.messages import Refused
from headend.storing.texts import storable

_LONGEST = 300

_COUNT = """
INSERT INTO headend_pushrefusal AS known (device_id, cause, detail, address, count, first_at, last_at)
SELECT device_id, cause, (array_agg(detail ORDER BY at DESC))[1], (array_agg(address ORDER BY at DESC))[1],
       count(*), min(at), max(at)
FROM jsonb_to_recordset(%s::jsonb) AS news(device_id bigint, cause text, detail text, address text, at timestamptz)
GROUP BY device_id, cause ORDER BY device_id, cause
ON CONFLICT (device_id, cause) DO UPDATE
SET detail = excluded.detail, address = excluded.address, count = known.count + excluded.count,
    last_at = greatest(known.last_at, excluded.last_at)
"""


def count_refusals(refused: Sequence[Refused]) -> None:
    """One row per device and cause, with the words and the address of the last message."""
    if not refused:
        return
    news: list[dict[str, Any]] = [
        {
            "device_id": each.device_id,
            "cause": each.cause,
            "detail": storable(each.detail)[:_LONGEST],
            "address": each.arrival.address[:280],
            "at": each.arrival.at,
        }
        for each in refused
    ]
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, [orjson.dumps(news).decode()])
