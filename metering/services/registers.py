"""Series that are added to a metering point while something is recorded of its registers.

Consumption is derived by what is recorded when values arrive. A series made and filled while a multiplier is recorded
would follow the rules from before, and nobody would derive it again: whoever recorded the multiplier did not see it
yet. So those who add series and those who record something of registers wait for each other, point by point.
"""

from collections.abc import Iterable

from django.db import connection


def hold_points(ids: Iterable[int]) -> None:
    """Until the end of the transaction nobody adds series to these metering points."""
    _lock(ids, "FOR UPDATE")


def join_points(ids: Iterable[int]) -> None:
    """Be among those who add series to these metering points, and wait for whoever holds one."""
    _lock(ids, "FOR KEY SHARE")


def _lock(ids: Iterable[int], strength: str) -> None:
    # In order, so that nobody waits for somebody who waits for him. The foreign key itself is checked at the commit.
    with connection.cursor() as cursor:
        sql = f"SELECT 1 FROM metering_meteringpoint WHERE id = ANY (%s) ORDER BY id {strength}"  # noqa: S608
        cursor.execute(sql, [sorted(set(ids))])
