"""The settings of a column mapping as fields of a form: one line each, in groups."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django import forms

from integration.formats.table.encodings import ENCODINGS
from integration.formats.table.mapping import HeadingPart, Mapping
from integration.formats.table.qualities import QUALITIES

Choices = Sequence[tuple[str, str]]
NONE = ("", "–")


@dataclass(frozen=True, slots=True)
class Group:
    """Fields under a heading; `folded` ones are opened when needed. Names are paths in the mapping's JSON."""

    title: str
    help: str
    names: tuple[str, ...]
    folded: bool = False


GROUPS = (
    Group(
        "What a row is", "", ("layout",),
    ),
    Group(
        "Which column is what", "A dash: the file has no such column. What is the same in all rows is typed beside it.",
        ("columns.point", "fixed.point", "columns.quantity", "fixed.quantity", "columns.unit", "fixed.unit",
         "columns.value", "columns.values", "columns.quality", "columns.serial"),
    ),
    Group(
        "Times", "Stands are always at their instant.",
        ("columns.time", "columns.clock", "times.format", "times.zone", "times.mark", "times.interval_s"),
    ),
    Group(
        "Numbers", "", ("numbers.decimal", "numbers.thousands", "numbers.factor", "numbers.negative"),
    ),
    Group(
        "When the clock changes", "Days of 23 and 25 hours.",
        ("times.ambiguous", "columns.flag", "times.nonexistent", "times.odd_day", "times.misfit"), folded=True,
    ),
    Group(
        "Words of this file", "One per line: what stands in the file = what it means.",
        ("names.quantities", "names.qualities", "names.heading", "names.separator", "kind", "columns.kind",
         "columns.length"), folded=True,
    ),
    Group(
        "The file itself", "Found out by itself unless said here.",
        ("source.header_row", "source.sheet", "source.encoding", "source.delimiter"), folded=True,
    ),
)  # fmt: skip

_LONG, _TIME, _DAY = "long", "wide_time", "wide_day"
ONLY_FOR: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("columns.value", "columns.quality"), (_LONG,)),
    "columns.values": (_TIME, _DAY),
    **dict.fromkeys(("columns.clock", "columns.length"), (_LONG, _TIME)),
    **dict.fromkeys(
        ("columns.point", "columns.quantity", "columns.unit", "columns.serial", "columns.kind"), (_LONG, _DAY)
    ),
    **dict.fromkeys(("names.heading", "names.separator"), (_TIME,)),
    **dict.fromkeys(("times.odd_day", "times.misfit"), (_DAY,)),
}
"""Settings that mean something in these layouts alone; in others they are not shown, and what they say is left out."""

_LAYOUTS = (
    ("long", "One value"),
    ("wide_time", "One time; a column for each series"),
    ("wide_day", "One day of a series; a column for each time of day"),
)
_MARKS = (("start", "Start of the interval"), ("end", "End of the interval"))
_AMBIGUOUS = (
    ("order", "Told apart by the order of rows"),
    ("flag", "Told apart by a column"),
    ("first", "Always the first"),
    ("refuse", "Not taken"),
)
_NONEXISTENT = (("refuse", "Not taken"), ("shift", "Taken for the hour after it"), ("drop", "Left out"))
_ODD_DAYS = (
    ("sequence", "Intervals one after the other; spare columns empty"),
    ("clock", "A column per time of day"),
)
_MISFITS = (
    ("refuse", "The day is not taken"),
    ("drop", "The hour that does not come is left out"),
    ("spread", "The sum of the day stays"),
)
_LENGTHS = (
    ("", "Found in the file"), ("0", "None: each value at its instant"), ("300", "5 minutes"), ("600", "10 minutes"),
    ("900", "15 minutes"), ("1800", "30 minutes"), ("3600", "60 minutes"), ("86400", "A day"),
)  # fmt: skip
_KINDS = (
    ("", "Told by the OBIS code"),
    ("stand", "Stands"),
    ("consumption", "Consumption"),
    ("instantaneous", "Instantaneous"),
)
_DECIMALS = (("auto", "Found in the file"), (".", "Point"), (",", "Comma"))
_THOUSANDS = (("", "Not separated"), (".", "Point"), (",", "Comma"), ("'", "Apostrophe"), ("space", "Space"))
_DELIMITERS = (("auto", "Found in the file"), (",", "Comma"), (";", "Semicolon"), ("tab", "Tab"), ("|", "Bar"))
_PARTS = ("point", "quantity", "point quantity", "point quantity serial", "point quantity unit", "point unit")


