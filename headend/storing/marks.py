"""How far the buffers of devices have been read."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from headend import kinds
from headend.models import ReadMark
from headend.storing.outcome import Outcome, known_of
from headend.storing.placing import read_until

_Key = tuple[int, str]


def store_marks(outcomes: Sequence[Outcome]) -> None:
    """Remember how far each buffer was read: the newest row that found a place, the newest entry, none from the future.

    Reading gaps moves no mark: it is not known to have read everything before. A mark that lies ahead is put right.
    """
    newest: dict[_Key, datetime] = {}
    for outcome in outcomes:
        for obis, until in _read_until(outcome):
            key = (outcome.item.device_id, obis)
            newest[key] = max(until, newest.get(key, until))
    known = {key: until for outcome in outcomes for key, until in _known_marks(outcome)}
    rows = [
        ReadMark(device_id=device_id, obis=obis, until=until)
        for (device_id, obis), until in newest.items()
        if (device_id, obis) not in known or until > known[device_id, obis]
    ]
    ReadMark.objects.bulk_create(rows, update_conflicts=True, unique_fields=["device", "obis"], update_fields=["until"])


def newest_row(outcome: Outcome) -> datetime | None:
    """The instant of the newest profile row that found a place, up to the session."""
    found = [until for rows in outcome.readings.profiles if (until := read_until(outcome, rows.at)) is not None]
    return _instant(max(found)) if found else None


def _read_until(outcome: Outcome) -> Iterator[tuple[str, datetime]]:
    gaps = outcome.item.job.kind == kinds.GAPS.code
    for rows in outcome.readings.profiles if not gaps else ():
        until = read_until(outcome, rows.at)
        if until is not None:
            yield str(rows.layout.obis), _instant(until)
    for log in outcome.readings.logs:
        past = [entry.at for entry in log.entries if entry.at <= outcome.trace.started_at]
        if past:
            yield str(log.stretch.obis), max(past)


def _known_marks(outcome: Outcome) -> Iterator[tuple[_Key, datetime]]:
    """Marks on file, without those from the future: any true one replaces them."""
    if outcome.readings.profiles or outcome.readings.logs:
        for obis, until in known_of(outcome).marks.items():
            if until <= outcome.trace.started_at:
                yield (outcome.item.device_id, str(obis)), until


def _instant(second: int) -> datetime:
    return datetime.fromtimestamp(second, UTC)
