"""Exceptions that end because somebody edited their values, wherever that was done."""

from __future__ import annotations

from datetime import timedelta

import numpy as np

from access.models import User
from metering import store
from metering.intervals import day_of as date_of
from metering.quality import QualityClass, quality_class
from metering.services.editing.saving import RULE
from metering.store import Stored
from validation.filters import WAITING
from validation.models import Finding
from validation.services.claiming import close
from validation.stretches import day_of, instants


def close_edited(stored: Stored) -> None:
    """Close the exceptions of which somebody decided every value; called with each write, in its transaction."""
    if stored.origin.rule != RULE or not len(stored.batch):
        return
    waiting = Finding.objects.filter(WAITING, series__in=np.unique(stored.batch.series_ids).tolist())
    first, last = (date_of(int(edge(stored.batch.days))) for edge in (np.min, np.max))
    # The local day of a finding begins on the UTC day before it, on it, or ends on the one after it.
    near = waiting.filter(day__range=(first - timedelta(days=1), last + timedelta(days=1)))
    edited = [each for each in near.select_related("series__metering_point__utility") if is_decided(each)]
    if edited:
        user = User.objects.filter(pk=stored.origin.user_id).first() if stored.origin.user_id else None
        close(edited, Finding.State.EDITED, user=user, reason=stored.origin.message)


def is_decided(finding: Finding) -> bool:
    """Whether somebody decided the value, or that there is none, in each interval of the finding."""
    day = day_of(finding)
    matrix = store.read([finding.series_id], day.start, day.end)
    own = np.isin(matrix.instants.astype(np.int64), instants(finding))
    return bool(own.any() and (quality_class(matrix.quality[0, own]) == QualityClass.DECIDED).all())


def connect() -> None:
    """Have the value store tell of edits."""
    store.on_stored.register(close_edited)
