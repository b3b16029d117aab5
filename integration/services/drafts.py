"""Drafts of files that nobody writes any more: their worker or web process was killed before the file was whole."""

from __future__ import annotations

import time
from datetime import timedelta
from pathlib import Path

from django.conf import settings

UNTOUCHED = timedelta(days=1)
"""A draft that grows is younger than this: what writes it has long lost its lease otherwise."""


def drop_old_drafts() -> int:
    """Drop drafts nobody has written to for a day; how many. A duty of the scheduler."""
    before = time.time() - UNTOUCHED.total_seconds()
    drafts = (Path(settings.FILES) / "incoming").glob("*")
    return sum(_drop(draft) for draft in drafts if _changed(draft) < before)


def _changed(draft: Path) -> float:
    """When it was last written to, seconds since 1970; now for one that is just gone."""
    try:
        return draft.stat().st_mtime
    except FileNotFoundError:
        return time.time()


def _drop(draft: Path) -> bool:
    draft.unlink(missing_ok=True)
    return True
