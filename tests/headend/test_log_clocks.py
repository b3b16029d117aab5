"""Entries of event logs whose clock says nothing that can be: they are left out, the others are read."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from headend.drivers.dlms_decode import log_entries
from protocols.dlms import encoding
from protocols.dlms.clock import encode_datetime
from protocols.dlms.columns import decode_columns

AT = datetime(2026, 6, 1, tzinfo=UTC)
EAST, WEST = (timezone(timedelta(hours=hours)) for hours in (3, -3))


@pytest.mark.parametrize(
    "nonsense",
    [datetime(1, 1, 1, tzinfo=EAST), datetime(1, 2, 1, tzinfo=EAST), datetime(9999, 12, 31, 23, tzinfo=WEST)],
)
def test_a_year_at_the_end_of_the_calendar_hides_no_other_entry(nonsense: datetime) -> None:
    rows = [(AT, 1), (nonsense, 2), (AT + timedelta(hours=1), 3)]
    buffer = encoding.array(
        [
            encoding.structure(encoding.octet_string(encode_datetime(at)), encoding.long_unsigned(code))
            for at, code in rows
        ]
    )
    entries = log_entries(decode_columns(bytes(buffer)), ("clock", "code"))
    assert [(entry.at, entry.code) for entry in entries] == [(AT, 1), (AT + timedelta(hours=1), 3)]
