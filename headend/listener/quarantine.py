"""Callers nobody knows: a bounded number of rows with what they said of themselves, and rules that accept some."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from devices.models import Device, DeviceModel
from headend.listener.messages import Unknown
from headend.models import AcceptanceRule, DiscoveredDevice
from headend.models.push import MESSAGE_KEPT
from headend.services.discovered import accept_by_rule
from protocols.dlms.keys import TITLE_SIZE

MOST = 10_000
"""Rows of callers that are not accepted. Beyond, only those that are known to have called are counted."""
_LETTERS = 3

_SEEN = """
INSERT INTO headend_discovereddevice AS known
    (caller, state, system_title, manufacturer, number, serial_number, logical_name, model_id, address,
     gateway_address, ciphered, count, first_at, last_at, last_message)
VALUES (%(caller)s, 'new', %(title)s, %(manufacturer)s, %(number)s, %(serial)s, %(name)s, %(model)s, %(address)s,
        %(gateway)s, %(ciphered)s, %(count)s, %(at)s, %(at)s, %(message)s)
ON CONFLICT (caller) DO UPDATE
SET count = known.count + excluded.count, last_at = excluded.last_at, last_message = excluded.last_message,
    address = excluded.address, model_id = coalesce(known.model_id, excluded.model_id),
    serial_number = CASE WHEN known.serial_number = '' THEN excluded.serial_number ELSE known.serial_number END,
    logical_name = CASE WHEN known.logical_name = '' THEN excluded.logical_name ELSE known.logical_name END
RETURNING id
"""


def note_unknown(strangers: Sequence[Unknown]) -> None:
    """Remember who called; those that fit an acceptance rule become devices at once, so their next push is stored."""
    latest = {_caller(each): each for each in strangers}
    if not latest:
        return
    counts = Counter(_caller(each) for each in strangers)
    known = set(DiscoveredDevice.objects.filter(caller__in=latest).values_list("caller", flat=True))
    room = room_left() if latest.keys() - known else 0
    for caller in sorted(latest):
        if caller in known or room > 0:
            room -= caller not in known
            accept_by_its_rule(DiscoveredDevice.objects.get(pk=_note(caller, latest[caller], counts[caller])))


def room_left() -> int:
    """How many more callers may wait."""
    return MOST - DiscoveredDevice.objects.exclude(state=DiscoveredDevice.State.ACCEPTED).count()


def identity(title: bytes) -> tuple[str, int | None]:
    """The manufacturer's letters and the number in a system title; "" and None where it is not made of them."""
    letters = title[:_LETTERS].decode("ascii", "replace")
    if len(title) != TITLE_SIZE or not (letters.isalpha() and letters.isupper()):
        return "", None
    return letters, int.from_bytes(title[_LETTERS:], "big")


def guess(manufacturer: str) -> DeviceModel | None:
    """The model that most devices of this manufacturer have here."""
    if not manufacturer:
        return None
    alike = Device.objects.filter(system_title__startswith=manufacturer.encode().hex().upper())
    models = Counter(alike.order_by("-pk").values_list("model_id", flat=True)[:200]).most_common(1)
    return DeviceModel.objects.get(pk=models[0][0]) if models else None


def _caller(each: Unknown) -> str:
    if each.title:
        return each.title.hex().upper()
    return " ".join(filter(None, [each.arrival.host, each.arrival.gateway_address, each.serial_number]))[:200]


def _note(caller: str, each: Unknown, count: int) -> int:
    manufacturer, number = identity(each.title)
    model = guess(manufacturer)
    told: dict[str, Any] = {
        "caller": caller,
        "title": each.title.hex().upper() if len(each.title) == TITLE_SIZE else "",
        "manufacturer": manufacturer,
        "number": number,
        "serial": each.serial_number,
        "name": each.logical_name,
        "model": model.pk if model else None,
        "address": each.arrival.address[:280],
        "gateway": each.arrival.gateway_address[:64],
        "ciphered": bool(each.title),
        "count": count,
        "at": each.arrival.at,
        "message": each.arrival.apdu[:MESSAGE_KEPT],
    }
    with connection.cursor() as cursor:
        cursor.execute(_SEEN, told)
        row = cursor.fetchone()
    assert row is not None
    return int(row[0])


def accept_by_its_rule(found: DiscoveredDevice) -> None:
    """Make a device of a caller that waits, where a rule fits it."""
    if found.state != DiscoveredDevice.State.NEW or found.number is None:
        return
    rule = _rules(found).first()
    if rule is not None:
        accept_by_rule(found=found, rule=rule)


def _rules(found: DiscoveredDevice) -> "QuerySet[AcceptanceRule]":
    number = found.number
    rules = AcceptanceRule.objects.filter(enabled=True, manufacturer=found.manufacturer)
    return rules.filter(first_number__lte=number, last_number__gte=number).select_related("utility", "model")
