"""The files of the how-to are read with the settings of the form it names; the reference names everything."""

from __future__ import annotations

import dataclasses
import io
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django import forms

from aim import places
from integration.formats.portion import Severity
from integration.formats.table import Mapping, TableReader, from_json, propose, to_json
from integration.formats.table.encodings import ENCODINGS
from integration.formats.table.mapping import HeadingPart
from integration.formats.table.patterns import COUNTED, PATTERN_TOKENS
from integration.formats.table.qualities import QUALITIES
from integration.formats.table.telling import MOST_TOLD
from integration.formats.table.units import unit_of
from integration.formats.table.wide_rows import MOST_CHANNELS
from integration.formats.table.workbook import MOST_RATIO, MOST_ROWS, MOST_UNPACKED
from integration.table_settings import fields_of
from tests.integration.formats.table_files import HELSINKI

HOW_TO = (places.BASE / "docs/how-to/describe-a-file.md").read_text()
REFERENCE = (places.BASE / "docs/reference/table-files.md").read_text()
_CSV = re.compile(r"```csv\n(.*?)```", re.DOTALL)
_ROW = re.compile(r"^\| (?!setting|---)(.+?) \| (.+?) \|$", re.MULTILINE)


def recipes() -> Iterator[Any]:
    """Title, file and settings of every section with a file."""
    for section in re.split(r"^## ", HOW_TO, flags=re.MULTILINE)[1:]:
        title = section.split("\n", 1)[0]
        for file in _CSV.findall(section):
            yield pytest.param(file.encode(), dict(_ROW.findall(section)), id=title)


@pytest.mark.parametrize(("octets", "choices"), list(recipes()))
def test_files_of_the_how_to(octets: bytes, choices: dict[str, str]) -> None:
    mapping = propose(io.BytesIO(octets), "file.csv", zone=HELSINKI)
    portions = list(TableReader(io.BytesIO(octets), with_choices(mapping, octets, choices)))
    assert sum(len(portion) for portion in portions) > 1
    problems = [problem for portion in portions for problem in portion.problems]
    assert [problem.severity for problem in problems if problem.severity is not Severity.REPAIRED] == []
    assert bool(problems) is ("24 hours on a day of 23 or 25" in choices)


@pytest.mark.parametrize(("octets", "choices"), [case for case in recipes() if case.values[1]])
def test_without_their_settings_they_are_not_read_rightly(octets: bytes, choices: dict[str, str]) -> None:
    """Each setting of the how-to is needed."""
    proposed = propose(io.BytesIO(octets), "file.csv", zone=HELSINKI)
    assert with_choices(proposed, octets, choices) != proposed


def with_choices(mapping: Mapping, octets: bytes, choices: dict[str, str]) -> Mapping:
    """The mapping with settings by the labels of the form."""
    headings = octets.decode().splitlines()[0].replace(",", ";").split(";")
    fields = fields_of(mapping, headings, ())
    paths = {str(field.label): path for path, field in fields.items()}
    data = to_json(mapping)
    for label, choice in choices.items():
        section, name = paths[label].split(".")
        data[section][name] = meant(fields[paths[label]], choice)
    return from_json(data)


def meant(field: forms.Field, choice: str) -> object:
    """What a choice of the how-to is in the mapping."""
    if isinstance(field, forms.ChoiceField):
        return {str(label): value for value, label in field.choices}[choice]  # type: ignore[misc,union-attr]
    if isinstance(field, forms.BooleanField):
        return choice == "yes"
    if isinstance(field.widget, forms.Textarea):
        return dict(pair.split(" = ") for pair in choice.split(", "))
    return choice


def settings(cls: type[Any] = Mapping) -> Iterator[str]:
    """The names of all settings of a mapping."""
    for field in dataclasses.fields(cls):
        default = field.default if field.default is not dataclasses.MISSING else None
        yield field.name
        if dataclasses.is_dataclass(default):
            yield from settings(type(default))


@pytest.mark.parametrize("name", sorted({*settings(), *ENCODINGS, *COUNTED, *PATTERN_TOKENS, *QUALITIES}))
def test_the_reference_names_every_setting(name: str) -> None:
    assert f"`{name}`" in REFERENCE


def test_the_reference_names_the_parts_of_headings() -> None:
    assert all(f"`{part.value}`" in REFERENCE for part in HeadingPart)


def test_the_units_of_the_reference_are_known() -> None:
    section = REFERENCE.split("## Units")[1].split("## ")[0]
    units = re.findall(r"`([^`]+)`", section)
    assert len(units) > 20
    assert all(unit_of(unit) for unit in units)


def test_the_limits_of_the_reference() -> None:
    said = (f"{MOST_ROWS:,} rows", f"{MOST_UNPACKED // 10**6} MB unpacked", f"{MOST_RATIO} times its size")
    assert all(text in REFERENCE for text in (*said, f"{MOST_TOLD:,} faults", f"{MOST_CHANNELS:,} series"))


def test_the_example_of_the_reference_is_read() -> None:
    (example,) = _CSV.findall(REFERENCE)
    mapping = propose(io.BytesIO(example.encode()), "file.csv")
    (portion,) = TableReader(io.BytesIO(example.encode()), mapping)
    assert portion.problems == ()
    assert [channel.interval_s for channel in portion.channels] == [900, 0]
    assert portion.present.tolist() == [True, False, True]
