"""How far the invocation counters of senders have come: locked, compared and moved in the storing transaction.

Rules, per system title and key. Only an authentic message is compared, and only one that is stored moves the counter.
One whose counter is not above the last is refused and counted, with one exception: the very octets that moved the
counter last. They come again from a device that got no acknowledgement; they change nothing and are acknowledged.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any

from django.db import connection
from django.utils import timezone

from headend.listener.messages import Counted
from headend.models import PushCounter
from protocols.dlms.keys import MAX_MESSAGE_KEYS

MESSAGE_KEY = "message "
"""Begins the name of a key that was made for one message; the fingerprint of the key follows."""
BEFORE_ALL = -1
"""A key that was never used may begin at 0."""
_Key = tuple[str, str]

_LOCK = """
SELECT system_title, key, id, last, digest FROM headend_pushcounter
WHERE system_title = ANY(%(titles)s) AND key = ANY(%(keys)s) ORDER BY system_title, key FOR UPDATE
"""

_MOVE = """
UPDATE headend_pushcounter counter
SET last = news.last, digest = news.digest, refused = counter.refused + news.refused,
    moved_at = CASE WHEN news.last > counter.last THEN %(now)s ELSE counter.moved_at END
FROM unnest(%(ids)s::bigint[], %(lasts)s::bigint[], %(digests)s::bytea[], %(refused)s::bigint[])
     AS news(id, last, digest, refused)
WHERE counter.id = news.id
"""

_FORGET = """
DELETE FROM headend_pushcounter WHERE id IN (
    SELECT id FROM (
        SELECT id, row_number() OVER (PARTITION BY system_title ORDER BY moved_at DESC, id DESC) AS age
        FROM headend_pushcounter WHERE system_title = ANY(%(titles)s) AND key LIKE %(like)s
    ) AS aged WHERE age > %(most)s)
"""


class Verdict(Enum):
    """What a counter says of a message."""

    NEW = auto()
    COPY = auto()
    REPLAY = auto()


@dataclass(slots=True)
class _Row:
    """A row that is locked: `digest` of the message that moved it to `last`."""

    pk: int
    last: int
    digest: bytes


class Counters:
    """The counters of a batch, held until the transaction ends."""

    def __init__(self, counted: Iterable[Counted]) -> None:
        """Lock them, in one order everywhere; rows of keys never seen are made."""
        keys = sorted({(each.title, each.key) for each in counted})
        self._rows = _locked(keys) if keys else {}
        self._refused: dict[_Key, int] = {}
        self._moved: set[_Key] = set()

    def judge(self, counted: Counted) -> Verdict:
        """Compare; a replay is counted."""
        key = counted.title, counted.key
        row = self._rows[key]
        if counted.value > row.last:
            return Verdict.NEW
        if counted.value == row.last and counted.digest == row.digest:
            return Verdict.COPY
        self._refused[key] = self._refused.get(key, 0) + 1
        return Verdict.REPLAY

    def move(self, counted: Counted) -> None:
        """The message is stored: nothing at or below its counter is taken any more."""
        key = counted.title, counted.key
        row = self._rows[key]
        if counted.value > row.last:
            row.last, row.digest = counted.value, counted.digest
            self._moved.add(key)

    def last(self, counted: Counted) -> int:
        """The highest counter accepted."""
        return self._rows[counted.title, counted.key].last

    def save(self) -> None:
        """Write what moved and what was refused, in one statement."""
        touched = sorted(self._moved | self._refused.keys())
        if not touched:
            return
        rows = [self._rows[key] for key in touched]
        with connection.cursor() as cursor:
            cursor.execute(
                _MOVE,
                {
                    "now": timezone.now(),
                    "ids": [row.pk for row in rows],
                    "lasts": [row.last for row in rows],
                    "digests": [row.digest for row in rows],
                    "refused": [self._refused.get(key, 0) for key in touched],
                },
            )
        if made := {title for title, key in self._moved if key.startswith(MESSAGE_KEY)}:
            forget_message_keys(made)


def _locked(keys: Sequence[_Key]) -> dict[_Key, _Row]:
    found = _lock(keys)
    new = [key for key in keys if key not in found]
    if not new:
        return found
    now = timezone.now()
    PushCounter.objects.bulk_create(
        (PushCounter(system_title=title, key=key, last=BEFORE_ALL, digest=b"", moved_at=now) for title, key in new),
        ignore_conflicts=True,
    )
    return found | _lock(new)


def _lock(keys: Sequence[_Key]) -> dict[_Key, _Row]:
    """Not as objects: there are as many as messages in a batch."""
    wanted: dict[str, Any] = {"titles": list({title for title, _ in keys}), "keys": list({name for _, name in keys})}
    with connection.cursor() as cursor:
        cursor.execute(_LOCK, wanted)
        return {(title, key): _Row(pk, last, bytes(digest)) for title, key, pk, last, digest in cursor.fetchall()}


def forget_message_keys(titles: Iterable[str]) -> None:
    """Of the keys made for single messages the last `MAX_MESSAGE_KEYS` of each sender are remembered."""
    with connection.cursor() as cursor:
        cursor.execute(_FORGET, {"titles": list(titles), "like": f"{MESSAGE_KEY}%", "most": MAX_MESSAGE_KEYS})
