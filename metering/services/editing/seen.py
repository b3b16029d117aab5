"""What somebody saw before they changed it, carried by the form and signed, so that a change meanwhile is noticed.

The values themselves travel, not the instant they were read at: a write that was under way at that instant is stored
under an earlier time than it becomes visible, and would be taken for something the person had seen.
"""

from itertools import accumulate

import numpy as np
from django.core import signing

from metering.services.editing.slots import MOST_VALUES, Slots
from metering.store import NO_VALUE

_SALT = "metering.services.editing.seen"


class SeenError(ValueError):
    """The form does not carry what it was made with."""


def token_of(slots: Slots) -> str:
    """The slots as signed text: a day of quarter hours takes a few hundred characters. Status words stay behind."""
    values = [None if value == NO_VALUE else value for value in slots.values.tolist()]
    steps = np.diff(slots.at, prepend=0).tolist()
    content = [slots.series_id, slots.step_s, steps, values, slots.quality.tolist()]
    return signing.dumps(content, salt=_SALT, compress=True)


def seen_of(token: str, series_id: int) -> Slots:
    """The slots of a token made for this series. SeenError when it was made for another one, or by somebody else."""
    try:
        series, step_s, steps, values, quality = signing.loads(token, salt=_SALT)
    except signing.BadSignature:
        raise SeenError("The form is incomplete; open it again.") from None
    if series != series_id or len(steps) > MOST_VALUES:
        raise SeenError("The form belongs to other values; open it again.")
    stored = [NO_VALUE if value is None else value for value in values]
    return Slots(
        series,
        np.array(list(accumulate(steps)), np.int64),
        np.array(stored, np.int64),
        np.array(quality, np.uint8),
        np.zeros(len(steps), np.uint32),
        step_s,
    )
