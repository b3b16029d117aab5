"""The parts of what a session brought that are stored independently: one that the store refuses costs only itself."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from django.db import InterfaceError, OperationalError, transaction

from headend import causes
from headend.plan import Readings
from headend.storing.clocks import store_corrections
from headend.storing.events import store_events
from headend.storing.meter_lists import store_meter_lists
from headend.storing.network import store_network
from headend.storing.outcome import Outcome, Remark, with_remarks
from headend.storing.progress import note_identification, store_layouts
from headend.storing.values import store_values

log = logging.getLogger(__name__)

DATABASE_AWAY = (OperationalError, InterfaceError)
"""What to try again as it is; any other error comes from what was read, or from our own code."""


@dataclass(frozen=True, slots=True)
class Part:
    """How a part is stored, and readings without it: what was not stored moves no mark and is read again."""

    name: str
    store: Callable[[Sequence[Outcome]], Sequence[Remark]]
    without: Callable[[Readings], Readings]


PARTS = (
    Part("layouts", store_layouts, lambda readings: replace(readings, layouts=[])),
    Part("values", store_values, lambda readings: replace(readings, profiles=[], registers=[])),
    Part("events", store_events, lambda readings: replace(readings, logs=[])),
    Part("clock corrections", store_corrections, lambda readings: replace(readings, correction=None)),
    Part("identification", note_identification, lambda readings: replace(readings, identification={})),
    Part("network", store_network, lambda readings: replace(readings, network=None)),
    Part("meter list", store_meter_lists, lambda readings: replace(readings, meters=None)),
)


def store_together(outcomes: Sequence[Outcome]) -> list[Outcome]:
    """Store every part of all outcomes; returns them with the remarks of the store. Raises when any part fails."""
    remarks = [remark for part in PARTS for remark in part.store(outcomes)]
    return with_remarks(outcomes, remarks)


def store_apart(outcome: Outcome) -> Outcome:
    """Store the parts of one outcome each for itself; returns it as failed and without those that were refused.

    Call it in a transaction. Raises what `DATABASE_AWAY` names.
    """
    for part in PARTS:
        try:
            with transaction.atomic():
                (outcome,) = with_remarks([outcome], part.store([outcome]))
        except DATABASE_AWAY:
            raise
        except Exception as error:
            log.exception("%s of device %s could not be stored", part.name, outcome.item.device_id)
            outcome = _without(outcome, part, error)
    return outcome


def _without(outcome: Outcome, part: Part, error: Exception) -> Outcome:
    """A session that failed by itself keeps its own cause."""
    detail = "; ".join(filter(None, [outcome.trace.detail, f"{part.name} not stored: {error}"]))
    trace = replace(outcome.trace, cause=outcome.trace.cause or causes.STORE_REFUSED, detail=detail)
    return replace(outcome, readings=part.without(outcome.readings), trace=trace)
