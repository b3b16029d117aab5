"""Metering points and devices as contents of imports, and the formats they come in."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from access.models import Utility
from integration.imports.contents import Content, register_content
from integration.imports.masterdata.bad_rows import bad_rows
from integration.imports.masterdata.checking import check
from integration.imports.masterdata.devices import DEVICES
from integration.imports.masterdata.glance import at_a_glance
from integration.imports.masterdata.kinds import Kind
from integration.imports.masterdata.opening import proposed, remembered
from integration.imports.masterdata.points import POINTS
from integration.imports.masterdata.storing import store
from integration.imports.masterdata.undoing import undo
from integration.imports.readings.formats import TABLE_SUFFIXES, is_table
from integration.imports.registry import Format, register_format
from integration.models import StoredFile

KINDS: dict[str, Kind] = {kind.name: kind for kind in (POINTS, DEVICES)}


def connect() -> None:
    """Make both known to the engine."""
    for kind in KINDS.values():
        register_content(_content(kind))
        register_format(_format(kind))


def _content(kind: Kind) -> Content:
    return Content(
        kind.name,
        kind.label,
        check=partial(check, kind=kind),
        store=partial(store, kind=kind),
        undo=partial(undo, kind=kind),
        counted="lines",
        template="integration/parts/master_data.html",
        context=at_a_glance,
        tab=("Lines", "integration:lines"),
        columns="integration:meaning",
        bad_rows=bad_rows,
    )


def _format(kind: Kind) -> Format:
    label, propose = f"{kind.label} (CSV or Excel)", partial(_propose, kind)
    return Format(
        kind.name, label, TABLE_SUFFIXES, is_table, content=kind.name, has_columns=True, propose=propose,
        about=kind.about,
    )  # fmt: skip


def _propose(kind: Kind, file: StoredFile, name: str, utility: Utility) -> Mapping[str, Any]:
    layout = proposed(kind, file, name)
    return remembered(kind, file, name, utility) or (layout.as_json(kind.name) if layout else {})
