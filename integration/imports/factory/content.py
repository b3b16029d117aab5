"""Factory files as a content of imports."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from access.models import Utility
from devices.models import Device
from integration.formats.factory import is_factory_file
from integration.imports.contents import Content, register_content
from integration.imports.factory.bad_rows import bad_rows
from integration.imports.factory.fields import KEYS, READ, layout_for
from integration.imports.factory.keys import Keys
from integration.imports.factory.staging import stage
from integration.imports.masterdata.checking import check
from integration.imports.masterdata.devices import DeviceColumns
from integration.imports.masterdata.glance import at_a_glance
from integration.imports.masterdata.kinds import Kind
from integration.imports.masterdata.storing import store
from integration.imports.masterdata.undoing import undo
from integration.imports.registry import Format, register_format
from integration.models import StoredFile
from integration.services.files import head_of

_HEAD = 64
FACTORY = Kind(
    name="factory",
    label="Devices from the factory",
    about="Devices with their keys, wrapped under a transport key.",
    model=Device,
    key="serial_number",
    fields=(*READ.values(), KEYS),
    parts=(DeviceColumns, Keys),
    alone=(("usn",), ("system_title",)),
)


def connect() -> None:
    """Make factory files known to the engine."""
    register_content(
        Content(
            FACTORY.name,
            FACTORY.label,
            check=partial(check, kind=FACTORY, read=stage),
            store=partial(store, kind=FACTORY),
            undo=partial(undo, kind=FACTORY),
            counted="devices",
            template="integration/parts/master_data.html",
            context=at_a_glance,
            tab=("Lines", "integration:lines"),
            bad_rows=bad_rows,
        )
    )
    register_format(
        Format(
            FACTORY.name, "Factory file (CSV or XML)", (".csv", ".txt", ".xml"), is_factory_file, content=FACTORY.name,
            unmistakable=True, propose=_propose, about=FACTORY.about,
        )
    )  # fmt: skip


def _propose(file: StoredFile, name: str, utility: Utility) -> Mapping[str, Any]:
    """The columns of a factory file are declared: nobody needs to say what they mean."""
    return layout_for(head_of(file, _HEAD)).as_json(FACTORY.name)
