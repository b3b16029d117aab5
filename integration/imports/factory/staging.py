"""A factory file becomes rows of `ImportRow`, its keys as they stand in it: wrapped."""

from __future__ import annotations

from itertools import islice
from typing import Any

from integration.formats.factory import ClearKeyError, FactoryLine, WrappedKey, read_factory_file
from integration.formats.portion import Problem
from integration.imports.factory.fields import KEYS, LOGICAL_NAME, READ
from integration.imports.holding import Held
from integration.imports.masterdata.cells import CellError, Reading
from integration.imports.masterdata.columns import Layout
from integration.imports.masterdata.kinds import Kind
from integration.imports.masterdata.staging import AT_ONCE, ReadLine, keep_lines
from integration.services.files import drop_file, open_file
from integration.work.holding import WorkFailedError

_SHOWN = 100
_MAKER = 3
CLEAR = (
    "{error}. Keys come wrapped under a transport key only: the file was removed here. Whoever sent it must roll them."
)


def stage(held: Held, kind: Kind, layout: Layout) -> None:
    """Keep every device of the file and what is wrong with it; half of the work of a check.

    WorkFailedError where the file holds a key in clear; then it is dropped, and nothing of it is kept.
    """
    reading = Reading(held.row.utility.zone)
    with open_file(held.row.file) as stream:
        lines = (_line(found, kind, layout, reading) for found in read_factory_file(stream))
        try:
            while part := list(islice(lines, AT_ONCE)):
                held.stop_if_told()
                keep_lines(held, part, min(stream.tell(), held.row.file.octets) // 2)
        except ClearKeyError as error:
            drop_file(held.row.file)
            raise WorkFailedError(CLEAR.format(error=error)) from None


def _line(found: FactoryLine, kind: Kind, layout: Layout, reading: Reading) -> ReadLine:
    line = ReadLine(found.line, problems=found.problems)
    if found.problems and not found.cells:
        return line
    for name, text in found.cells.items():
        try:
            line.given[name] = READ[name].read(text, reading)
        except CellError as error:
            line.problems.append(Problem(found.line, str(error), column=layout.columns[name], text=text[:_SHOWN]))
    if found.keys:
        line.given[KEYS.name] = {key: as_json(wrapped) for key, wrapped in found.keys.items()}
    _compare_names(line, layout)
    line.number = line.given.pop(kind.key, "")
    if not line.number and not line.problems:
        line.problems.append(Problem(found.line, "the serial number is missing", column=layout.columns[kind.key]))
    return line


def _compare_names(line: ReadLine, layout: Layout) -> None:
    """Both names of a device begin with the letters of its manufacturer. The logical one is not kept."""
    name, title = line.given.pop(LOGICAL_NAME.name, ""), line.given.get("system_title")
    if name and title and bytes.fromhex(title)[:_MAKER] != name[:_MAKER].encode():
        reason = "it is of another manufacturer than the system title says"
        line.problems.append(Problem(line.line, reason, column=layout.columns[LOGICAL_NAME.name], text=name))


def as_json(key: WrappedKey) -> dict[str, Any]:
    """A wrapped key as `ImportRow.given` keeps it."""
    return {"transport": key.transport, "wrapped": key.octets.hex(), "check": key.check}
