"""What files can bring: readings, master data. Each kind of content does the three works of an import in its own way.

The engine around it is the same for all: upload, states, leases, progress, cancelling, screens, API.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest

from integration.imports.holding import Held
from integration.imports.registry import UnknownNameError
from integration.models import FileImport

Work = Callable[[Held], None]


def nothing_more(request: HttpRequest, row: FileImport) -> dict[str, Any]:
    """Context of contents whose templates need no more than the import itself."""
    return {}


@dataclass(frozen=True, slots=True)
class Content:
    """One kind of content.

    check      reads the whole file and says what storing would do (`expected`, problems); stores nothing
    store      stores it, part by part, each part in one transaction with its progress (`Held.advance`)
    undo       takes back what was stored, part by part
    counted    what the counts count: "values", "metering points"
    template   the part of the page under the head that shows what is in the file
    context    what that template needs besides `row`
    tab        the list of what is in the file, beside its problems: label and name of the URL
    columns    name of the URL of the page that asks what the columns mean; empty where there is none
    bad_rows   the lines that were not taken, as a file; where the text of the file itself is not what to give back
    """

    name: str
    label: str
    check: Work
    store: Work
    undo: Work
    counted: str = "values"
    template: str = "integration/parts/readings.html"
    context: Callable[[HttpRequest, FileImport], dict[str, Any]] = nothing_more
    tab: tuple[str, str] = ("Channels", "integration:channels")
    columns: str = ""
    bad_rows: Callable[[FileImport], Iterator[bytes]] | None = None


_contents: dict[str, Content] = {}


def register_content(*contents: Content) -> None:
    """Make contents known; once per `AppConfig.ready`."""
    _contents.update({each.name: each for each in contents})


def content_of(row: FileImport) -> Content:
    """What does the work of this import; UnknownNameError when this release knows none."""
    found = _contents.get(row.content)
    if found is None:
        raise UnknownNameError(f"This release does not know the content {row.content!r}.")
    return found
