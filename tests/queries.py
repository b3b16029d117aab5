"""Counting SQL queries in tests."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from django.db import connection
from django.test.utils import CaptureQueriesContext


@dataclass
class Counted:
    """The queries of a block, once it has ended; savepoints do not count."""

    statements: list[str] = field(default_factory=list)

    @property
    def number(self) -> int:
        return len(self.statements)


@contextmanager
def count_queries() -> Iterator[Counted]:
    """Counts the queries run inside the `with` block."""
    counted = Counted()
    with CaptureQueriesContext(connection) as captured:
        yield counted
    counted.statements = [q["sql"] for q in captured.captured_queries if "SAVEPOINT" not in q["sql"]]
