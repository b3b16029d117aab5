"""Lists of meters that sessions with concentrators brought home."""

from collections.abc import Iterator, Sequence

from headend.meter_lists import Comparison, compare
from headend.storing.outcome import Outcome, Remark


def store_meter_lists(outcomes: Sequence[Outcome]) -> tuple[Remark, ...]:
    """Compare each list with what is on file, concentrators always in the same order; what came of it in words."""
    remarks: list[Remark] = []
    for outcome in sorted(outcomes, key=lambda each: each.item.device_id):
        meters = outcome.readings.meters
        if meters is None:
            continue
        found = compare(concentrator=outcome.item.device, meters=meters, at=outcome.trace.started_at)
        remarks += _remarks(outcome.item.pk, found) if found else []
    return tuple(remarks)


def _remarks(item_id: int, found: Comparison) -> Iterator[Remark]:
    told = {"meters listed": found.listed, "unknown": found.new, "differ from file": found.differs}
    told |= {"followed": found.moved, "lost": found.lost}
    for words, count in told.items():
        if count or words == "meters listed":
            yield Remark(item_id, count, words, refused=False)
