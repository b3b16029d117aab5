"""Public holidays by country, and what is refused as a country."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.exceptions import ValidationError

from access.models import Utility
from access.public_holidays import public_holidays

FIRST, LAST = dt.date(2025, 12, 24), dt.date(2026, 1, 6)


def test_holidays_of_two_years_in_one_question() -> None:
    assert public_holidays("FI", "", FIRST, LAST) == {
        dt.date(2025, 12, 24), dt.date(2025, 12, 25), dt.date(2025, 12, 26), dt.date(2026, 1, 1), dt.date(2026, 1, 6),
    }  # fmt: skip


def test_a_part_of_a_country_has_holidays_of_its_own() -> None:
    epiphany = dt.date(2026, 1, 6)
    assert public_holidays("DE", "BY", epiphany, epiphany) == {epiphany}
    assert public_holidays("DE", "BE", epiphany, epiphany) == frozenset()


@pytest.mark.parametrize(("country", "part"), [("", ""), ("", "BY"), ("ZZ", ""), ("DE", "ZZ")])
def test_without_a_known_country_there_are_none(country: str, part: str) -> None:
    assert public_holidays(country, part, FIRST, LAST) == frozenset()


@pytest.mark.parametrize(
    ("country", "part", "wrong"),
    [("XX", "", "country"), ("fi", "", "country"), ("DE", "Ravensburg", "subdivision"), ("", "BY", "subdivision")],
)
def test_a_utility_says_what_is_wrong_with_its_country(country: str, part: str, wrong: str) -> None:
    utility = Utility(code="u", name="U", country=country, subdivision=part)
    with pytest.raises(ValidationError) as refused:
        utility.full_clean(validate_unique=False)
    assert set(refused.value.message_dict) == {wrong}


@pytest.mark.parametrize(("country", "part"), [("", ""), ("FI", ""), ("DE", "BY")])
def test_a_utility_may_name_its_country(country: str, part: str) -> None:
    Utility(code="u", name="U", country=country, subdivision=part).full_clean(validate_unique=False)
