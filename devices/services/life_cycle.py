"""The one place that writes the state of devices: a conditional statement that also keeps what was before."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils import timezone

from access import audit
from access.models import User
from aim.action import action_id
from devices.life_cycle import State, before, open_by_hand
from devices.models import Device

__all__ = ["State", "change_by_hand", "heard", "move"]

REASON_LENGTH = 200

# Rows are locked in the order of their keys, so that two that move the same devices wait for each other in turn.
_MOVE = """
WITH held AS (
    SELECT id, state FROM devices_device
    WHERE id = ANY (%(ids)s::bigint[]) AND state = ANY (%(from)s::text[])
    ORDER BY id FOR NO KEY UPDATE
), moved AS (
    UPDATE devices_device device SET state = %(to)s, error_reason = %(error)s
    FROM held WHERE device.id = held.id RETURNING device.id, held.state
)
INSERT INTO devices_statechange (device_id, before, after, at, reason, user_id, action)
SELECT id, state, %(to)s, %(at)s, %(reason)s, %(user)s, %(action)s FROM moved
RETURNING device_id
"""


def move(
    devices: Iterable[int],
    to: State,
    *,
    reason: str = "",
    user: User | None = None,
    of: Iterable[State] | None = None,
    at: datetime | None = None,
) -> list[int]:
    """Bring these devices, by their keys, to a state where the way is open; the others stay. One statement.

    `of`: only those that are in one of these states. The reason of an error stands at the device as long as it lasts.
    Returns the keys of those that moved.
    """
    open_ = before(to) if of is None else before(to) & frozenset(of)
    parameters: dict[str, Any] = {
        "ids": list(devices),
        "from": [str(state) for state in open_],
        "to": str(to),
        "error": reason[:REASON_LENGTH] if to == State.ERROR else "",
        "reason": reason[:REASON_LENGTH],
        "at": at or timezone.now(),
        "user": user.pk if user else None,
        "action": action_id.get(),
    }
    if not parameters["ids"]:
        return []
    with connection.cursor() as cursor:
        cursor.execute(_MOVE, parameters)
        return sorted(row[0] for row in cursor.fetchall())


def heard(devices: Iterable[int]) -> list[int]:
    """After a good contact: what was only installed, or in error, is in operation."""
    return move(devices, State.IN_OPERATION, reason="good contact", of=(State.INSTALLED, State.ERROR))


@transaction.atomic
def change_by_hand(*, device: Device, to: State, reason: str, user: User) -> None:
    """What a person says of a device, audited. ValidationError where the way is closed or somebody was faster."""
    former = device.get_state_display().lower()
    permission = open_by_hand(device).get(to)
    if permission is None:
        raise ValidationError(f"{device} is {former}: it cannot become {to.label.lower()} by hand.")
    if not user.has_perm(permission):
        raise ValidationError(f"Your role does not let you make {device} {to.label.lower()}.")
    if not reason.strip():
        raise ValidationError({"reason": "Say why: it stands in the history of the device."})
    if not move([device.pk], to, reason=reason, user=user, of=[State(device.state)]):
        raise ValidationError(f"The state of {device} changed meanwhile: look at it again.")
    device.state = to
    summary = f"{device}: {former} → {to.label.lower()}, {reason}"
    audit.record("state changed", summary, user=user, utility=device.utility, target=device)
