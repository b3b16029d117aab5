"""One transaction for a batch of outcomes; one bad device never keeps the others from being stored."""

import logging
from collections.abc import Sequence
from dataclasses import replace

from django.db import transaction

from headend import causes
from headend.plan import Readings
from headend.storing.gaps import store_gaps
from headend.storing.items import end_items
from headend.storing.marks import store_marks
from headend.storing.outcome import Outcome
from headend.storing.parts import DATABASE_AWAY, store_apart, store_together
from headend.storing.progress import note_contacts
from headend.storing.texts import cleaned

log = logging.getLogger(__name__)


def store_outcomes(outcomes: Sequence[Outcome], *, owner: str) -> None:
    """Store what was read and end the items, all or nothing per call, halved until the culprit stands alone.

    Of the culprit each part that can be stored is. Raises OperationalError or InterfaceError when the database is away:
    the call may be repeated as often as needed, because storing the same readings again changes nothing.
    """
    _store([cleaned(outcome) for outcome in outcomes], owner)


def _store(outcomes: Sequence[Outcome], owner: str) -> None:
    if not outcomes:
        return
    try:
        with transaction.atomic():
            _end(store_together(outcomes), owner)
    except DATABASE_AWAY:
        raise
    except Exception:
        log.warning("a batch of %d outcomes is stored in smaller parts", len(outcomes), exc_info=True)
        if len(outcomes) == 1:
            _store_alone(outcomes[0], owner)
            return
        half = len(outcomes) // 2
        _store(outcomes[:half], owner)
        _store(outcomes[half:], owner)


def _store_alone(outcome: Outcome, owner: str) -> None:
    try:
        with transaction.atomic():
            _end([cleaned(store_apart(outcome))], owner)
    except DATABASE_AWAY:
        raise
    except Exception as error:
        log.exception("the session with device %s could not be ended as it went", outcome.item.device_id)
        _give_up(outcome, error, owner)


def _give_up(outcome: Outcome, error: Exception, owner: str) -> None:
    """End the item without anything that was read. Where even this fails its lease ends and the sweeper takes over."""
    trace = replace(outcome.trace, cause=causes.STORE_REFUSED, detail=str(error))
    try:
        with transaction.atomic():
            _end([cleaned(replace(outcome, readings=Readings(), trace=trace))], owner)
    except DATABASE_AWAY:
        raise
    except Exception:
        log.exception("item %s could not be ended", outcome.item.pk)


def _end(outcomes: Sequence[Outcome], owner: str) -> None:
    store_marks(outcomes)
    store_gaps(outcomes)
    # Items before contacts, as in headend.services.leases: locks taken in one order cannot wait for each other.
    note_contacts(end_items(outcomes, owner), owner)
