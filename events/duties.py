"""What the scheduler does for events every so often. The head-end, which lies above, registers it."""

from collections.abc import Callable
from datetime import timedelta

from events.services.examine import examine, notice_answers
from events.services.outbox import send_due
from events.services.retention import drop_old_events, drop_old_messages

Duty = tuple[Callable[[], object], timedelta]

QUICK: tuple[Duty, ...] = ((examine, timedelta(seconds=1)), (notice_answers, timedelta(seconds=15)))
"""Done in turn with the other duties."""
LONG: tuple[Duty, ...] = (
    (send_due, timedelta(seconds=1)),
    (drop_old_events, timedelta(minutes=10)),
    (drop_old_messages, timedelta(hours=1)),
)
"""Done beside them: receivers of messages may be slow."""
