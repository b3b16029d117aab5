"""From the database to the arrays that are judged: set-based, a few queries per batch however many series it has.

Series and their values are read in several queries. Whoever loads a window and its facts does so within
`metering.store.snapshot()`, so that no series becomes finer between two of them.
"""

from validation.loading.facts import load_facts
from validation.loading.grouping import Group, groups
from validation.loading.windows import load_window

__all__ = ["Group", "groups", "load_facts", "load_window"]
