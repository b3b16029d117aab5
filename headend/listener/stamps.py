"""Which devices sent a batch, and whether anything on file of them has changed: one query, however much is on file.

A row that is changed is another version of the row, and PostgreSQL says which transaction made it (`xmin`). So the
stamp of a device is made of the versions of its rows: its own and that of its concentrator, model and utility, its
keys, installations and layouts. Who holds what was read under the same stamp holds what reading again would bring.
"""

from collections.abc import Collection
from typing import Any

from django.db import connection

Place = tuple[str, str]
"""Host, and address behind a concentrator there, empty for the host itself."""

_STAMPS = """
WITH senders AS MATERIALIZED (
    SELECT id FROM devices_device WHERE system_title = ANY(%(titles)s) AND system_title <> ''
    UNION SELECT id FROM devices_device WHERE host = ANY(%(hosts)s)
    UNION SELECT behind.id
    FROM unnest(%(ways)s::text[], %(addresses)s::text[]) AS place(host, address)
    JOIN devices_device way ON way.host = place.host
    JOIN devices_device behind ON behind.concentrator_id = way.id AND behind.gateway_address = place.address
)
SELECT device.id, concat_ws(' ', device.xmin, coalesce(way.xmin::text, '-'), model.xmin, utility.xmin, (
    SELECT string_agg(id || ' ' || xmin, ' ' ORDER BY id) FROM devices_devicekey WHERE device_id = device.id
), 'at', (
    SELECT string_agg(id || ' ' || xmin, ' ' ORDER BY id) FROM devices_installation WHERE device_id = device.id
), 'with', (
    SELECT string_agg(id || ' ' || xmin, ' ' ORDER BY id) FROM devices_profilelayout WHERE device_id = device.id
))
FROM senders
JOIN devices_device device ON device.id = senders.id
JOIN devices_devicemodel model ON model.id = device.model_id
JOIN access_utility utility ON utility.id = device.utility_id
LEFT JOIN devices_device way ON way.id = device.concentrator_id
"""


def stamps_of(titles: Collection[str], places: Collection[Place]) -> dict[int, str]:
    """The stamp of every device with one of these system titles (16 hexadecimal digits), or at one of these places."""
    behind = [place for place in places if place[1]]
    wanted: dict[str, Any] = {
        "titles": list(titles),
        "hosts": [host for host, address in places if not address],
        "ways": [host for host, _ in behind],
        "addresses": [address for _, address in behind],
    }
    with connection.cursor() as cursor:
        cursor.execute(_STAMPS, wanted)
        return dict(cursor.fetchall())
