"""One transaction for a batch of outcomes; one bad device never keeps the others from being stored."""

import logging
from collections.abc import Sequence
from dataclasses import replace

from django.db import DataError, IntegrityError, transaction

from headend import causes
from headend.plan import Readings
from headend.storing.events import store_events
from headend.storing.items import end_items
from headend.storing.outcome import Outcome
from headend.storing.progress import note_contacts, store_gaps, store_layouts, store_marks
from headend.storing.values import store_values

log = logging.getLogger(__name__)

_THE_DATA = (DataError, IntegrityError, ValueError, ArithmeticError)
"""Errors that come from what was read, not from the database being away: those are raised and retried."""


def store_outcomes(outcomes: Sequence[Outcome], *, owner: str) -> None:
    """Store what was read and end the items, all or nothing per call, halved until the culprit stands alone.

    Raises OperationalError when the database is away: nothing was stored then, and the call may be repeated as often
    as needed, because storing the same readings again changes nothing.
    """
    if not outcomes:
        return
    try:
        with transaction.atomic():
            _store(outcomes, owner)
    except _THE_DATA as error:
        if len(outcomes) == 1:
            log.exception("readings of device %s could not be stored", outcomes[0].item.device_id)
            store_outcomes([_refused(outcomes[0], error)], owner=owner)
            return
        half = len(outcomes) // 2
        store_outcomes(outcomes[:half], owner=owner)
        store_outcomes(outcomes[half:], owner=owner)


def _store(outcomes: Sequence[Outcome], owner: str) -> None:
    store_layouts(outcomes)
    store_values(outcomes)
    store_events(outcomes)
    store_marks(outcomes)
    store_gaps(outcomes)
    note_contacts(outcomes, owner)
    end_items(outcomes, owner)


def _refused(outcome: Outcome, error: Exception) -> Outcome:
    """The outcome without its readings, failed for what the store said."""
    trace = replace(outcome.trace, cause=causes.STORE_REFUSED, detail=str(error)[:300])
    return Outcome(outcome.item, outcome.known, Readings(), trace)
