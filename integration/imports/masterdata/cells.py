"""What stands in a cell, as a value that can be kept as JSON; what cannot be meant is refused in words."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.db import models

from integration.formats.table.gsrn import check_digit
from metering.gsrn import GSRN_DIGITS, validate_gsrn
from metering.models.registers import LARGEST_RATIO
from protocols.dlms.obis import Obis
from protocols.errors import LocalProtocolError

EMPTIED = "-"
"""A cell with nothing but this empties a field; an empty cell leaves it as it is."""
LONGEST = 500
_ROUNDED = re.compile(r"[0-9]([.,][0-9]+)?[eE]\+?[0-9]{1,2}")
_PATTERNS = ("%d.%m.%Y %H:%M:%S", "%d.%m.%Y %H:%M", "%d.%m.%Y")
_EARLIEST, _LATEST = 2000, 2099
_MOST_DIGITS = 15


class CellError(ValueError):
    """What stands in a cell cannot be taken; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What a cell cannot say itself: the zone of local times, and the remark in brackets of its heading (a unit)."""

    zone: ZoneInfo
    remark: str = ""


Read = Callable[[str, Reading], Any]


def words(text: str, reading: Reading) -> str:
    """A text as it stands, if a spreadsheet has not made a rounded number of it."""
    if len(text) > LONGEST:
        raise CellError(f"longer than {LONGEST} characters")
    if _ROUNDED.fullmatch(text):
        raise CellError(
            f"a spreadsheet has made the rounded number {text} of it: format the column as text, fill it again"
        )
    if not text.isprintable():
        raise CellError("it holds characters that cannot be printed")
    return text


def gsrn(text: str, reading: Reading) -> str:
    """A GSRN, with blanks between its digits or without; lost zeros at its beginning are named."""
    digits = words(text, reading).replace(" ", "")
    short = digits.isascii() and digits.isdigit() and len(digits) < GSRN_DIGITS
    if short and digits.zfill(GSRN_DIGITS)[-1] == str(check_digit(digits.zfill(GSRN_DIGITS)[:-1])):
        raise CellError(f"it has {len(digits)} digits, not {GSRN_DIGITS}: if zeros at its beginning were lost, "
                        "format the column as text")  # fmt: skip
    return _validated(digits, validate_gsrn)


def _validated(text: str, validate: Callable[[str], None]) -> str:
    try:
        validate(text)
    except ValidationError as error:
        raise CellError(_said(error)) from error
    return text


def column(model: type[models.Model], name: str, *, upper: bool = False) -> Read:
    """Reads what the column `name` of `model` holds, by its own rules; `upper` for hexadecimal digits."""
    field: models.Field[Any, Any] = model._meta.get_field(name)  # type: ignore[assignment]
    is_text = isinstance(field, models.CharField)

    def read(text: str, reading: Reading) -> Any:
        plain = words(text, reading) if is_text else _number(text)
        return _cleaned(field, plain.upper() if upper else plain)

    return read


def _number(text: str) -> str:
    return text.replace(",", ".") if text.count(",") == 1 and "." not in text else text


def _cleaned(field: models.Field[Any, Any], text: str) -> Any:
    try:
        value = field.clean(text, None)
    except ValidationError as error:
        raise CellError(_why(field, error)) from error
    return str(value) if isinstance(value, Decimal) else value


def _why(field: models.Field[Any, Any], error: ValidationError) -> str:
    """What the field says, but of text that is no number: there it repeats the text, which stands beside it."""
    if any(each.code == "invalid" for each in error.error_list):
        if isinstance(field, models.IntegerField):
            return "it must be a whole number"
        if isinstance(field, models.DecimalField):
            return "it must be a decimal number"
    return _said(error)


def _said(error: ValidationError) -> str:
    return " ".join(str(message) for message in error.messages)


def choice(model: type[models.Model], name: str, more: Mapping[str, str]) -> Read:
    """Reads one of the choices of a column: by its value, its label, or another word (`more`: word → value)."""
    choices: list[tuple[str, Any]] = list(model._meta.get_field(name).choices or ())  # type: ignore[union-attr]
    known = {value.casefold(): value for value, _ in choices}
    known |= {str(label).casefold(): value for value, label in choices} | dict(more)

    def read(text: str, reading: Reading) -> str:
        if (found := known.get(text.casefold())) is None:
            raise CellError(f"it is none of {', '.join(str(label) for _, label in choices)}")
        return found

    return read


def instant(text: str, reading: Reading) -> str:
    """A day or an instant, ISO 8601 or `31.12.2026 23:59`, in local time unless it says its offset; in UTC."""
    at = _parsed(text)
    if not _EARLIEST <= at.year <= _LATEST:
        raise CellError(f"it lies outside the years {_EARLIEST} to {_LATEST}")
    if at.tzinfo is None:
        at = _local(at, reading.zone)
    return at.astimezone(dt.UTC).replace(microsecond=0).isoformat()


def day(text: str, reading: Reading) -> str:
    """A day, ISO 8601 or `31.12.2026`."""
    at = _parsed(text)
    if at.time() != dt.time() or not _EARLIEST <= at.year <= _LATEST:
        raise CellError(f"it is no day of the years {_EARLIEST} to {_LATEST}")
    return at.date().isoformat()


def _parsed(text: str) -> dt.datetime:
    try:
        return dt.datetime.fromisoformat(text)
    except ValueError:
        pass
    for pattern in _PATTERNS:
        try:
            return dt.datetime.strptime(text, pattern)  # noqa: DTZ007  local time, given its zone by the caller
        except ValueError:
            continue
    raise CellError("it is no day or time such as 2026-12-31 23:59 or 31.12.2026 23:59")


def _local(at: dt.datetime, zone: ZoneInfo) -> dt.datetime:
    """The instant a clock on the wall of the utility means; an hour that comes twice or not at all is no instant."""
    first, second = at.replace(tzinfo=zone), at.replace(tzinfo=zone, fold=1)
    if first.utcoffset() == second.utcoffset():
        return first
    if first.astimezone(dt.UTC).astimezone(zone).replace(tzinfo=None) != at:
        raise CellError(f"this local time does not come on that day in {zone.key}")
    raise CellError(f"this local time comes twice on that day in {zone.key}: write it with its offset")


def amount(text: str, reading: Reading) -> list[str]:
    """A stand: digits with a decimal point or comma, and the unit its heading names, empty where it names none."""
    plain = _number(text.replace(" ", "").replace("\u00a0", ""))
    try:
        value = Decimal(plain)
    except InvalidOperation as error:
        raise CellError("it is no number") from error
    digits = value.as_tuple()
    if not value.is_finite() or len(digits.digits) > _MOST_DIGITS or abs(value.adjusted()) > _MOST_DIGITS:
        raise CellError(f"it is no number of at most {_MOST_DIGITS} digits")
    if value < 0:
        raise CellError("no register shows less than zero")
    return [format(value, "f"), reading.remark]


def ratio(text: str, reading: Reading) -> list[int]:
    """What a meter's count is multiplied by: `40`, `0,5` or a ratio of transformers, `200/5`; as a fraction."""
    above, _, below = _number(text.replace(" ", "")).replace(":", "/").partition("/")
    try:
        found = Fraction(Decimal(above)) / Fraction(Decimal(below or "1"))
    except (InvalidOperation, ZeroDivisionError, ValueError, OverflowError) as error:
        raise CellError("it is no number or ratio such as 40 or 200/5") from error
    if not 0 < found.numerator <= LARGEST_RATIO or found.denominator > LARGEST_RATIO:
        raise CellError(f"the ratio must lie between 1 and {LARGEST_RATIO:,} above and below the line")
    return [found.numerator, found.denominator]


def obis(text: str, reading: Reading) -> str:
    """An OBIS code."""
    try:
        return str(Obis.parse(text))
    except LocalProtocolError as error:
        raise CellError(f"{text!r} is no OBIS code") from error