def fields_of(mapping: Mapping, headings: Sequence[str], sheets: Sequence[str]) -> dict[str, forms.Field]:
    """The fields by path, for a file with these headings and sheets."""
    given = mapping.columns
    named = [getattr(given, name) for name in _COLUMNS] + list(given.values)
    offered = list(dict.fromkeys([*headings, *(heading for heading in named if heading)]))
    column = [NONE, *((heading, heading) for heading in offered if heading)]
    fields = {f"columns.{name}": _choice(label, column, text) for name, (label, text) in _COLUMNS.items()}
    fields["columns.values"] = forms.MultipleChoiceField(
        label="Columns of values", choices=column[1:], required=False,
        help_text="Of rows with many values. None chosen: all that mean nothing else.",
    )  # fmt: skip
    return fields | _fixed() | _times() | _numbers() | _names(mapping) | _source(sheets)


_COLUMNS = {
    "point": ("Metering point", ""),
    "quantity": ("Quantity", "OBIS code, or a word of this file."),
    "time": ("Date and time", "Or the date alone, where the time of day has a column."),
    "clock": ("Time of day", ""),
    "value": ("Value", ""),
    "unit": ("Unit", ""),
    "quality": ("Quality", ""),
    "serial": ("Serial number of the meter", ""),
    "kind": ("Kind", "Stand, consumption or instantaneous."),
    "length": ("Interval", "`15 min`, or `single`."),
    "flag": ("First or second hour", "The column that tells two equal local hours apart."),
}


def _fixed() -> dict[str, forms.Field]:
    return {
        "layout": forms.ChoiceField(label="A row holds", choices=_LAYOUTS, widget=forms.RadioSelect),
        "fixed.point": _text("Always metering point"),
        "fixed.quantity": _text("Always quantity", "As 1-0:1.29.0."),
        "fixed.unit": _text("Always unit", "As kWh."),
    }


def _times() -> dict[str, forms.Field]:
    return {
        "times.format": _text("How times are written", "auto, or a pattern as dd.mm.yyyy HH:MM", required=True),
        "times.zone": _text("Time zone", "Europe/Helsinki, UTC, or an offset as +02:00.", required=True),
        "times.mark": _choice("A time names the", _MARKS),
        "times.interval_s": _choice("Length of intervals", _LENGTHS),
        "times.ambiguous": _choice("The hour that comes twice", _AMBIGUOUS),
        "times.nonexistent": _choice("The hour that does not come", _NONEXISTENT),
        "times.odd_day": _choice("Rows of a day lie", _ODD_DAYS),
        "times.misfit": _choice("24 hours on a day of 23 or 25", _MISFITS),
    }


def _numbers() -> dict[str, forms.Field]:
    return {
        "numbers.decimal": _choice("Decimal sign", _DECIMALS),
        "numbers.thousands": _choice("Thousands", _THOUSANDS),
        "numbers.factor": _text("Multiplied by", "A transformer ratio, say.", required=True),
        "numbers.negative": forms.BooleanField(label="Values below zero are taken", required=False),
    }


def _names(mapping: Mapping) -> dict[str, forms.Field]:
    given = " ".join(part.value for part in mapping.names.heading)
    parts = dict.fromkeys((*_PARTS, given))
    known = {part.value for part in HeadingPart}
    return {
        "names.quantities": _words("Quantities", "A+ = 1-0:1.29.0"),
        "names.qualities": _words("Qualities", f"E = estimated. One of: {', '.join(QUALITIES)}."),
        "names.heading": _choice(
            "Headings of values say", [(text, text.replace(" ", ", ")) for text in parts if set(text.split()) <= known]
        ),
        "names.separator": forms.CharField(label="Between the words", max_length=10, strip=False),
        "kind": _choice("Values are", _KINDS),
    }


def _source(sheets: Sequence[str]) -> dict[str, forms.Field]:
    return {
        "source.header_row": forms.IntegerField(
            label="Row of the headings", min_value=0, max_value=1000, help_text="0: the file has none."
        ),
        "source.sheet": _choice("Sheet", [("", "The first"), *((sheet, sheet) for sheet in sheets)]),
        "source.encoding": _choice("Encoding", [("auto", "Found in the file"), *((name, name) for name in ENCODINGS)]),
        "source.delimiter": _choice("Columns are divided by", _DELIMITERS),
    }


def _choice(label: str, choices: Choices, help_text: str = "") -> forms.ChoiceField:
    required = not any(value == "" for value, _ in choices)
    return forms.ChoiceField(label=label, choices=choices, required=required, help_text=help_text)


def _text(label: str, help_text: str = "", *, required: bool = False) -> forms.CharField:
    return forms.CharField(label=label, help_text=help_text, required=required, max_length=100)


def _words(label: str, help_text: str) -> forms.CharField:
    area = forms.Textarea(attrs={"rows": 3, "spellcheck": "false"})
    return forms.CharField(label=label, help_text=help_text, required=False, max_length=50_000, widget=area)
