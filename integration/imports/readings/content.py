"""Readings as a content of imports."""

from __future__ import annotations

from integration.imports.contents import Content, register_content
from integration.imports.readings import formats
from integration.imports.readings.check import check_readings
from integration.imports.readings.sketches import sketches
from integration.imports.readings.storing import store_readings
from integration.imports.readings.undoing import undo_readings

READINGS = Content(
    "readings", "Readings", check_readings, store_readings, undo_readings, context=sketches,
    columns="integration:columns",
)  # fmt: skip


def connect() -> None:
    """Make readings, and the formats they come in, known to the engine."""
    register_content(READINGS)
    formats.connect()
