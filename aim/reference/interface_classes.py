"""The reference of interface classes: every attribute and method of every version there is a table for."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby

from aim.reference.markdown import table
from protocols.dlms.base_name_methods import METHOD_NAMES, method_names
from protocols.dlms.classes import interface_classes
from protocols.dlms.classes.table import AttributeSpec, ClassTable, MethodSpec

HEAD = """# Interface classes

The interface classes of the Blue Book that OpenAIM has tables for: objects of these classes can be read, written and
invoked by name and in types of Python, and answered by a simulated meter. Objects of any other class can be reached
too, by the numbers of their attributes and methods and as plain data.
What else of the standards is there says [DLMS/COSEM](dlms.md).
This page is written by `manage.py reference` from `protocols/dlms/classes`.

A meter may have a version newer than all of these; it is read with the newest, because attributes are only added at the
end. Attribute 1 of every class is the logical name. *Short name* is the distance of a method's variable from the base
name of its object in short-name referencing; attribute *n* lies at 8 × (*n* − 1).

"""
Row = tuple[str, ...]


def page() -> str:
    """The page in Markdown: the list of classes, then one section a class."""
    tables = [made.table for made in interface_classes()]
    classes = {number: list(versions) for number, versions in groupby(tables, key=lambda one: one.class_id)}
    return HEAD + table(("class", "name", "versions", "attributes", "methods"), _overview(classes)) + _sections(classes)


def _overview(classes: Mapping[int, Sequence[ClassTable]]) -> Iterator[Row]:
    for number, versions in classes.items():
        newest = versions[-1]
        counts = str(len(newest.attributes)), str(len(newest.methods))
        yield str(number), newest.title, ", ".join(str(one.version) for one in versions), *counts


def _sections(classes: Mapping[int, Sequence[ClassTable]]) -> str:
    return "".join(_section(number, versions) for number, versions in classes.items())


def _section(number: int, versions: Sequence[ClassTable]) -> str:
    attributes = table(("attribute", "name", "type", "versions", "is"), _attributes(versions))
    methods = list(_methods(versions))
    head = ("method", "name", "parameter", "returns", "versions", "short name")
    shown = "\n" + table(head, methods) if methods else ""
    return f"\n## {number} {versions[-1].title}\n\n{attributes}{shown}"


def _attributes(versions: Sequence[ClassTable]) -> Iterator[Row]:
    """Every attribute but the logical name, once for all versions in which it is the same."""
    for (index, name, kind, traits), found in _alike(
        (one.version, map(_attribute, one.attributes)) for one in versions
    ):
        if index != "1":
            yield index, f"`{name}`", kind, found, traits


def _attribute(row: AttributeSpec[object]) -> Row:
    traits = ("dynamic", row.dynamic), ("writable", row.writable), ("not readable", not row.readable)
    return str(row.index), row.name, row.of.name, ", ".join(word for word, holds in traits if holds)


def _methods(versions: Sequence[ClassTable]) -> Iterator[Row]:
    rows = ((one.version, (_method(one, row) for row in one.methods)) for one in versions)
    for (index, name, parameter, returns, place), found in _alike(rows):
        yield index, f"`{name}`", parameter, returns, found, place


def _method(of: ClassTable, row: MethodSpec[object, object]) -> Row:
    offset = method_names(METHOD_NAMES, of.class_id, of.version).offset(row.index)
    place = "none known" if offset is None else f"0x{offset:02X}"
    return str(row.index), row.name, row.parameter.name, row.returns.name if row.returns else "", place


def _alike(versions: Iterable[tuple[int, Iterable[Row]]]) -> Iterator[tuple[Row, str]]:
    """Rows that are equal in several versions as one, with the versions; in the order of their numbers."""
    found: dict[Row, list[int]] = defaultdict(list)
    for version, rows in versions:
        for row in rows:
            found[row].append(version)
    for row in sorted(found, key=lambda one: (int(one[0]), found[one])):
        yield row, ", ".join(map(str, found[row]))
