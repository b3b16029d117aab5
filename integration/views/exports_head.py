"""What the head of an export shows: state, progress, counts, who asked, and what can be done now."""

from __future__ import annotations

from typing import Any

from django.db.models import TextChoices
from django.http import HttpRequest
from django.urls import reverse

from aim.web.access import may
from aim.web.detail import Fact
from aim.web.formats import grouped
from aim.web.links import Action
from integration.exports.options import Options
from integration.exports.registry import UnknownFormatError, format_of, label_of
from integration.exports.states import BADGES, State
from integration.models import FileExport
from integration.services.exports import may_download
from integration.tables.files import octets, who
from metering.views.people import user_of

POLL_MS = 1_500
_LABELS = {
    "purpose": "For", "days": "Days", "unit": "Energy in", "decimal": "Decimal sign", "layout": "Rows",
    "times": "Times", "receiver": "Receiver",
}  # fmt: skip
_ALWAYS = frozenset({"purpose", "days"})
_ADD = "integration.add_fileexport"


def head(request: HttpRequest, row: FileExport) -> dict[str, Any]:
    """Context of `exports/head.html`."""
    has_file = row.state == State.DONE and row.file is not None
    return {
        "row": row,
        "state": BADGES[row.state],
        "poll_ms": POLL_MS if row.is_working else 0,
        "facts": facts(row),
        "actions": [action for action in actions(row) if may(request, action.permission)],
        "download_url": reverse("integration:download-export", args=[row.pk]) if has_file else "",
        "may_download": has_file and may_download(row, user_of(request)),
        "is_gone": row.file is not None and row.file.removed_at is not None,
    }


def actions(row: FileExport) -> list[Action]:
    """The buttons of the head; who may not do it does not see it."""
    if row.is_working:
        url = reverse("integration:cancel-export", args=[row.pk])
        return [Action("Cancel", url, "stop", _ADD, "danger", post=True, confirm="Cancel this export?")]
    if row.state == State.FAILED:
        return [Action("Try again", reverse("integration:retry-export", args=[row.pk]), "refresh", _ADD, post=True)]
    return []


def facts(row: FileExport) -> list[Fact]:
    """What was asked for by whom, and what became of it."""
    found = [
        Fact("Format", label_of(row.format)),
        Fact("Series", grouped(row.series_count)),
        Fact("From", row.starts_at),
        Fact("To, excluded", row.ends_at),
        *_options(row),
        Fact("Utility", row.utility.name),
        Fact("Asked for by", who(row)),
        Fact("Asked for", row.created_at),
    ]
    if row.file:
        found.append(Fact("Size", octets(row.file.octets)))
    if row.finished_at:
        found.append(Fact("Ended", row.finished_at))
    return found


def _options(row: FileExport) -> list[Fact]:
    """The options the format heeds."""
    try:
        heeded = format_of(row.format).options | _ALWAYS
    except UnknownFormatError:
        return []
    chosen = Options.of_json(row.options)
    told = {name: getattr(chosen, name) for name in _LABELS if name in heeded}
    return [Fact(_LABELS[name], _in_words(value)) for name, value in told.items() if value]


def _in_words(value: str) -> str:
    """The label of a choice; a name as it is."""
    return str(value.label) if isinstance(value, TextChoices) else value
