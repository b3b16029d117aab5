"""What the URL of the Data Browser says beside series and period: comparison, rows of the table, edit mode.

compare=before | year | 2025-11-20     another period of the same length is laid over this one
against=34                             another series over the same period
sums=values | day | week | month | year
edit=1                                 the first series shown can be edited in the table (edit=2: the second …)
decimal=comma                          the decimal sign of what is typed
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from typing import Any, Self

from metering.browser.period import Period, PeriodError, Scale
from metering.services.editing import DecimalSign

BEFORE, YEAR = "before", "year"
_WEEKS_OF_A_YEAR = timedelta(weeks=52)


class Sums(StrEnum):
    """What a row of the table stands for; without one it follows from the length of the period."""

    VALUES = "values"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    YEAR = "year"


@dataclass(frozen=True, slots=True)
class Options:
    """`compare` is empty, "before", "year" or an ISO date; `against` the id of a series or 0; `edit` counts from 1."""

    compare: str = ""
    against: int = 0
    sums: Sums | None = None
    edit: int = 0
    decimal: DecimalSign | None = None

    def but(self, **changes: Any) -> Self:
        return replace(self, **changes)

    def moved(self, days: int) -> Self:
        """For a period so many days later: a date compared with moves along."""
        if self.compare in ("", BEFORE, YEAR):
            return self
        return self.but(compare=(date.fromisoformat(self.compare) + timedelta(days=days)).isoformat())

    @property
    def query(self) -> dict[str, str]:
        """The URL parameters that differ from the usual."""
        decimal = self.decimal.word if self.decimal else ""
        written = {
            "compare": self.compare,
            "against": str(self.against or ""),
            "sums": self.sums or "",
            "edit": str(self.edit or ""),
            "decimal": decimal,
        }
        return {name: str(value) for name, value in written.items() if value}

    def other(self, period: Period) -> Period | None:
        """The period compared with; None where none is."""
        if not self.compare:
            return None
        if self.compare == BEFORE:
            return period.moved(-1)
        if self.compare == YEAR:
            return period.at_day(_year_before(period))
        return period.at_day(date.fromisoformat(self.compare))

    def words(self, period: Period) -> str:
        """What is compared with, named beside a value of `period`."""
        other = self.other(period)
        return other.title if other else ""


USUAL = Options()


def parse_options(query: Mapping[str, str]) -> Options:
    """The options a URL names. PeriodError, in words, for a comparison with what is no period."""
    return Options(
        compare=_compare(query.get("compare", "")),
        against=_number(query.get("against", "")),
        sums=Sums(query["sums"]) if query.get("sums", "") in list(Sums) else None,
        edit=_number(query.get("edit", "")),
        decimal={sign.word: sign for sign in DecimalSign}.get(query.get("decimal", "")),
    )


def _compare(text: str) -> str:
    if text in ("", BEFORE, YEAR):
        return text
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise PeriodError("Compare with the period before, the year before, or a date such as 2025-11-20.") from None


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 18 else 0


def _year_before(period: Period) -> date:
    """A week is compared with the week 52 weeks before, so that its days are the same; else the date counts."""
    first = period.first
    if period.scale == Scale.WEEK:
        return first - _WEEKS_OF_A_YEAR
    leap_day = (first.month, first.day) == (2, 29)
    return first.replace(year=first.year - 1, day=28 if leap_day else first.day)
