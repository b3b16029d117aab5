"""Public holidays of countries and their parts: values of such days are compared with those of Sundays."""

from __future__ import annotations

import datetime as dt
from functools import lru_cache

import holidays
from django.core.exceptions import ValidationError


def validate_country(code: str) -> None:
    """ValidationError unless holidays are known of this country: ISO 3166-1, two capital letters."""
    if code not in holidays.list_supported_countries(include_aliases=False):
        raise ValidationError(f"{code!r} is no country whose holidays are known. Give two letters, e.g. FI.")


def validate_subdivision(country: str, code: str) -> None:
    """ValidationError unless this is a part of the country with holidays of its own, as BY is of DE."""
    parts = holidays.list_supported_countries(include_aliases=False).get(country, [])
    if code not in parts:
        known = f"one of: {', '.join(parts)}" if parts else "none, all have the same holidays"
        raise ValidationError(f"{code!r} is no part of {country or 'no country'}; {known}.")


def public_holidays(country: str, subdivision: str, first: dt.date, last: dt.date) -> frozenset[dt.date]:
    """The public holidays from `first` to `last`, both included; none where no country is named.

    A country or part that is not known any more has none either: a wrong code must not stop what only asks for days.
    """
    years = range(first.year, last.year + 1)
    return frozenset(day for year in years for day in _of_year(country, subdivision, year) if first <= day <= last)


@lru_cache(maxsize=256)
def _of_year(country: str, subdivision: str, year: int) -> frozenset[dt.date]:
    if not country:
        return frozenset()
    try:
        return frozenset(holidays.country_holidays(country, subdiv=subdivision or None, years=year))
    except NotImplementedError:
        return frozenset()
